"""Where a Service that an environment renders can be reached from here."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from generator.cluster import pods, rollout
from generator.cluster.client import Cluster, Connection
from generator.cluster.port_forward import forwarded
from generator.diagnostics import DiagnosticError, unknown, usage

T = TypeVar("T")

_POLL = 1.0  # seconds
_PATIENCE = 2.0  # seconds for a node that may not be reachable from here at all


@dataclass(frozen=True, slots=True)
class Offer:
    """A named port of a Service, as the manifests declare it.

    `deployments` are those whose pods are behind it, `host_ports` the addresses of this machine that kind
    forwards to node ports.
    """

    namespace: str
    service: str
    port: str
    deployments: tuple[str, ...] = ()
    host_ports: Mapping[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"Service {self.service} in namespace {self.namespace}"


@dataclass(frozen=True, slots=True)
class Route:
    """An address, and the way to it in words; `pods` are those that a port-forward has led to so far."""

    address: str
    way: str
    pods: Sequence[str] = ()


def offer(objects: Iterable[Mapping[str, Any]], ports: Iterable[str], name: str | None = None) -> Offer:
    """The first of these ports that a Service of the manifests has; headless ones come last.

    With `name`, only the Service of that name counts. Raises `DiagnosticError` (verify/no-service) if none
    has one.
    """
    objects = list(objects)
    services = [found for found in objects if found.get("kind") == "Service"]
    services = [found for found in services if name is None or found["metadata"]["name"] == name]
    services.sort(key=lambda found: found["spec"].get("clusterIP") == "None")
    wanted = list(ports)
    for wanted_port in wanted:
        for found in services:
            if any(port.get("name") == wanted_port for port in found["spec"].get("ports", ())):
                namespace = found["metadata"].get("namespace", "default")
                behind = tuple(_deployments(objects, namespace, found["spec"].get("selector") or {}))
                return Offer(namespace, found["metadata"]["name"], wanted_port, behind, _host_ports(objects))
    raise usage(
        "verify/no-service",
        f"no Service{f' {name}' if name else ''} of this environment has a port named {' or '.join(wanted)}",
        "correct `verify` in gen.yaml, or give the server's address with --server or --rest",
    )


def _deployments(
    objects: Iterable[Mapping[str, Any]], namespace: str, selector: Mapping[str, str]
) -> Iterator[str]:
    """The Deployments whose pods a selector takes."""
    for found in objects:
        if found.get("kind") == "Deployment" and found["metadata"].get("namespace", "default") == namespace:
            labels = found["spec"]["template"].get("metadata", {}).get("labels") or {}
            if selector and selector.items() <= labels.items():
                yield found["metadata"]["name"]


def _host_ports(objects: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Addresses of this machine by the node ports that a kind cluster's configuration forwards them to."""
    return {
        mapping["containerPort"]: _address(
            mapping.get("listenAddress", "0.0.0.0").replace("0.0.0.0", "127.0.0.1"),  # noqa: S104
            mapping["hostPort"],
        )
        for found in objects
        if str(found.get("apiVersion", "")).startswith("kind.x-k8s.io/")
        for node in found.get("nodes") or ()
        for mapping in node.get("extraPortMappings") or ()
        if "hostPort" in mapping
    }


@contextmanager
def route(cluster: Cluster, offered: Offer, forward: bool, wait: float = 0.0) -> Iterator[Route]:
    """The way to a Service: its load balancer, a node's port, or a port-forward for as long as the block.

    `forward` asks for the last whatever the Service's type is; `wait` is how many seconds the rollout, a
    load balancer's address or a ready pod may take. Raises `DiagnosticError` (verify/no-service,
    verify/rollout, verify/no-address).
    """
    found = _found(cluster, offered)
    for name in offered.deployments:
        rollout.ended(cluster, offered.namespace, name, wait)
    kind = "ClusterIP" if forward else found["spec"].get("type", "ClusterIP")
    if kind == "LoadBalancer":
        yield _balanced(cluster, offered, found, wait)
    elif kind == "NodePort":
        yield _node(cluster, offered, found)
    else:
        way = _Forward(cluster, offered, found)
        if _awaited(lambda: way.candidates() or None, wait) is None:
            raise way.none_ready()
        way.connect().close()  # raises what a forwarded connection cannot
        with forwarded(way.connect) as address:
            yield Route(address, f"a port-forward to {way.used[0]}", way.used)


def images(objects: Iterable[Mapping[str, Any]], offered: Offer) -> list[str]:
    """The images of the Deployments behind a Service, as the manifests have them."""
    return sorted(
        container.get("image", "")
        for found in objects
        if found.get("kind") == "Deployment" and found["metadata"]["name"] in offered.deployments
        for container in found["spec"]["template"]["spec"].get("containers", ())
    )


def running(cluster: Cluster, offered: Offer) -> dict[str, list[str]]:
    """The images that run behind a Service, and under which digests (the kubelet's `imageID`).

    An image is named as the pod has it: of one that is pinned, a status has only the runtime's own id.
    """
    selector = _found(cluster, offered)["spec"].get("selector", {})
    found: dict[str, set[str]] = {}
    for pod in pods.newest_first(cluster.pods(offered.namespace, selector), ()):
        named = {container.get("name"): container.get("image", "") for container in pod["spec"]["containers"]}
        for status in pod.get("status", {}).get("containerStatuses") or ():
            image = named.get(status.get("name"), "")
            found.setdefault(image, set()).add(status.get("imageID", ""))
    return {image: sorted(digests) for image, digests in sorted(found.items())}


class _Forward:
    """Connections to the pods behind a Service, each to one that is ready when it is made."""

    def __init__(self, cluster: Cluster, offered: Offer, found: Mapping[str, Any]) -> None:
        self.used: list[str] = []  # the pods that were connected to, in order, with their images
        self._cluster = cluster
        self._offered = offered
        self._selector = found["spec"].get("selector", {})
        self._port = _port(found, offered)
        self._made: list[tuple[str, Connection]] = []
        self._failed: dict[str, int] = {}

    def candidates(self) -> list[Mapping[str, Any]]:
        """The ready pods: those that have failed least first, and of these the newest ReplicaSet's."""
        for name, connection in self._made:
            if getattr(connection, "error", ""):
                self._failed[name] = self._failed.get(name, 0) + 1
        self._made = [(name, made) for name, made in self._made if not getattr(made, "error", "")]
        found = pods.newest_first(self._pods(), self._replica_sets())
        ready = [pod for pod in found if pods.ready(pod)]
        return sorted(ready, key=lambda pod: self._failed.get(pod["metadata"]["name"], 0))

    def connect(self) -> Connection:
        """A new connection. Raises `DiagnosticError` when no ready pod takes one."""
        problem: DiagnosticError | OSError = self.none_ready()
        for pod in self.candidates():
            name = pod["metadata"]["name"]
            try:
                made = self._cluster.connect(self._offered.namespace, name, _pod_port(pod, self._port))
            except (DiagnosticError, OSError) as error:
                problem = error
                self._failed[name] = self._failed.get(name, 0) + 1
                continue
            self._made.append((name, made))
            shown = f"pod {name} ({pods.images(pod)})"
            if shown not in self.used:
                self.used.append(shown)
            return made
        raise problem

    def none_ready(self) -> DiagnosticError:
        told = [
            f"pod {pod['metadata']['name']}: {pods.trouble(pod)}"
            for pod in pods.newest_first(self._pods(), self._replica_sets())
            if not pods.ready(pod)
        ]
        help = "give it time with --wait 5m, and look at `kubectl get pods`"
        return _no_address(
            self._cluster, self._offered, "no pod behind it is ready", help, "\n".join(told[:3])
        )

    def _pods(self) -> Sequence[Mapping[str, Any]]:
        return self._cluster.pods(self._offered.namespace, self._selector)

    def _replica_sets(self) -> Sequence[Mapping[str, Any]]:
        return self._cluster.replica_sets(self._offered.namespace, self._selector)


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
    number = _port(found, offered)["nodePort"]
    host, promised = cluster.node_address(), offered.host_ports.get(number)
    if promised is not None and (host is None or not _reachable(host, number)):
        return Route(promised, f"{promised} of this machine, which kind forwards to node port {number}")
    if host is None:
        raise _no_address(cluster, offered, "no node has an address", "use --port-forward")
    return Route(_address(host, number), "a node's port")


def _reachable(host: str, port: int) -> bool:
    """Whether a node takes connections from here; kind's do not where they run in a virtual machine."""
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError:
        return False
    return True


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


def _no_address(cluster: Cluster, offered: Offer, why: str, help: str, found: str = "") -> DiagnosticError:
    return unknown("verify/no-address", f"{offered} of {cluster.name} cannot be reached: {why}", help, found)
