"""What `gen verify --env` takes from a project: the model, what is expected of it, and its Service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.cluster import services
from generator.diagnostics import DiagnosticError, not_installed, usage
from generator.project import find
from generator.serving import expectations_file
from generator.serving.expectations import Expectations

_PORTS = ("grpc", "rest")  # the names of a Service's ports, the one that is preferred first


@dataclass(frozen=True, slots=True)
class Deployed:
    """An environment as it is deployed: the names of its models, its expectations, and its objects."""

    root: Path
    models: Sequence[str]
    expected: Expectations
    objects: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that was found in a cluster: which protocol its address speaks, and the way to it in words."""

    protocol: str
    address: str
    way: str

    @property
    def addresses(self) -> tuple[str | None, str | None]:
        """What --server and --rest would be."""
        return (self.address, None) if self.protocol == "grpc" else (None, f"http://{self.address}")


def read(project: Path | None, environment: str) -> Deployed:
    """Read an environment. Raises `DiagnosticError` for all that is wrong with its sources."""
    found = find(project)
    found.choose([environment], everything=False)
    rendering = found.line.render(environment, found.layers(environment))
    models = rendering.values.tree.get("models")
    return Deployed(
        found.root,
        list(models) if isinstance(models, dict) else [],
        expectations_file.from_values(rendering.values),
        [file.manifest.body for file in rendering.files],
    )


def only_model(deployed: Deployed) -> str | None:
    """The environment's model, if it has exactly one. Raises `DiagnosticError` (verify/model) for several."""
    if len(deployed.models) > 1:
        known = ", ".join(deployed.models)
        raise usage("verify/model", f"this environment serves {known}", "choose one of them with --model")
    return deployed.models[0] if deployed.models else None


@contextmanager
def reached(deployed: Deployed, context: str | None, forward: bool, wait: float) -> Iterator[Reached]:
    """The environment's server in the cluster, for as long as the block. Raises `DiagnosticError`."""
    offered = services.offer(deployed.objects, _PORTS)
    try:
        from generator.cluster.api import ApiCluster
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    cluster = ApiCluster(context)
    with services.route(cluster, offered, forward, wait) as route:
        yield Reached(offered.port, route.address, f"{offered} of {cluster.name}, by {route.way}")


def _missing(error: ModuleNotFoundError) -> DiagnosticError:
    instead = "give the server's address with --server or --rest"
    return not_installed("finding a Service in a cluster", error, "cluster", instead)
