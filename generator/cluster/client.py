"""What commands ask of a cluster. `generator.cluster.api` answers with the official Kubernetes client."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any, Protocol


class Cluster(Protocol):
    """One cluster; every call raises `DiagnosticError` (cluster/…) when it cannot be answered."""

    name: str  # the context and the server, as people tell clusters apart

    def service(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """A Service as JSON has it, or None where there is none."""

    def node_address(self) -> str | None:
        """The address of a node, one for the outside if it has any."""

    def ready_pod(self, namespace: str, selector: Mapping[str, str]) -> Mapping[str, Any] | None:
        """A pod that is ready and has these labels, as JSON has it, or None."""

    def connect(self, namespace: str, pod: str, port: int) -> socket.socket:
        """A connection to a port of a pod, through the API server."""
