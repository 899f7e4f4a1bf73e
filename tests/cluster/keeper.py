"""A process that keeps one cluster, and takes it down with whoever wanted it.

A test run may be killed in ways that leave it no time to tidy up, so the keeper is a process of its own. It
holds the cluster until its standard input closes, which the kernel does for every death of the other
side, or until it is asked to end. If the keeper itself is killed, the kernel kills its servers (see
`process`), and the next keeper removes the folder: a folder has an owner as long as its `lock` is held.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from tests.cluster import control_plane, programs

PREFIX = "gen-cluster-"
_PATIENCE = 300  # seconds for a keeper to take everything down; machines leave gigabytes


class KeeperError(Exception):
    """There is no cluster; the text says why."""


class Kept(Protocol):
    """What a keeper keeps."""

    kubeconfig: Path

    def start(self) -> None:
        """Return when it can be used; raise `StartError` if that never happens."""

    def check(self) -> None:
        """Raise `StartError` if a part of it has ended."""

    def stop(self) -> None:
        """End it, whatever state it is in."""


@contextmanager
def running(module: str = "tests.cluster") -> Iterator[Path]:
    """The kubeconfig of a cluster that lives as long as the block, or this process.

    Raises `KeeperError` if it does not come up.
    """
    keeper = spawn(module)
    try:
        yield kubeconfig(keeper)
    finally:
        for stream in (keeper.stdin, keeper.stdout, keeper.stderr):
            stream.close()  # type: ignore[union-attr]  # all three are pipes
        keeper.wait(_PATIENCE)


def spawn(module: str, *options: str) -> subprocess.Popen[str]:
    """Start a keeper, in a session of its own so that Ctrl-C does not reach its servers before it."""
    return subprocess.Popen(
        [sys.executable, "-m", module, "keep", *options],
        cwd=programs.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kubeconfig(keeper: subprocess.Popen[str]) -> Path:
    """What the keeper says once its cluster is ready."""
    assert keeper.stdout is not None
    assert keeper.stderr is not None
    line = keeper.stdout.readline()
    if not line:
        raise KeeperError(keeper.stderr.read().strip())
    return Path(line.rstrip("\n"))


def keep(
    detached: bool,
    prefix: str,
    make: Callable[[Path], Kept],
    swept: Callable[[Path], None] = lambda folder: None,
) -> None:
    """Run what `make` makes in a new folder until standard input closes or, if `detached`, a signal comes.

    Prints the path of the kubeconfig when it is ready. `swept` is called for each folder that a killed keeper
    left, before it is removed. Raises `StartError` if it does not come up.
    """
    sweep(prefix, swept)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    kept: Kept | None = None
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write(str(os.getpid()))  # only now: a lock without a number is one that is being made
            lock.flush()
            kept = make(folder)
            kept.start()
            sys.stdout.write(f"{kept.kubeconfig}\n")
            sys.stdout.flush()
            _wait(kept, detached)
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
        if kept is not None:
            kept.stop()
        shutil.rmtree(folder)


def simulated(folder: Path) -> control_plane.ControlPlane:
    """A control plane with a simulated node."""
    found = {
        name: programs.obtain(programs.PROGRAMS[name], sys.stderr.write) for name in control_plane.PROGRAMS
    }
    return control_plane.ControlPlane(folder, found)


def _wait(kept: Kept, detached: bool) -> None:
    """Return when the other side is gone; raise `StartError` when a server is."""
    inputs = [] if detached else [sys.stdin]
    while not select.select(inputs, [], [], 1)[0]:
        kept.check()


def owner(folder: Path) -> int | None:
    """The keeper that holds a folder, or nothing if it is gone."""
    with (folder / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read())
    return None


def sweep(prefix: str = PREFIX, swept: Callable[[Path], None] = lambda folder: None) -> None:
    """Remove the folders of keepers that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError, ValueError):  # somebody else's, or gone in this moment
            if (folder / "lock").read_text(encoding="utf-8") and owner(folder) is None:
                swept(folder)
                shutil.rmtree(folder)
