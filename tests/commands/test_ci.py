"""`gen ci` and `gen init --ci`: pipelines are added, and nothing is overwritten by chance."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from generator.cli import app
from generator.sources import starters
from tests.conftest import Gen, tree, write

FILES = {
    "github": [".github/workflows/deploy.yaml", ".github/workflows/gen.yaml"],
    "azure-pipelines": [f"azure-pipelines/{name}" for name in ("comment.py", "deploy.yaml", "gen.yaml")],
}
AZURE = "provision: { azure: { resourceGroup: a, location: b, cluster: c } }\n"


@pytest.mark.parametrize("system", FILES)
def test_pipelines_are_written_once(system: str, project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": AZURE})
    before = set(tree(project))
    ran = gen("ci", system)
    assert (ran.status, ran.out) == (0, "".join(f"{name} written\n" for name in FILES[system]))
    assert sorted(set(tree(project)) - before) == FILES[system]
    again = gen("ci", system)
    assert (again.status, "error[init/exists]" in again.err) == (1, True)
    assert gen("ci", system, "--force").status == 0


def test_one_file_that_exists_keeps_all_from_being_written(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": AZURE, ".github/workflows/deploy.yaml": "mine\n"})
    before = tree(project)
    assert gen("ci", "github").status == 1
    assert tree(project) == before


def test_a_project_that_names_nothing_to_deploy_to_gets_no_deployment(project: Path, gen: Gen) -> None:
    assert gen("ci", "github").out == ".github/workflows/gen.yaml written\n"


def test_another_ci_system_is_wrong_usage(project: Path, gen: Gen) -> None:
    ran = gen("ci", "githib")
    assert (ran.status, "did you mean `github`?" in ran.err) == (2, True)


@pytest.mark.parametrize(("system", "files"), [*FILES.items(), ("none", [])])
def test_a_new_project_has_the_pipelines_that_are_asked_for(
    system: str, files: list[str], tmp_path: Path, gen: Gen
) -> None:
    assert gen("init", tmp_path / "new", "--starter", "tensorflow-serving", "--ci", system).status == 0
    written = tree(tmp_path / "new")
    assert sorted(name for name in written if name.startswith((".github", "azure-"))) == files
    if files:
        assert gen("ci", system, "--project", tmp_path / "new").status == 1


def lines(system: str) -> list[str]:
    """The calls of gen in the pipelines of a system."""
    files = "\n".join(starters.ci(system).values())
    return re.findall(r"(?:(?:run|script|steps|STEPS): |^ +)gen ([a-z][^>\n]*)", files, re.MULTILINE)


@pytest.mark.parametrize("system", FILES)
def test_every_call_of_gen_is_one_that_gen_understands(system: str) -> None:
    """Parsed, not run: what the calls do is tested with the commands."""
    group: Any = get_command(app)
    found = lines(system)
    assert len(found) >= 5
    for line in found:
        name, *arguments = shlex.split(line)
        root = group.make_context("gen", [name])
        group.get_command(root, name).make_context(name, arguments, parent=root)
