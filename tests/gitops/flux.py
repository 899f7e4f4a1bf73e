"""Flux's controllers as processes of this machine, against a control plane of the tests."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.cluster.control_plane import free_port
from tests.cluster.kubectl import Kubectl
from tests.cluster.process import Server
from tests.registry.controller import custom_resources

NAMESPACE = "flux-system"
MODULES = ("github.com/fluxcd/source-controller", "github.com/fluxcd/kustomize-controller")


@contextmanager
def running(
    kubectl: Kubectl, program: Callable[[str], Path], folder: Path, shards: int = 0
) -> Iterator[list[Server]]:
    """The source-controller and, for everything or for each shard, a kustomize-controller."""
    for package in MODULES:
        [definitions] = custom_resources("gitops/flux", package, "config/crd/bases")
        kubectl.must("apply", "--server-side", "-f", definitions)
    kubectl.must("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    kubectl.must("create", "namespace", NAMESPACE)
    selectors = [[f"--watch-label-selector=sharding.fluxcd.io/key=shard{n + 1}"] for n in range(shards)]
    served = f"127.0.0.1:{free_port()}"
    storage = (f"--storage-path={folder}", f"--storage-addr={served}", f"--storage-adv-addr={served}")
    with ExitStack() as stack:
        servers = [_start(kubectl, program("source-controller"), folder / "source", storage)]
        stack.callback(servers[0].stop)
        for number, selector in enumerate(selectors or [[]]):
            server = _start(kubectl, program("kustomize-controller"), folder / f"shard{number}", selector)
            stack.callback(server.stop)
            servers.append(server)
        yield servers


def _start(kubectl: Kubectl, program: Path, folder: Path, more: Sequence[str]) -> Server:
    folder.mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "KUBECONFIG": str(kubectl.kubeconfig),
        "RUNTIME_NAMESPACE": NAMESPACE,
    }
    metrics, health = (f"127.0.0.1:{free_port()}" for _ in range(2))
    options = (f"--metrics-addr={metrics}", f"--health-addr={health}", "--events-addr=")
    return Server([program, "--enable-leader-election=false", *options, *more], folder, environment)


def condition(found: dict[str, Any], kind: str = "Ready") -> dict[str, Any]:
    """A condition of an object's status, or nothing."""
    conditions = found.get("status", {}).get("conditions", [])
    return next((one for one in conditions if one["type"] == kind), {})


def is_ready(found: dict[str, Any], revision: str) -> bool:
    """Whether a Kustomization has applied a commit, and everything in it is healthy."""
    applied = found.get("status", {}).get("lastAppliedRevision", "").endswith(revision)
    return applied and condition(found).get("status") == "True"


def eventually(kubectl: Kubectl, what: str, servers: Sequence[Server], look: Callable[[], Any]) -> Any:
    """What is seen as soon as something is seen. Fails with the state of the engine after two minutes."""
    deadline = time.monotonic() + 120
    while not (seen := look()):
        for server in servers:
            assert server.status is None, server.log[-3000:]
        if time.monotonic() > deadline:
            state = kubectl.must("get", "gitrepositories,kustomizations", "-n", NAMESPACE, "-o", "yaml")
            raise AssertionError(f"never {what}:\n{state}\n{servers[-1].log[-3000:]}")
        time.sleep(0.2)
    return seen


def kustomization(kubectl: Kubectl, name: str) -> dict[str, Any]:
    """A Kustomization as the cluster has it."""
    return kubectl.get("kustomizations.kustomize.toolkit.fluxcd.io", name, NAMESPACE)


def kustomizations(kubectl: Kubectl) -> list[dict[str, Any]]:
    """All of them."""
    found: list[dict[str, Any]] = json.loads(
        kubectl.must("get", "kustomizations.kustomize.toolkit.fluxcd.io", "-n", NAMESPACE, "-o", "json")
    )["items"]
    return found
