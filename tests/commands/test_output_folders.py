"""Where gen writes: only where a path seems to lead, only over its own files, all or nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from generator.core.layout import MARK
from tests.conftest import Gen, tree, write

CONFIG = "25-configmap-gan.yaml"
OURS = f"{MARK}templates/x.yaml.j2; edit that or the values, not this file.\napiVersion: v1\n"


@pytest.mark.parametrize("place", ["rendered", "rendered/dev", "rendered/team", "rendered/team/a", "out"])
@pytest.mark.parametrize("target", ["outside", "..", ".", "values", "nowhere"])
def test_a_link_is_no_folder_to_write_to(
    project: Path, gen: Gen, tmp_path: Path, place: str, target: str
) -> None:
    write(project, {"values/team/a.yaml": "{}\n", "Makefile": "all:\n"})
    write(tmp_path, {"outside/20-old.yaml": OURS, "outside/dev/20-old.yaml": OURS})
    leads = {"outside": tmp_path / "outside", "values": project / "values"}.get(target, target)
    (project / place).parent.mkdir(parents=True, exist_ok=True)
    (project / place).symlink_to(leads)
    before = tree(tmp_path)
    options = ["--env", "dev", "--output", "out"] if place == "out" else ["--all"]
    for command in ("render", "check"):
        ran = gen(command, *options)
        assert (ran.status, f"error[output/link]: {place} is a link" in ran.err) == (1, True), ran.err
    assert tree(tmp_path) == before


def test_a_link_of_the_user_outside_of_the_project_is_followed(
    project: Path, gen: Gen, tmp_path: Path
) -> None:
    (tmp_path / "branch").mkdir()
    (tmp_path / "link").symlink_to("branch")
    assert gen("render", "--env", "dev", "--output", tmp_path / "link").status == 0
    assert list(tree(tmp_path / "branch")) == [CONFIG]


@pytest.mark.parametrize(
    "name", [".gen-stage", ".gen-commit", ".new-dev", "dev/.gen-commit", "dev/.gen-stage"]
)
@pytest.mark.parametrize("kind", ["folder", "link", "file", "pipe"])
def test_half_made_changes_that_a_commit_holds_are_not_carried_out(
    project: Path, gen: Gen, tmp_path: Path, name: str, kind: str
) -> None:
    place = project / "rendered" / name
    place.parent.mkdir(parents=True)
    write(tmp_path, {"precious/victim.txt": "keep\n"})
    write(project, {"rendered/dev/victim.txt": "keep\n", "rendered/victim.txt": "keep\n"})
    if kind == "folder":
        write(place, {"remove": "victim.txt\n", "victim.txt": "evil\n", CONFIG: f"{OURS}evil\n"})
    elif kind == "link":
        place.symlink_to(tmp_path / "precious")
    elif kind == "file":
        place.write_text("evil\n")
    else:
        os.mkfifo(place)
    write(project, {"values/prod.yaml": "data: {mode: 3}\n"})  # an error, so that nothing else is written
    assert gen("render", "--all").status == 1
    assert gen("render", "--env", "dev").status == 0
    assert tree(tmp_path / "precious") == {"victim.txt": "keep\n"}
    assert (project / "rendered/dev/victim.txt").read_text() == "keep\n"
    assert (project / "rendered/victim.txt").read_text() == "keep\n"
    assert "evil" not in (project / "rendered/dev" / CONFIG).read_text()


def test_a_name_with_a_line_break_is_one_name(project: Path, gen: Gen) -> None:
    gen("render", "--env", "dev")
    write(project / "rendered/dev", {"a\nvictim.txt": OURS, "victim.txt": "keep\n", "b\n": OURS})
    assert gen("render", "--env", "dev").status == 0
    assert sorted(path.name for path in (project / "rendered/dev").iterdir()) == [CONFIG, "victim.txt"]


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "socket", "file"])
def test_what_stands_where_a_file_would_be_is_named(
    project: Path, gen: Gen, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gen("render", "--env", "prod")
    before = tree(project / "rendered")
    place = project / "rendered/dev" / CONFIG
    place.parent.mkdir()
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to("../prod/" + CONFIG)
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "socket":
        monkeypatch.chdir(place.parent)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(CONFIG)
        monkeypatch.chdir(project)
    else:
        place.write_text("")
    write(project, {"values/prod.yaml": "data: {mode: later}\n"})
    for command in ("render", "check"):
        ran = gen(command, "--all")
        assert ran.status == 1
        assert f"error[output/taken]: rendered/dev/{CONFIG}" in ran.err
    assert (project / "rendered/prod" / CONFIG).read_text() == before[f"prod/{CONFIG}"]
    assert not (project / "rendered/.gen-stage").exists()


def test_a_foreign_file_is_not_read_whole(project: Path, gen: Gen) -> None:
    gen("render", "--env", "dev")
    with (project / "rendered/dev/disk.img").open("wb") as file:
        file.truncate(1 << 40)
    with (project / "rendered/dev/large.yaml").open("wb") as file:
        file.truncate(1 << 40)
    ran = gen("render", "--env", "dev")
    assert (ran.status, "warning[output/foreign]: rendered/dev/large.yaml" in ran.err) == (0, True)


def test_an_environment_beside_its_folder(project: Path, gen: Gen) -> None:
    """`dev` and `dev/x`: neither folder is in the way of the other, in whatever order they are made."""
    write(project, {"values/dev/x.yaml": "data: {mode: x}\n", "values/dev/x/y.yaml": "data: {mode: why}\n"})
    for first in ("dev/x", "dev", "dev/x/y", None):
        subprocess.run(["rm", "-rf", project / "rendered"], check=True)
        if first:
            assert gen("render", "--env", first).status == 0
        assert gen("render", "--all").status == 0
        made = tree(project / "rendered")
        assert list(made) == [f"{name}/{CONFIG}" for name in ("dev", "dev/x", "dev/x/y", "prod")]
        assert gen("check", "--all").status == 0


@pytest.mark.parametrize("options", [(("--env", "dev"), ("--env", "dev", "--output", "rendered/dev"))])
def test_two_runs_into_one_folder_wait_for_each_other(
    project: Path, options: tuple[tuple[str, ...], ...]
) -> None:
    for _ in range(4):
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "generator", "render", *option], stdout=subprocess.DEVNULL
            )
            for option in options * 3
        ]
        assert [process.wait() for process in running] == [0] * len(running)
        subprocess.run(["rm", "-rf", project / "rendered"], check=True)
