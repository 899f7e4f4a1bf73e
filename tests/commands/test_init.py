"""`gen init`: every starter is a project that works, and nothing is overwritten by chance."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from generator.sources import starters
from tests.conftest import Gen, tree

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["bare", "tensorflow-serving", "web"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_these_are_all_starters() -> None:
    assert starters.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_new_project_renders_and_checks_clean(
    name: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, gen: Gen
) -> None:
    assert gen("init", "shop", "--starter", name).status == 0
    monkeypatch.chdir(elsewhere / "shop")
    assert gen("list").out.split() == ["azure", "dev", "kind"]
    assert gen("render", "--all").status == 0
    assert gen("check", "--all", "--unused-values").status == 0
    assert gen("schema", "--check").status == 0
    assert gen("render", "--env", "kind").status == 0
    for folder in ("azure", "dev", "kind"):
        assert [p for p in Path("rendered", folder).glob("*.yaml") if yaml.safe_load(p.read_text())["kind"]]
    files = {"README.md", "gen.yaml", ".gitignore", ".github/workflows/gen.yaml", "schema/rules.yaml"}
    assert files <= tree(Path()).keys()
    assert len(Path("README.md").read_text().splitlines()) <= 11


def test_git_ignores_which_environment_is_selected(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, gen: Gen
) -> None:
    gen("init", "shop")
    monkeypatch.chdir(elsewhere / "shop")
    subprocess.run(["git", "init", "-q"], check=True)
    assert gen("render", "--env", "dev").err == ""
    assert list(Path("rendered").glob("*.yaml"))
    subprocess.run(["git", "add", "-A"], check=True)
    listed = subprocess.run(["git", "ls-files", "rendered"], capture_output=True, text=True, check=True)
    added = listed.stdout.split()
    assert added
    assert all(name.startswith("rendered/dev/") for name in added)


def test_the_starter_of_this_repository_is_this_repository(elsewhere: Path, gen: Gen) -> None:
    gen("init", "--starter", "tensorflow-serving")
    for folder in ("templates", "values", "schema"):
        assert tree(Path(folder)) == tree(ROOT / folder)
    assert Path("Dockerfile").read_text() == (ROOT / "Dockerfile").read_text()
    assert yaml.safe_load(Path("gen.yaml").read_text()) == yaml.safe_load((ROOT / "gen.yaml").read_text())


def test_no_file_is_overwritten_unless_forced(elsewhere: Path, gen: Gen) -> None:
    Path("schema").mkdir()
    Path("schema/rules.yaml").write_text("mine\n")
    refused = gen("init")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("error[init/exists]: schema/rules.yaml exists already; nothing was written")
    assert tree(Path()) == {"schema/rules.yaml": "mine\n"}
    assert gen("init", "--force").status == 0
    assert Path("schema/rules.yaml").read_text() != "mine\n"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_folder_in_the_place_of_a_file_is_left_alone(elsewhere: Path, gen: Gen, force: list[str]) -> None:
    Path("gen.yaml").mkdir()
    assert gen("init", *force).status == 1
    assert [path.name for path in elsewhere.iterdir()] == ["gen.yaml"]


def test_a_file_in_the_place_of_a_folder_is_left_alone(elsewhere: Path, gen: Gen) -> None:
    Path("values").write_text("mine\n")
    assert gen("init", "--force").status == 1
    assert tree(Path()) == {"values": "mine\n"}


def test_nothing_is_written_through_a_link(elsewhere: Path, gen: Gen) -> None:
    Path("other").mkdir()
    Path("shop").mkdir()
    Path("shop/values").symlink_to("../other")
    ran = gen("init", "shop", "--force")
    assert ran.status == 1
    assert "output/link" in ran.err
    assert list(Path("other").iterdir()) == []
    assert [path.name for path in Path("shop").iterdir()] == ["values"]


def test_a_starter_that_there_is_not_is_wrong_usage(elsewhere: Path, gen: Gen) -> None:
    ran = gen("init", "--starter", "wep")
    assert ran.status == 2
    assert "did you mean `web`?" in ran.err
    assert list(elsewhere.iterdir()) == []
