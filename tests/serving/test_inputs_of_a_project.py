"""Inputs that a project's expectations name lie in the project: what is read is sent to a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.diagnostics import DiagnosticError
from generator.serving import files
from tests.hard.trees.inputs import OUTSIDE
from tests.hard.trees.tree import CANARY, Tree


@pytest.mark.parametrize("what", OUTSIDE)
def test_nothing_outside_of_the_project_is_an_input(what: str, tmp_path: Path) -> None:
    outside, project = tmp_path / "outside", tmp_path / "project"
    for name in ("values.yaml", "values/dev.yaml"):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text(CANARY)
    (project / ".git").mkdir(parents=True)
    (project / ".git/config").write_text(CANARY)
    Tree(what, OUTSIDE[what]).lay_out(project)
    named = str(OUTSIDE[what]["values/dev.yaml"]).rpartition("file: '")[2].partition("'}]")[0]
    for place in (named, named.replace("\\0", "\0")):
        with pytest.raises(DiagnosticError) as raised:
            files.read_below(project, place)
        assert {problem.rule for problem in raised.value.diagnostics} == {"verify/input"}


def test_what_lies_in_the_project_is_an_input(tmp_path: Path) -> None:
    for name in ("samples/a.json", "samples/b.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps([1]))
    (tmp_path / "link.json").symlink_to("samples/a.json")
    assert len(files.read_below(tmp_path, "samples/*.json")) == 2
    assert len(files.read_below(tmp_path, "samples")) == 2
    assert [piece.value for piece in files.read_below(tmp_path, "link.json")] == [[1]]
