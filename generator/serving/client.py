"""The client: one set of calls over either protocol, with a time budget and retries."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from generator.diagnostics import DiagnosticError, not_installed
from generator.serving.failures import CallError, Code, ServingError
from generator.serving.models import Example, Metadata, Model, Prediction, Scored, Signature, Version
from generator.serving.transport import Security, Transport

T = TypeVar("T")

_PAUSES = (0.25, 0.5, 1.0)  # seconds before the second, third and fourth try
_AFTER_SILENCE = 0.1
_PLAIN = Security()


class Client:
    """Asks a model server for states, signatures and results; safe to share between threads.

    Every call has `timeout` seconds in all, tries included; only an unreachable server is tried again. Calls
    raise `ServingError`, whose `code` is gRPC's, or `DiagnosticError` for inputs that the model cannot take.
    """

    def __init__(self, transport: Transport, timeout: float = 10.0, name: str = "") -> None:
        """`name` is how people know the server, where its address says nothing to them."""
        self.timeout = timeout
        self.target = name or transport.target
        self._transport = transport
        self._known: dict[Model, Metadata] = {}

    @classmethod
    def grpc(cls, server: str, security: Security = _PLAIN, timeout: float = 10.0, name: str = "") -> Client:
        """A client of the gRPC port at `server`, as host:port."""
        try:
            from generator.serving.grpc_transport import GrpcTransport
        except ModuleNotFoundError as error:
            raise _missing(error) from None
        return cls(GrpcTransport(server, security, timeout), timeout, name)

    @classmethod
    def official(
        cls, server: str, security: Security = _PLAIN, timeout: float = 10.0, name: str = ""
    ) -> Client:
        """The same, but for the messages and stubs: they are those of the official package."""
        try:
            from generator.serving.grpc_transport import GrpcTransport
            from generator.serving.official import OfficialStubs
        except ModuleNotFoundError as error:
            raise not_installed("the official client", error, "official", "leave out --official") from None
        return cls(GrpcTransport(server, security, timeout, OfficialStubs), timeout, name)

    @classmethod
    def rest(
        cls,
        url: str,
        security: Security = _PLAIN,
        timeout: float = 10.0,
        by_rows: bool = False,
        name: str = "",
    ) -> Client:
        """A client of the REST API at `url`, such as http://host:8501."""
        from generator.serving.rest_transport import RestTransport

        return cls(RestTransport(url, security, by_rows), timeout, name)

    def versions(self, model: Model) -> list[Version]:
        """The state of each version of a model that the server knows."""
        return self._call(f"status of model {model}", lambda left: self._transport.versions(model, left))

    def metadata(self, model: Model) -> Metadata:
        """The signatures of a model and the version they belong to; asked once for each client and model."""
        if model not in self._known:
            action = f"metadata of model {model}"
            self._known[model] = self._call(action, lambda left: self._transport.metadata(model, left))
        return self._known[model]

    def signature(self, model: Model, name: str = "serving_default") -> Signature:
        """A signature by name. Raises `DiagnosticError` (verify/signature) that names those there are."""
        return self.metadata(model).signature(name)

    def predict(
        self, model: Model, inputs: Mapping[str, Any], signature: str = "serving_default"
    ) -> Prediction:
        """The outputs for inputs by name: tensors, or what `Tensor.of` takes, in the declared types."""
        declared = self.signature(model, signature)
        tensors = declared.typed(inputs)
        return self._call(
            f"prediction of model {model}",
            lambda left: self._transport.predict(model, declared, tensors, left),
        )

    def classify(
        self, model: Model, examples: Sequence[Example], signature: str = "serving_default"
    ) -> list[list[Scored]]:
        """The classes of each example (tf.train.Example: features by name)."""
        declared = self.signature(model, signature)
        return self._call(
            f"classification of model {model}",
            lambda left: self._transport.classify(model, declared, examples, left),
        )

    def regress(
        self, model: Model, examples: Sequence[Example], signature: str = "serving_default"
    ) -> list[float]:
        """The value of each example (tf.train.Example: features by name)."""
        declared = self.signature(model, signature)
        return self._call(
            f"regression of model {model}",
            lambda left: self._transport.regress(model, declared, examples, left),
        )

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _call(self, action: str, request: Callable[[float], T]) -> T:
        """The answer of the first try that gets one, within the budget."""
        end = time.monotonic() + self.timeout
        pauses = iter(_PAUSES)
        while True:
            try:
                return request(end - time.monotonic())
            except CallError as error:
                # Behind one address there may be several servers, and the next connection may lead to another
                # one; so a server that is silent is tried for as long as there is time.
                pause = _AFTER_SILENCE if error.silent else next(pauses, self.timeout)
                if error.code is not Code.UNAVAILABLE or time.monotonic() + pause >= end:
                    raise ServingError(error, action, self.target, self.timeout) from None
            time.sleep(pause)


def _missing(error: ModuleNotFoundError) -> DiagnosticError:
    return not_installed("gRPC", error, "verify", "ask over REST with --rest, which needs nothing more")
