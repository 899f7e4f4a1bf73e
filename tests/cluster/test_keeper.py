"""The control plane comes up beside anything, and nothing of it stays, whatever happens to its holder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import control_plane, keeper, programs
from tests.cluster.control_plane import ControlPlane, StartError
from tests.cluster.kubectl import Kubectl

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.usefixtures("can_run_clusters"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]
HOLD = """
from tests.cluster import keeper
with keeper.running() as kubeconfig:
    print(kubeconfig, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of this test alone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that holds a control plane, as a test run does, and the folder of that control plane."""
    run = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=programs.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdin is not None
    assert run.stdout is not None
    with run.stdin, run.stdout:
        yield run, Path(run.stdout.readline().rstrip("\n")).parent
    run.kill()
    run.wait()


def servers(folder: Path) -> list[int]:
    """The processes that work in a folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == folder:
                found.append(int(link.parent.name))
        except OSError:  # not ours, or gone in this moment
            continue
    return found


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_run_side_by_side(user_kubectl: Path) -> None:
    with keeper.running() as first, keeper.running() as second:
        Kubectl(user_kubectl, first).must("create", "namespace", "only-in-the-first")
        Kubectl(user_kubectl, first).get("namespace", "only-in-the-first")
        assert Kubectl(user_kubectl, second)("get", "namespace", "only-in-the-first").returncode == 1


def test_it_leaves_nothing_behind(temporary: Path) -> None:
    with keeper.running() as kubeconfig:
        folder = kubeconfig.parent
        assert len(servers(folder)) == len(control_plane.PROGRAMS)
    assert servers(folder) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_the_run_that_holds_it(
    holder: tuple[subprocess.Popen[str], Path], number: signal.Signals, temporary: Path
) -> None:
    run, folder = holder
    run.send_signal(number)
    until(lambda: not folder.exists())
    assert servers(folder) == []
    assert list(temporary.iterdir()) == []


def test_a_killed_keeper_takes_its_servers_along_and_the_next_one_tidies_up(
    holder: tuple[subprocess.Popen[str], Path],
) -> None:
    _, folder = holder
    owner = keeper.owner(folder)
    assert owner is not None
    os.kill(owner, signal.SIGKILL)
    until(lambda: servers(folder) == [])
    assert folder.exists()
    keeper.sweep()
    assert not folder.exists()


def test_the_folder_of_a_running_one_is_left_alone(holder: tuple[subprocess.Popen[str], Path]) -> None:
    _, folder = holder
    keeper.sweep()
    assert (folder / "kubeconfig").exists()


def found() -> dict[str, Path]:
    return {name: programs.obtain(programs.PROGRAMS[name], print) for name in control_plane.PROGRAMS}


def test_a_taken_port_is_survived(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        proposals = iter([somebody.getsockname()[1], control_plane.free_port()])
        one = ControlPlane(tmp_path, found(), lambda: next(proposals))
        try:
            one.start()
        finally:
            one.stop()
    assert next(proposals, None) is None


def test_a_server_that_ends_is_named_with_its_last_words(tmp_path: Path) -> None:
    broken = tmp_path / "etcd"
    broken.write_text("#!/bin/sh\necho no space left on device >&2\nexit 7\n")
    broken.chmod(0o755)
    one = ControlPlane(tmp_path, {**found(), "etcd": broken})
    with pytest.raises(StartError, match=r"etcd ended with status 7:\n(.*\n)*no space left on device"):
        one.start()
    one.stop()
    assert servers(tmp_path) == []


def test_the_certificate_is_verified(kubectl: Kubectl, tmp_path: Path) -> None:
    """A kubeconfig that trusts another authority is refused by the client."""
    other = tmp_path / "kubeconfig"
    config = kubectl.kubeconfig.read_text()
    trusted = str(kubectl.kubeconfig.parent / "certificates" / "apiserver.crt")
    assert trusted in config
    other.write_text(config.replace(trusted, str(tmp_path / "other.crt")))
    (tmp_path / "other.crt").write_text(_stranger())
    answer = Kubectl(kubectl.program, other)("get", "nodes")
    assert "certificate signed by unknown authority" in answer.stderr


def _stranger() -> str:
    """The certificate of an authority that signed nothing here."""
    with keeper.running() as kubeconfig:
        return (kubeconfig.parent / "certificates" / "apiserver.crt").read_text()
