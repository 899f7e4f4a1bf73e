"""`make cluster` and `make cluster-down`: the control plane of the tests, for work by hand. `make programs`.

Usage: python -m tests.cluster up | down | build | keep [--detached]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from tests.cluster import by_hand, control_plane, keeper, programs

_BY_HAND = by_hand.ByHand("tests.cluster", programs.CACHE / "running", "control plane")


def main(arguments: list[str]) -> None:
    """Do what the command line asks."""
    try:
        match arguments:
            case ["up"]:
                up()
            case ["down"]:
                _BY_HAND.down()
            case ["build"]:
                obtain(programs.PROGRAMS)
            case ["keep", *options]:
                keeper.keep(options == ["--detached"], keeper.PREFIX, keeper.simulated)
            case _:
                sys.exit(__doc__)
    except (programs.Unavailable, keeper.KeeperError, control_plane.StartError) as error:
        sys.exit(str(error))


def up() -> None:
    """Start it unless it runs, and say how to use it."""
    obtain((*control_plane.PROGRAMS, "kubectl"))
    _say(f"export KUBECONFIG={_BY_HAND.up() / 'kubeconfig'}")


def obtain(names: Iterable[str]) -> None:
    """Find or build programs, and say what is built."""
    for name in names:
        programs.obtain(programs.PROGRAMS[name], lambda text: _say(f"# {text}"))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
