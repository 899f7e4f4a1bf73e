"""The gRPC protocol of TensorFlow Serving: what is asked of PredictionService and ModelService, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import grpc

from generator.serving import protobuf
from generator.serving.failures import CallError, Code
from generator.serving.models import Example, Metadata, Model, Prediction, Scored, Signature, Version
from generator.serving.stubs import Fill, OwnStubs, Stubs
from generator.serving.tensors import Tensor
from generator.serving.transport import Security, pem

_OPTIONS = {
    "grpc.max_receive_message_length": -1,  # an answer may be as large as the server makes it
    "grpc.max_send_message_length": -1,
    "grpc.lb_policy_name": "round_robin",  # a headless Service has a name for many pods: ask all of them
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
}

_SILENCE = ("before receiving SETTINGS", "ping timeout", "keepalive watchdog timeout")
_LEAST = 500  # milliseconds: less would take a busy machine for a dead one


class GrpcTransport:
    """Calls `server`, given as host:port or as a gRPC target such as dns:///name:port.

    A connection that gives no sign of life is given up early enough for another one within `timeout` seconds.
    gRPC itself sends a request again only where the server never began it, as at the end of its age. `stubs`
    says in whose messages it is asked.
    """

    def __init__(
        self, server: str, security: Security, timeout: float = 10.0, stubs: type[Stubs] = OwnStubs
    ) -> None:
        self.target = server
        self._channel = _channel(server, security, _OPTIONS | _signs_of_life(timeout))
        self._metadata = tuple(security.headers.items())
        self._stubs = stubs(self._channel)

    def versions(self, model: Model, timeout: float) -> list[Version]:
        answer = self._call("GetModelStatus", _about(model), timeout)
        return [protobuf.get_version(status) for status in answer.model_version_status]

    def metadata(self, model: Model, timeout: float) -> Metadata:
        def fill(request: Any) -> None:
            _about(model)(request)
            request.metadata_field.append("signature_def")

        answer = self._call("GetModelMetadata", fill, timeout)
        signatures = self._stubs.signatures()
        if not answer.metadata["signature_def"].Unpack(signatures):
            raise CallError(Code.UNIMPLEMENTED, "the metadata holds no SignatureDefMap")
        definitions = sorted(signatures.signature_def.items())
        return Metadata(
            model,
            answer.model_spec.version.value,
            {name: protobuf.get_signature(name, definition) for name, definition in definitions},
        )

    def predict(
        self, model: Model, signature: Signature, inputs: Mapping[str, Tensor], timeout: float
    ) -> Prediction:
        def fill(request: Any) -> None:
            _about(model, signature)(request)
            for name, tensor in inputs.items():
                self._stubs.put_tensor(request.inputs[name], tensor)

        answer = self._call("Predict", fill, timeout)
        outputs = {name: self._stubs.get_tensor(proto) for name, proto in sorted(answer.outputs.items())}
        return Prediction(outputs, answer.model_spec.version.value)

    def classify(
        self, model: Model, signature: Signature, examples: Sequence[Example], timeout: float
    ) -> list[list[Scored]]:
        answer = self._call("Classify", _examples(model, signature, examples), timeout)
        return [[Scored(c.label, c.score) for c in item.classes] for item in answer.result.classifications]

    def regress(
        self, model: Model, signature: Signature, examples: Sequence[Example], timeout: float
    ) -> list[float]:
        answer = self._call("Regress", _examples(model, signature, examples), timeout)
        return [item.value for item in answer.result.regressions]

    def close(self) -> None:
        self._channel.close()

    def _call(self, method: str, fill: Fill, timeout: float) -> Any:
        """The answer as a message."""
        try:
            return self._stubs.call(method, fill, timeout, self._metadata)
        except grpc.RpcError as error:
            detail = error.details() or ""
            silent = any(sign in detail for sign in _SILENCE)
            raise CallError(Code(error.code().value[0]), detail, silent) from None


def _about(model: Model, signature: Signature | None = None) -> Fill:
    """Fills in the model of a request, and the signature that is called."""
    name = signature.name if signature else ""
    return lambda request: protobuf.put_model(request.model_spec, model, name)


def _examples(model: Model, signature: Signature, examples: Sequence[Example]) -> Fill:
    def fill(request: Any) -> None:
        _about(model, signature)(request)
        protobuf.put_examples(request.input, examples)

    return fill


def _signs_of_life(timeout: float) -> dict[str, int]:
    """Half of a call's time at most for a connection whose process hangs, and a tenth for each new one.

    A ping is answered by the server's connection, not by its model: a long prediction is not given up. gRPC
    sends two in a row without data, which servers take.
    """
    share = int(timeout * 1000)
    return {
        "grpc.http2.bdp_probe": 0,  # its pings would be held to the same time, on connections that are full
        "grpc.keepalive_time_ms": max(share * 3 // 10, _LEAST),
        "grpc.keepalive_timeout_ms": max(share // 5, _LEAST),
        "grpc.http2.ping_timeout_ms": max(share // 5, _LEAST),  # the longer of the two counts
        "grpc.min_reconnect_backoff_ms": max(share // 10, 2 * _LEAST),  # also how long connecting may take
    }


def _channel(server: str, security: Security, options: dict[str, Any]) -> Any:
    if not security.encrypted:
        return grpc.insecure_channel(server, options=list(options.items()))
    if security.server_name:
        options["grpc.ssl_target_name_override"] = security.server_name
    credentials = grpc.ssl_channel_credentials(pem(security.ca), pem(security.key), pem(security.certificate))
    return grpc.secure_channel(server, credentials, options=list(options.items()))
