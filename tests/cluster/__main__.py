"""`make cluster` and `make cluster-down`: the control plane of the tests, for work by hand.

Usage: python -m tests.cluster up | down | keep [--detached]
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.cluster import control_plane, keeper, programs

_RUNNING = programs.CACHE / "running"  # holds the folder of the control plane that `up` started
_PATIENCE = 30  # seconds


def main(arguments: list[str]) -> None:
    """Do what the command line asks."""
    try:
        match arguments:
            case ["up"]:
                up()
            case ["down"]:
                down()
            case ["keep", *options]:
                keeper.keep(detached=options == ["--detached"])
            case _:
                sys.exit(__doc__)
    except (programs.Unavailable, keeper.KeeperError, control_plane.StartError) as error:
        sys.exit(str(error))


def up() -> None:
    """Start it unless it runs, and say how to use it."""
    if (running := _running()) is None:
        for name in (*control_plane.PROGRAMS, "kubectl"):
            programs.obtain(programs.PROGRAMS[name], lambda text: _say(f"# {text}"))
        folder = keeper.kubeconfig(keeper.spawn("--detached")).parent
        _RUNNING.write_text(str(folder), encoding="utf-8")
    else:
        folder, _ = running
    _say(f"export KUBECONFIG={folder / 'kubeconfig'}")


def down() -> None:
    """Stop what `up` started, and return when it is gone."""
    if (running := _running()) is None:
        _say("no control plane is running")
        return
    folder, owner = running
    with suppress(ProcessLookupError):
        os.kill(owner, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while folder.exists():
        if time.monotonic() > deadline:
            sys.exit(f"the control plane in {folder} does not end")
        time.sleep(0.1)
    _RUNNING.unlink()


def _running() -> tuple[Path, int] | None:
    """The folder and the keeper of the control plane that `up` started, if it lives."""
    with suppress(FileNotFoundError):
        folder = Path(_RUNNING.read_text(encoding="utf-8"))
        if (owner := keeper.owner(folder)) is not None:
            return folder, owner
    return None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
