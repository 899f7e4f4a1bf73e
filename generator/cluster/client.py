"""What commands ask of a cluster. `generator.cluster.api` answers with the official Kubernetes client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol


class Connection(Protocol):
    """A stream of bytes in both directions; every method may raise `OSError`."""

    def recv(self, size: int, /) -> bytes:
        """The next bytes, at most so many if it can choose, or nothing at the end."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of it."""

    def close(self) -> None:
        """End both directions; whoever waits in `recv` gets nothing more."""


class Answer(NamedTuple):
    """An answer of the API server: HTTP's status, and the object, or the Status that says what is wrong."""

    status: int
    body: dict[str, Any]

    @property
    def fine(self) -> bool:
        return self.status < 300

    @property
    def message(self) -> str:
        """What the server says is wrong, on one line."""
        return " ".join(str(self.body.get("message", f"HTTP {self.status}")).split())


class Calls(Protocol):
    """The API of one cluster as paths and objects."""

    name: str  # the context and the server, as people tell clusters apart
    namespace: str  # that of objects that name none

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content: str = "application/json",
    ) -> Answer:
        """One request; 429 and 503 are tried again. What is refused otherwise comes back as an answer.

        Raises `DiagnosticError` (cluster/unreachable, cluster/refused) where there is none: nobody answers,
        the credentials are not accepted, the server itself fails.
        """

    def text(self, path: str, query: Mapping[str, str]) -> str:
        """A text that the API serves, such as a log, or nothing where it cannot be had."""


class Cluster(Calls, Protocol):
    """One cluster; every call raises `DiagnosticError` (cluster/…) when it cannot be answered."""

    def service(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """A Service as JSON has it, or None where there is none."""

    def deployment(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """A Deployment as JSON has it, or None where there is none."""

    def replica_sets(self, namespace: str, selector: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """The ReplicaSets that have these labels, as JSON has them."""

    def pods(self, namespace: str, selector: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """The pods that have these labels, in whatever state, as JSON has them."""

    def node_address(self) -> str | None:
        """The address of a node, one for the outside if it has any."""

    def connect(self, namespace: str, pod: str, port: int) -> Connection:
        """A connection to a port of a pod, through the API server."""
