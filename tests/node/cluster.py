"""The cluster from outside: its namespaces, how to get into them, and that nothing of it stays.

Ending process 1 of the namespaces ends every server, shim and container, and frees all mounts and devices.
What then remains are empty cgroups below one that has the name of the folder; they are removed here.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.cluster import programs
from tests.cluster.control_plane import StartError
from tests.cluster.process import die_with_parent
from tests.node import image, layers, packages, registry
from tests.node.machine import PAUSE

PREFIX = "gen-node-"
_CGROUPS = Path("/sys/fs/cgroup")
_NAMESPACES = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_READY = 180.0  # seconds
_GONE = 30.0
_REPOSITORY = "gan-serving"  # as values/base.yaml has it


class Cluster:
    """A control plane and real machines in namespaces of their own, all of it in one folder."""

    def __init__(self, folder: Path, machines: int) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self._folder = folder
        self._machines = machines
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the machines take pods. Raises `StartError`, and `Unavailable` for what is not here."""
        prepare(self._folder)
        (self._folder / "password").write_text(secrets.token_hex(16))
        command = [sys.executable, "-m", "tests.node", "inside", str(self._folder), str(self._machines)]
        with (self._folder / "inside.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["unshare", *_NAMESPACES, *command],
                cwd=programs.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )
        deadline = time.monotonic() + _READY
        while not (self._folder / "ready").exists():
            self.check()
            if time.monotonic() > deadline:
                raise StartError(f"the machines were not ready after {_READY:.0f} seconds")
            time.sleep(0.1)
        (self._folder / "pid").write_text(str(self._first()))

    def check(self) -> None:
        """Raise `StartError` if it has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise StartError((self._folder / "inside.log").read_text(errors="replace").strip()[-3000:])

    def stop(self) -> None:
        """End it; returns when nothing is left but the folder."""
        if self._process is not None:
            first = self._first()
            self._process.kill()
            self._process.wait()
            deadline = time.monotonic() + _GONE
            while first and Path(f"/proc/{first}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
        remove_cgroups(self._folder)

    def _first(self) -> int | None:
        """Process 1 of the namespaces, by its number out here."""
        assert self._process is not None
        with suppress(OSError, ValueError):
            number = self._process.pid
            return int(Path(f"/proc/{number}/task/{number}/children").read_text())
        return None


def prepare(folder: Path) -> None:
    """Make everything that takes long: programs, packages, and the images in the registry's storage."""
    for name in (
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubelet",
        "kube-proxy",
    ):
        programs.obtain(programs.PROGRAMS[name], _say)
    found = packages.obtain(_say)
    registry.push(folder, found, _REPOSITORY, image.model_servers())
    layers.archive(folder / "pause.tar", image.BLOBS, image.pause(), PAUSE)


def remove_cgroups(folder: Path) -> None:
    """Remove the empty cgroups of a cluster that has ended, in every hierarchy."""
    deadline = time.monotonic() + _GONE
    for top in _cgroups(folder.name):
        while top.exists() and time.monotonic() < deadline:
            for path in sorted(top.rglob("*/"), key=lambda path: -len(path.parts)):
                with suppress(OSError):
                    path.rmdir()
            with suppress(OSError):
                top.rmdir()
            time.sleep(0.02)


def _cgroups(name: str) -> Iterator[Path]:
    yield _CGROUPS / name
    yield from (hierarchy / name for hierarchy in _CGROUPS.iterdir() if hierarchy.is_dir())


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
