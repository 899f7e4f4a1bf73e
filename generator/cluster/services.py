"""Where a Service that an environment renders can be reached from here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from generator.cluster.client import Cluster
from generator.cluster.port_forward import forwarded
from generator.diagnostics import DiagnosticError, unknown, usage

T = TypeVar("T")

_POLL = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Offer:
    """A named port of a Service, as the manifests declare it."""

    namespace: str
    service: str
    port: str

    def __str__(self) -> str:
        return f"Service {self.service} in namespace {self.namespace}"


@dataclass(frozen=True, slots=True)
class Route:
    """An address, and the way to it in words."""

    address: str
    way: str


def offer(objects: Iterable[Mapping[str, Any]], ports: Iterable[str], name: str | None = None) -> Offer:
    """The first of these ports that a Service of the manifests has; headless ones come last.

    With `name`, only the Service of that name counts. Raises `DiagnosticError` (verify/no-service) if none
    has one.
    """
    services = [found for found in objects if found.get("kind") == "Service"]
    services = [found for found in services if name is None or found["metadata"]["name"] == name]
    services.sort(key=lambda found: found["spec"].get("clusterIP") == "None")
    wanted = list(ports)
    for wanted_port in wanted:
        for found in services:
            if any(port.get("name") == wanted_port for port in found["spec"].get("ports", ())):
                metadata = found["metadata"]
                return Offer(metadata.get("namespace", "default"), metadata["name"], wanted_port)
    raise usage(
        "verify/no-service",
        f"no Service{f' {name}' if name else ''} of this environment has a port named {' or '.join(wanted)}",
        "correct `verify` in gen.yaml, or give the server's address with --server or --rest",
    )


@contextmanager
def route(cluster: Cluster, offered: Offer, forward: bool, wait: float = 0.0) -> Iterator[Route]:
    """The way to a Service: its load balancer, a node's port, or a port-forward for as long as the block.

    `forward` asks for the last whatever the Service's type is; `wait` is how many seconds a load balancer's
    address or a ready pod may take. Raises `DiagnosticError` (verify/no-service, verify/no-address).
    """
    found = _found(cluster, offered)
    kind = "ClusterIP" if forward else found["spec"].get("type", "ClusterIP")
    if kind == "LoadBalancer":
        yield _balanced(cluster, offered, found, wait)
    elif kind == "NodePort":
        yield _node(cluster, offered, found)
    else:
        selector = found["spec"].get("selector", {})
        pod = _awaited(lambda: cluster.ready_pod(offered.namespace, selector), wait)
        if pod is None:
            help = "give it time with --wait 5m, and look at `kubectl get pods`"
            raise _no_address(cluster, offered, "no pod behind it is ready", help)
        name, port = pod["metadata"]["name"], _pod_port(pod, _port(found, offered))
        cluster.connect(offered.namespace, name, port).close()  # raises what a forwarded connection cannot
        with forwarded(lambda: cluster.connect(offered.namespace, name, port)) as address:
            yield Route(address, f"a port-forward to pod {name}")


def _found(cluster: Cluster, offered: Offer) -> Mapping[str, Any]:
    found = cluster.service(offered.namespace, offered.service)
    if found is None:
        raise unknown(
            "verify/no-service",
            f"{offered} is not in the cluster {cluster.name}",
            "apply the environment first, or choose its cluster with --context",
        )
    return found


def _balanced(cluster: Cluster, offered: Offer, found: Mapping[str, Any], wait: float) -> Route:
    ingress = _awaited(lambda: _ingress(_found(cluster, offered)), wait)
    if ingress is None:
        help = "give it time with --wait 5m, or go around it with --port-forward"
        raise _no_address(cluster, offered, "its load balancer has no address yet", help)
    host = ingress.get("ip") or ingress["hostname"]
    return Route(_address(host, _port(found, offered)["port"]), "its load balancer")


def _ingress(found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next(iter(found.get("status", {}).get("loadBalancer", {}).get("ingress", ())), None)


def _awaited(ask: Callable[[], T | None], wait: float) -> T | None:
    """What is asked for, once it is there, or None after `wait` seconds."""
    end = time.monotonic() + wait
    while (found := ask()) is None and time.monotonic() < end:
        time.sleep(_POLL)
    return found


def _node(cluster: Cluster, offered: Offer, found: Mapping[str, Any]) -> Route:
    host = cluster.node_address()
    if host is None:
        raise _no_address(cluster, offered, "no node has an address", "use --port-forward")
    return Route(_address(host, _port(found, offered)["nodePort"]), "a node's port")


def _port(found: Mapping[str, Any], offered: Offer) -> Mapping[str, Any]:
    ports: list[Mapping[str, Any]] = found["spec"].get("ports", [])
    for port in ports:
        if port.get("name") == offered.port:
            return port
    raise unknown(
        "verify/no-service",
        f"{offered} has no port named {offered.port} in the cluster",
        "apply the environment: what runs is older than what is rendered",
    )


def _pod_port(pod: Mapping[str, Any], port: Mapping[str, Any]) -> int:
    """The number of the pod's port that a Service's port leads to, which may be a name."""
    target = port.get("targetPort", port["port"])
    named = {
        declared.get("name"): declared["containerPort"]
        for container in pod["spec"]["containers"]
        for declared in container.get("ports", ())
    }
    return int(named.get(target, target))


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _no_address(cluster: Cluster, offered: Offer, why: str, help: str) -> DiagnosticError:
    return unknown("verify/no-address", f"{offered} of {cluster.name} cannot be reached: {why}", help)
