"""What `gen verify --env` takes from a project: the model, what is expected of it, and its Service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.cluster import expected, services
from generator.core import promotion
from generator.core.settings import Cluster
from generator.diagnostics import DiagnosticError, not_installed, usage
from generator.project import find
from generator.serving import expectations_file
from generator.serving.expectations import Expectations

_PROTOCOLS = ("grpc", "rest")  # the one that is preferred first
_SETTINGS = """add to gen.yaml, with the names of the Service's ports and the paths of values:
verify:
  ports: { grpc: NAME, rest: NAME }  # one of them is enough
  models: PATH
  expectations: PATH"""


@dataclass(frozen=True, slots=True)
class Deployed:
    """An environment as it is deployed: its models, expectations and objects, and how its server is found.

    `ports` are the names of the Service's ports by protocol. `service` and `cluster` are None where any
    will do. `promoted` are the values, by path, that `gen promote` would carry.
    """

    name: str
    root: Path
    models: Sequence[str]
    expected: Expectations
    objects: Sequence[Mapping[str, Any]]
    ports: Mapping[str, str]
    service: str | None = None
    cluster: Cluster | None = None
    promoted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that was found in a cluster: which protocol its address speaks, and the way to it in words."""

    protocol: str
    address: str
    way: str
    pods: Sequence[str] = ()  # those that a port-forward has led to so far
    running: Callable[[], Mapping[str, list[str]]] = dict
    rendered: Sequence[str] = ()

    def images(self) -> Mapping[str, Any]:
        """The images as they were rendered, and those that run: each with the digest that was pulled."""
        return {"rendered": list(self.rendered), "running": self.running()}

    @property
    def addresses(self) -> tuple[str | None, str | None]:
        """What --server and --rest would be."""
        return (self.address, None) if self.protocol == "grpc" else (None, f"http://{self.address}")


def read(project: Path | None, environment: str) -> Deployed:
    """Read an environment. Raises `DiagnosticError` for all that is wrong with its sources."""
    found = find(project)
    found.choose([environment], everything=False)
    rendering = found.line.render(environment, found.layers(environment))
    named = rendering.settings.verify
    if named is None:
        raise usage("verify/settings", "gen.yaml does not say how to find the model server", _SETTINGS)
    return Deployed(
        environment,
        found.root,
        _names(rendering.values.get(named.models) if named.models else None),
        expectations_file.from_values(rendering.values, named.expectations),
        [file.manifest.body for file in rendering.files],
        named.ports,
        rendering.values.get(named.service) if named.service else None,
        rendering.settings.clusters.get(environment),
        promotion.carried(rendering.settings.promote, rendering.values.tree),
    )


def _names(value: Any) -> list[str]:
    """The models that a value names: by the keys of a mapping, as a list of names, or as one name."""
    return [value] if isinstance(value, str) else [str(name) for name in value or ()]


def only_model(deployed: Deployed) -> str | None:
    """The environment's model, if it has exactly one. Raises `DiagnosticError` (verify/model) for several."""
    if len(deployed.models) > 1:
        known = ", ".join(deployed.models)
        raise usage("verify/model", f"this environment serves {known}", "choose one of them with --model")
    return deployed.models[0] if deployed.models else None


@contextmanager
def reached(deployed: Deployed, context: str | None, forward: bool, wait: float) -> Iterator[Reached]:
    """The environment's server in the cluster, for as long as the block. Raises `DiagnosticError`."""
    ports = {deployed.ports[name]: name for name in _PROTOCOLS if name in deployed.ports}
    offered = services.offer(deployed.objects, ports, deployed.service)
    try:
        from generator.cluster.api import ApiCluster
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    wanted = deployed.cluster
    named = wanted.context if wanted and "*" not in wanted.context else ""
    cluster = ApiCluster(context or named or None)
    if wanted and not context:
        expected.check(deployed.name, wanted, cluster.context, cluster.server)
    with services.route(cluster, offered, forward, wait) as route:
        words = f"{offered} of {cluster.name}, by {route.way}"
        yield Reached(
            ports[offered.port],
            route.address,
            words,
            route.pods,
            lambda: services.running(cluster, offered),
            services.images(deployed.objects, offered),
        )


def _missing(error: ModuleNotFoundError) -> DiagnosticError:
    instead = "give the server's address with --server or --rest"
    return not_installed("finding a Service in a cluster", error, "cluster", instead)
