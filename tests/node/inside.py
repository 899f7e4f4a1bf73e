"""What runs inside the namespaces: process 1, the network, the control plane, a registry, the machines."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.cluster import control_plane, programs
from tests.cluster.control_plane import ControlPlane
from tests.cluster.process import Server
from tests.node import mounts, packages, registry
from tests.node.machine import BRIDGE, REGISTRY, address
from tests.node.packages import Packages

_PROXY = (
    "--kubeconfig=kubeconfig",
    "--proxy-mode=nftables",
    "--cluster-cidr=10.90.0.0/16",
    "--hostname-override=machine-1",
    "--conntrack-max-per-core=0",
)


def first_process(folder: Path, machines: int) -> None:
    """Be process 1: reap whatever is left to it, and end, with everything else, when the cluster ends."""
    child = os.fork()
    if child:
        ended, status = os.wait()
        while ended != child:
            ended, status = os.wait()
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    run(folder, machines)


def run(folder: Path, machines: int) -> None:
    """Start everything, write the file `ready`, and watch it until killed. Raises `StartError`."""
    mounts.hide("/run", "/var/log", "/var/lib")
    _network(machines)
    found = packages.obtain(sys.stderr.write)
    programs_of_it = {
        name: programs.obtain(programs.PROGRAMS[name], sys.stderr.write)
        for name in control_plane.PROGRAMS
        if name != "kwok"
    }
    plane = ControlPlane(folder, programs_of_it, address=address(1), simulated=False)
    plane.start()
    others = [
        registry.serve(folder, REGISTRY, found, (folder / "password").read_text()),
        Server([programs.obtain(programs.PROGRAMS["kube-proxy"], print), *_PROXY], folder, found.environment),
        *(_machine(folder, number + 1, found) for number in range(machines)),
    ]
    for number in range(machines):
        name = f"machine-{number + 1}"
        plane.wait_for(name, lambda name=name: _check(others) and plane.has_node(name))  # type: ignore[misc]
    (folder / "ready").touch()
    while _check(others):
        plane.check()
        time.sleep(1)


def _machine(folder: Path, number: int, found: Packages) -> Server:
    command = ["unshare", "--mount", sys.executable, "-m", "tests.node", "machine", str(folder), str(number)]
    log = folder / f"machine-{number}"
    log.mkdir()
    return Server(command, log, {**found.environment, "PYTHONPATH": str(programs.ROOT)})


def _check(servers: list[Server]) -> bool:
    for server in servers:
        if server.status is not None:
            raise control_plane.StartError(f"{server.name} ended:\n{server.log[-2000:]}")
    return True


def _network(machines: int) -> None:
    """A bridge with an address for each machine, and the default route through it."""
    _run("ip link set lo up")
    _run(f"ip link add {BRIDGE} type bridge")
    for number in range(machines):
        _run(f"ip address add {address(number + 1)}/16 dev {BRIDGE}")
    _run(f"ip link set {BRIDGE} up")
    _run(f"ip route add default dev {BRIDGE}")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    with suppress(OSError):  # where the kernel does not have it, bridged packets pass the filter in any case
        Path("/proc/sys/net/bridge/bridge-nf-call-iptables").write_text("1")


def _run(command: str) -> None:
    subprocess.run(command.split(), check=True)
