"""The calls of a channel in gen's own messages: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from generator.serving import protobuf
from generator.serving.tensors import Tensor
from generator.serving.wire import PACKAGE, message

Fill = Callable[[Any], None]
"""Puts into an empty request what is asked."""

Metadata = Sequence[tuple[str, str]]

_METHODS = {
    "GetModelStatus": ("ModelService", "GetModelStatusRequest", "GetModelStatusResponse"),
    "GetModelMetadata": ("PredictionService", "GetModelMetadataRequest", "GetModelMetadataResponse"),
    "Predict": ("PredictionService", "PredictRequest", "PredictResponse"),
    "Classify": ("PredictionService", "ClassificationRequest", "ClassificationResponse"),
    "Regress": ("PredictionService", "RegressionRequest", "RegressionResponse"),
}
_REQUESTS = {method: message(request) for method, (_, request, _) in _METHODS.items()}
_ANSWERS = {method: message(answer).FromString for method, (_, _, answer) in _METHODS.items()}
_SIGNATURES = message("SignatureDefMap")


class Stubs(Protocol):
    """The calls of one channel, whoever wrote the messages: gen, or the official package."""

    def __init__(self, channel: Any) -> None: ...

    def call(self, method: str, fill: Fill, timeout: float, metadata: Metadata) -> Any:
        """The answer, as a message, to the request that `fill` fills in. Raises `grpc.RpcError`."""

    def signatures(self) -> Any:
        """An empty SignatureDefMap."""

    def put_tensor(self, proto: Any, tensor: Tensor) -> None:
        """Fill a TensorProto."""

    def get_tensor(self, proto: Any) -> Tensor:
        """Read a TensorProto. Raises `CallError` for what no tensor can be made of."""


class OwnStubs:
    """Calls by method path.

    gRPC is given bytes and gives bytes: it would hold a message, and what it is made from, for the whole
    call, and each holds a tensor once more.
    """

    def __init__(self, channel: Any) -> None:
        self._calls = {
            method: channel.unary_unary(f"/{PACKAGE}.{service}/{method}")
            for method, (service, _, _) in _METHODS.items()
        }

    def call(self, method: str, fill: Fill, timeout: float, metadata: Metadata) -> Any:
        content = _filled(method, fill)
        return _ANSWERS[method](self._calls[method](content, timeout=timeout, metadata=metadata))

    def signatures(self) -> Any:
        return _SIGNATURES()

    put_tensor = staticmethod(protobuf.put_tensor)
    get_tensor = staticmethod(protobuf.get_tensor)


def _filled(method: str, fill: Fill) -> bytes:
    """A request as bytes; its message is gone before they are sent."""
    request = _REQUESTS[method]()
    fill(request)
    content: bytes = request.SerializeToString()
    return content
