"""`make node` where a machine cannot run one, and a run that is killed: one sentence, and nothing left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import keeper
from tests.cluster.control_plane import StartError
from tests.cluster.programs import ROOT
from tests.node import packages, registry, requirements
from tests.node.cluster import PREFIX, remove_cgroups

pytestmark = pytest.mark.node
UP = [sys.executable, "-B", "-m", "tests.node", "up"]
GONE = 60  # seconds


@pytest.fixture(autouse=True)
def able() -> None:
    """Only a machine that could run a node can be made one that cannot."""
    if missing := requirements.missing():
        pytest.skip(missing)


def within(mount: str, *command: str) -> list[str]:
    """A command in a mount namespace of its own, after one more mount."""
    return ["unshare", "--mount", "sh", "-c", f'mount {mount} && exec "$@"', "sh", *command]


LACKS: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "root": (["unshare", "--user", *UP], {}, "a node needs root"),
    "programs": (UP, {"env": {"PATH": "/none"}}, "a node needs unshare, nsenter, ip, mount, ldd"),
    "namespaces": (
        ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", *UP],
        {},
        "this machine does not let a node have its own namespaces",
    ),
    "cgroups": (
        within("-t tmpfs -o ro none /sys/fs/cgroup", *UP),
        {},
        "a node needs cgroups, and none can be made in /sys/fs/cgroup",
    ),
    "disk": (within("-t tmpfs -o size=64m none FOLDER", *UP), {}, "a node needs 8 GB in FOLDER"),
}


@pytest.mark.parametrize("lack", LACKS)
def test_what_a_machine_lacks_is_one_sentence(tmp_path: Path, lack: str) -> None:
    command, options, sentence = LACKS[lack]
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o777)
    options = {"env": dict(os.environ), **options}
    options["env"]["TMPDIR"] = str(folder) if lack == "disk" else tempfile.gettempdir()
    before = left()
    command = [word.replace("FOLDER", str(folder)) for word in command]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)
    assert (found.returncode, found.stdout) == (1, "")
    assert sentence.replace("FOLDER", str(folder)) in found.stderr
    assert found.stderr.count("\n") == 1
    assert left() == before
    assert not list(folder.iterdir())


def left() -> set[Path]:
    """The folders and cgroups of nodes."""
    return {*Path(tempfile.gettempdir()).glob(f"{PREFIX}*"), *Path("/sys/fs/cgroup").glob(f"**/{PREFIX}*")}


def test_what_a_killed_run_leaves_the_next_one_removes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEN_NODE_MACHINES", "1")
    killed = keeper.spawn("tests.node")
    try:
        folder = keeper.kubeconfig(killed).parent
        first = Path(f"/proc/{(folder / 'pid').read_text()}")
        assert first.exists()
    finally:
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
    deadline = time.monotonic() + GONE
    while first.exists():
        assert time.monotonic() < deadline, "the kernel ends what is in the namespaces with their keeper"
        time.sleep(0.1)
    assert folder.exists()
    keeper.sweep(PREFIX, remove_cgroups)  # as each run does before anything else
    assert [path for path in left() if path.name == folder.name] == []


def test_a_port_that_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the host's ports only that for pushing images is used; all others are in a network apart."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(registry, "free_port", lambda: taken.getsockname()[1])
        with pytest.raises(StartError, match="address already in use"):
            registry.push(tmp_path, packages.obtain(sys.stderr.write), "none", {})
