"""Finding and building programs: whose is taken, and what survives an accident."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cluster import programs
from tests.cluster.programs import Program, Unavailable, obtain

needs_go = pytest.mark.go
GOOD = 'package main\n\nfunc main() { println("hello") }\n'


@pytest.fixture
def hello(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that builds in a second, with a cache of its own."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.test/hello\n\ngo 1.20\n")
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text(GOOD)
    monkeypatch.setattr(programs, "CACHE", tmp_path / "cache")
    return Program("hello", str(folder), ".")


@needs_go
def test_a_program_is_built_once_and_then_needs_neither_go_nor_network(
    hello: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    path = obtain(hello, said.append)
    assert "the first time this takes minutes" in said[0]
    monkeypatch.setenv("PATH", "")
    assert obtain(hello, said.append) == path
    assert len(said) == 1
    assert subprocess.run([path], capture_output=True, text=True).stderr == "hello\n"


@needs_go
def test_another_version_is_another_program(hello: Program) -> None:
    before = obtain(hello, lambda _: None)
    with (hello.folder / "go.mod").open("a") as file:
        file.write("// changed\n")
    assert obtain(hello, lambda _: None) != before


def test_programs_that_somebody_has_come_first(
    hello: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").mkdir()
    given = tmp_path / "assets" / "hello"
    given.touch()
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(given.parent))
    assert obtain(hello, lambda _: None) == given


def test_without_go_the_reason_is_told(hello: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match=r"hello is neither in .* install Go 1.26 or newer"):
        obtain(hello, lambda _: None)


@needs_go
def test_a_build_that_fails_leaves_nothing_under_the_name(hello: Program) -> None:
    (hello.folder / "main.go").write_text("package main\n\nfunc main() { missing() }\n")
    with pytest.raises(Unavailable, match="undefined: missing"):
        obtain(hello, lambda _: None)
    assert not hello.cached.exists()


@needs_go
def test_a_build_that_was_interrupted_is_done_again(hello: Program) -> None:
    hello.cached.parent.mkdir(parents=True)
    hello.cached.with_name(".hello.part").write_bytes(b"half a program")
    path = obtain(hello, lambda _: None)
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".lock"] == ["hello"]


@needs_go
def test_two_runs_at_once_build_one_after_the_other(hello: Program) -> None:
    """Both are started together; one builds, the other waits for it and says nothing."""
    script = (
        "import sys; from pathlib import Path; from tests.cluster import programs;"
        f"programs.CACHE = Path({str(programs.CACHE)!r});"
        f"print(programs.obtain(programs.Program('hello', {hello.module!r}, '.'), sys.stderr.write))"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=programs.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [run.communicate() for run in runs]
    assert [out for out, _ in told] == [f"{hello.cached}\n"] * 2
    assert sorted(bool(err) for _, err in told) == [False, True]


@needs_go
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child to its parent")
def test_a_build_ends_with_the_run_that_wanted_it(hello: Program, tmp_path: Path) -> None:
    """The Go command is replaced by one that says its process id and then takes its time."""
    slow = tmp_path / "bin" / "go"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    slow.chmod(0o755)
    script = (
        "from pathlib import Path; from tests.cluster import programs;"
        f"programs.CACHE = Path({str(programs.CACHE)!r});"
        f"programs.obtain(programs.Program('hello', {hello.module!r}, '.'), print)"
    )
    environment = {**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"}
    run = subprocess.Popen(
        [sys.executable, "-c", script], cwd=programs.ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    pid = _appears(tmp_path / "pid")
    run.send_signal(signal.SIGKILL)
    run.wait()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


def _appears(path: Path) -> int:
    """The number in a file that is about to be written."""
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(path.read_text())
