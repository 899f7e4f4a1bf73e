"""`make node` and `make node-down`: the tests' cluster of real machines, for work by hand.

Usage: python -m tests.node up | down | missing | keep [--detached] | inside DIR MACHINES | machine DIR NUMBER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.cluster import by_hand, control_plane, keeper, programs
from tests.node import inside, machine, packages, requirements
from tests.node.cluster import PREFIX, Cluster, remove_cgroups

_BY_HAND = by_hand.ByHand("tests.node", programs.ROOT / ".cache/node/running", "node")


def main(arguments: list[str]) -> None:
    """Do what the command line asks."""
    try:
        match arguments:
            case ["up"]:
                up()
            case ["down"]:
                _BY_HAND.down()
            case ["missing"]:
                sys.exit(requirements.missing())
            case ["keep", *options]:
                keep(detached=options == ["--detached"])
            case ["inside", folder, machines]:
                inside.first_process(Path(folder), int(machines))
            case ["machine", folder, number]:
                machine.run(Path(folder), int(number), packages.obtain(sys.stderr.write))
            case _:
                sys.exit(__doc__)
    except (programs.Unavailable, keeper.KeeperError, control_plane.StartError) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"the node could not be run: {error}")


def up() -> None:
    """Start it unless it runs, and say how to use it."""
    _require()
    folder = _BY_HAND.up()
    first = (folder / "pid").read_text()
    sys.stdout.write(
        f"export KUBECONFIG={folder / 'kubeconfig'}\n"
        f"# its network is its own; a shell in there:  nsenter --target {first} --net\n"
        f"# password of the registry, for the user gan-pull:  {(folder / 'password').read_text()}\n"
    )


def keep(detached: bool) -> None:
    """Keep one until whoever wanted it is gone."""
    _require()
    machines = int(os.environ.get("GEN_NODE_MACHINES", "2"))
    keeper.keep(detached, PREFIX, lambda folder: Cluster(folder, machines), remove_cgroups)


def _require() -> None:
    if missing := requirements.missing():
        raise programs.Unavailable(missing)


if __name__ == "__main__":
    main(sys.argv[1:])
