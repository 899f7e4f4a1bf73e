"""Golden cases: a folder each, with sources and what `gen` makes of them. `pytest --update` rewrites them.

A case takes `schema/`, `templates/` and `values/` from `cases/_common` where it has none of its own.
`expected/` is what is rendered; `expected.txt` what a user sees.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import CASES, COMMON, Gen, tree

RENDERED = sorted(p.parent for p in CASES.glob("*/templates") if p.parent != COMMON)
TOLD = sorted((CASES / "errors").iterdir())


def lay_out(case: Path, root: Path) -> None:
    """Put the sources of a case together in a folder; gen.yaml is there only if the case has one."""
    for folder in ("schema", "templates", "values"):
        source = case if (case / folder).exists() else COMMON
        shutil.copytree(source / folder, root / folder)
    if (case / "crds").exists():
        shutil.copytree(case / "crds", root / "crds")
    if (case / "gen.yaml").is_file():
        shutil.copy(case / "gen.yaml", root)
    if not [path for path in (root / "values").rglob("*.yaml") if path.name != "base.yaml"]:
        (root / "values/dev.yaml").write_text("# Nothing differs here.\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", RENDERED, ids=lambda case: case.name)
def test_rendered(case: Path, root: Path, gen: Gen, update: bool) -> None:
    lay_out(case, root)
    ran = gen("render", "--all")
    assert (ran.status, ran.err) == (0, "")
    if update:
        shutil.rmtree(case / "expected", ignore_errors=True)
        shutil.copytree(root / "rendered", case / "expected", symlinks=True)
    assert tree(root / "rendered") == tree(case / "expected")
    assert gen("check", "--all").status == 0


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.name)
def test_told(case: Path, root: Path, gen: Gen, update: bool) -> None:
    lay_out(case, root)
    ran = gen("render", "--all")
    told = f"{ran.err}exit {ran.status}\n"
    if update:
        (case / "expected.txt").write_text(told)
    assert told == (case / "expected.txt").read_text()
    assert ran.status == 0 or not tree(root / "rendered"), "nothing is written where there was an error"
