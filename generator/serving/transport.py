"""What a protocol must offer to the client, and how a connection is secured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from generator.diagnostics import usage
from generator.serving.models import Example, Metadata, Model, Prediction, Scored, Signature, Version
from generator.serving.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Security:
    """TLS and the token of a gateway. Files are PEM; without `ca` the system's authorities are trusted."""

    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    server_name: str | None = None
    token: str | None = None

    @property
    def encrypted(self) -> bool:
        """Any of TLS's settings asks for TLS."""
        return self.tls or any((self.ca, self.certificate, self.key, self.server_name))

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


class Transport(Protocol):
    """One protocol to one server. Every call takes its own timeout in seconds and raises `CallError`."""

    target: str

    def versions(self, model: Model, timeout: float) -> list[Version]:
        """The state of each version that the server knows."""

    def metadata(self, model: Model, timeout: float) -> Metadata:
        """The signatures of a loaded model."""

    def predict(
        self, model: Model, signature: Signature, inputs: Mapping[str, Tensor], timeout: float
    ) -> Prediction:
        """The outputs for these inputs."""

    def classify(
        self, model: Model, signature: Signature, examples: Sequence[Example], timeout: float
    ) -> list[list[Scored]]:
        """The classes of each example."""

    def regress(
        self, model: Model, signature: Signature, examples: Sequence[Example], timeout: float
    ) -> list[float]:
        """The value of each example."""

    def close(self) -> None:
        """Give the connection back."""


def pem(path: Path | None) -> bytes | None:
    """The bytes of a PEM file. Raises `DiagnosticError` (verify/file) when it cannot be read."""
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise usage("verify/file", f"{path} cannot be read: {error.strerror}", "give a PEM file") from None
