"""What a render changes in the files of an environment, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.core import compare, mask
from generator.core.compare import DiffLine
from generator.output import Plan
from generator.pipeline import Rendering
from generator.project import shown


class Drift(NamedTuple):
    """A file that a render would change: its name as shown, what changed, and the lines that differ."""

    name: str
    kind: str
    lines: list[DiffLine]


def drifts(rendering: Rendering, planned: Plan) -> Iterator[Drift]:
    """Every file of a folder that is not as it is rendered; secrets are masked."""
    files = {file.name: file for file in rendering.files}
    for change in planned.drifted:
        before, after = mask.change(change.before, files.get(change.name))
        lines = list(compare.diff(before, after, rendering.values))
        yield Drift(shown(planned.folder / change.name), change.kind, lines)
