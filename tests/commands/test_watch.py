"""`gen render --watch`: every save is answered, with the diff of what it changes or with what is wrong."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.conftest import Gen

SECONDS = 60  # until an answer is given up


class Watching:
    """`gen render --watch` in a process, and what it says."""

    def __init__(self, root: Path, *arguments: str) -> None:
        line = [sys.executable, "-m", "generator", "render", "--watch", "--project", str(root), *arguments]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=root)

    def until(self, text: str) -> str:
        """What is said up to the line that holds a text."""
        stream: IO[bytes] | None = self.process.stdout
        assert stream is not None
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while text.encode() not in said or not said.endswith(b"\n"):
                assert selector.select(SECONDS), f"no `{text}` in {said.decode()}"
                new = os.read(stream.fileno(), 1 << 16)
                assert new, f"it ended: {said.decode()}"
                said += new
        return said.decode()

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)


@contextmanager
def watched(root: Path, *arguments: str) -> Iterator[Watching]:
    found = Watching(root, *arguments)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.communicate()


@pytest.fixture
def watching(project: Path) -> Iterator[Watching]:
    with watched(project, "--all") as found:
        found.until("  + rendered/prod/25-configmap-gan.yaml")  # the last line of the first round
        yield found


def save(path: Path, old: str, new: str) -> None:
    """Save a file as editors do: a new one takes its place."""
    other = path.with_name(f"{path.name}~")
    text = path.read_text()
    assert old in text
    other.write_text(text.replace(old, new))
    other.replace(path)


def test_what_a_save_changes_is_shown_and_written(project: Path, watching: Watching) -> None:
    save(project / "values/dev.yaml", "mode: dev", "mode: fast")
    said = watching.until("dev: 1 changed")
    assert "-   mode: dev" in said
    assert "+   mode: fast    ← values/dev.yaml:2" in said
    assert "prod" not in said
    assert "mode: fast" in (project / "rendered/dev/25-configmap-gan.yaml").read_text()
    assert watching.end() == 0


def test_what_all_have_is_rendered_in_all(project: Path, watching: Watching) -> None:
    save(project / "values/base.yaml", "name: gan", "name: other")
    said = watching.until("prod: ")
    assert "dev: 1 created, 1 removed" in said
    save(project / "templates/configmap.yaml.j2", "kind:", "immutable: true\nkind:")
    assert "+ immutable: true    ← templates/configmap.yaml.j2:2" in watching.until("prod: 1 changed")


def test_nothing_is_written_until_what_is_wrong_is_mended(project: Path, watching: Watching) -> None:
    before = (project / "rendered/prod/25-configmap-gan.yaml").read_text()
    save(project / "values/dev.yaml", "mode: dev", "mode: [dev]")
    assert "error[schema/type]: `data.mode` has the wrong type" in watching.until("= expected")
    save(project / "values/base.yaml", "name: gan", "name: other")
    assert "error[schema/type]" in watching.until("= expected")
    assert (project / "rendered/prod/25-configmap-gan.yaml").read_text() == before
    save(project / "values/dev.yaml", "mode: [dev]", "mode: dev")
    watching.until("prod: 1 created, 1 removed")  # what base.yaml changed is not forgotten


def test_environments_come_and_go(project: Path, watching: Watching) -> None:
    (project / "values/new.yaml").write_text("data: { mode: new }\n")
    assert "rendered/new/25-configmap-gan.yaml" in watching.until("new: 1 created")
    (project / "values/new.yaml").unlink()
    watching.until("new: 1 removed")
    assert list((project / "rendered/new").rglob("*")) == []


def test_settings_and_new_folders_are_noticed(project: Path, watching: Watching) -> None:
    (project / "gen.yaml").write_text('kubernetes: "9.9"\n')
    watching.until("error[settings/kubernetes]")
    (project / "gen.yaml").unlink()
    watching.until("prod: 1 unchanged")
    (project / "values/fleet").mkdir()
    (project / "values/fleet/one.yaml").write_text("data: { mode: one }\n")
    watching.until("fleet/one: 1 created")


def test_one_environment_stays_selected(project: Path) -> None:
    with watched(project, "--env", "dev") as watching:
        watching.until("dev: 1 created")
        save(project / "values/prod.yaml", "mode: prod", "mode: other")
        save(project / "values/dev.yaml", "mode: dev", "mode: fast")
        watching.until("dev: 1 changed")
        assert (project / "rendered/25-configmap-gan.yaml").resolve().parent.name == "dev"
        assert not (project / "rendered/prod").exists()
        assert watching.end() == 0


def test_a_document_cannot_go_on_for_ever(project: Path, gen: Gen) -> None:
    ran = gen("render", "--all", "--watch", "--format", "json")
    assert (ran.status, "usage/watch" in ran.out) == (2, True)
    ran = gen("render", "--env", "dev", "--watch", "--output", "-")
    assert (ran.status, "usage/watch" in ran.err) == (2, True)


def test_it_says_what_to_install(project: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = gen("render", "--all", "--watch")
    assert ran.status == 3
    assert "pip install 'gen-manifests[watch]'" in ran.err
    assert not (project / "rendered/dev").exists()
