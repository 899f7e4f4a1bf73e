"""Trees that a pull request can contain, each with one attack in it, by what they attack."""

from __future__ import annotations

from tests.hard.trees import files, git, inputs, names, schemas, settings, templates, values
from tests.hard.trees.tree import Tree

TREES: list[Tree] = [
    *files.TREES,
    *git.TREES,
    *inputs.TREES,
    *names.TREES,
    *schemas.TREES,
    *settings.TREES,
    *templates.TREES,
    *values.TREES,
]
