"""The REST half of the peer, as tensorflow/serving's g3doc/api_rest.md specifies it."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf.json_format import MessageToDict
from tensorflow_serving.apis import get_model_metadata_pb2

from tests.peer.served import Models, Refused, Version

_PATH = re.compile(
    r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
    r"(?:/(?P<metadata>metadata)|:(?P<verb>predict|classify|regress))?\Z"
)
_HTTP = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def serve(models: Models, address: tuple[str, int] = ("127.0.0.1", 0)) -> ThreadingHTTPServer:
    """The REST API at an address, a free loopback port without one, in a thread."""

    class Handler(_Handler):
        pass

    Handler.models = models
    server = _Server(address, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    models: Models
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        self._answer("POST", self.rfile.read(int(self.headers.get("content-length", 0))))

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the tests read the answers."""

    def _answer(self, method: str, body: bytes) -> None:
        try:
            status, answer = 200, self._find(method, body)
        except Refused as error:
            status, answer = _HTTP.get(error.code, 500), {"error": error.message}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _find(self, method: str, body: bytes) -> Any:
        path = _PATH.match(self.path)
        if path is None or (method == "POST") != bool(path["verb"]):
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, f"Malformed request: {method} {self.path}")
        name, number = unquote(path["name"]), int(path["version"]) if path["version"] else None
        if method == "GET" and not path["metadata"]:
            return _status(self.models.status(name, number))
        version = self.models.find(name, number, unquote(path["label"] or ""))
        if path["metadata"]:
            return _metadata(name, version)
        return _VERBS[path["verb"]](version, _parsed(body))


def _status(versions: list[Version]) -> Any:
    states = {30: "AVAILABLE", 50: "END"}
    return {
        "model_version_status": [
            {
                "version": str(v.number),
                "state": states[v.state],
                "status": {"error_code": "UNKNOWN" if v.error else "OK", "error_message": v.error},
            }
            for v in versions
        ]
    }


def _metadata(name: str, version: Version) -> Any:
    found = get_model_metadata_pb2.SignatureDefMap()
    for key, definition in version.signatures.items():
        found.signature_def[key].CopyFrom(definition)
    told = MessageToDict(found, preserving_proto_field_name=True)
    spec = {"name": name, "signature_name": "", "version": str(version.number)}
    return {"model_spec": spec, "metadata": {"signature_def": told}}


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, f"JSON Parse error: {error}") from None
    return found if isinstance(found, dict) else {}


def _predict(version: Version, body: Mapping[str, Any]) -> Any:
    name = body.get("signature_name", "")
    signature = version.signature(name)
    if ("instances" in body) == ("inputs" in body):
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "Missing 'inputs' or 'instances' key")
    by_rows = "instances" in body
    columns = _columns(body["instances"], signature) if by_rows else body["inputs"]
    if not isinstance(columns, dict) or "b64" in columns:
        columns = dict.fromkeys(signature.inputs, columns)
    inputs = {key: _tensor(key, value, signature.inputs.get(key)) for key, value in columns.items()}
    outputs = {key: _json(key, value) for key, value in version.run(name, inputs).items()}
    if by_rows:
        return {"predictions": _rows(outputs)}
    return {"outputs": next(iter(outputs.values())) if len(outputs) == 1 else outputs}


def _columns(instances: list[Any], signature: Any) -> dict[str, Any]:
    if isinstance(instances[0], dict) and "b64" not in instances[0]:
        return {key: [row[key] for row in instances] for key in instances[0]}
    return dict.fromkeys(signature.inputs, instances)


def _rows(outputs: dict[str, Any]) -> list[Any]:
    if len(outputs) == 1:
        return list(next(iter(outputs.values())))
    return [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]


def _tensor(name: str, value: Any, info: Any) -> tf.Tensor:
    if info is None:
        return tf.constant(0)  # `run` refuses the name
    dtype = tf.as_dtype(info.dtype)
    try:
        if dtype == tf.string:
            return tf.constant(_bytes(value), dtype)
        array = np.array(value, dtype=dtype.as_numpy_dtype)
    except (TypeError, ValueError, OverflowError) as error:
        message = f"Failed to process element: {name}: not of expected type: {dtype.name}: {error}"
        raise Refused(grpc.StatusCode.INVALID_ARGUMENT, message) from None
    return tf.constant(array)


def _bytes(value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return [_bytes(item) for item in value] if isinstance(value, list) else value


def _json(name: str, tensor: tf.Tensor) -> Any:
    array = tensor.numpy()
    if tensor.dtype == tf.string:
        return _text(array.tolist() if tensor.shape.rank else array, name.endswith("_bytes"))
    return array.astype(np.float64).tolist() if tensor.dtype.is_floating else array.tolist()


def _text(value: Any, encode: bool) -> Any:
    if isinstance(value, list):
        return [_text(item, encode) for item in value]
    return {"b64": base64.b64encode(value).decode()} if encode else value.decode("utf-8", "replace")


def _examples(version: Version, body: Mapping[str, Any]) -> dict[str, Any]:
    serialized = []
    for features in body["examples"]:
        example = tf.train.Example()
        for key, value in features.items():
            values = [
                _bytes(v) if isinstance(v, dict) else v
                for v in (value if isinstance(value, list) else [value])
            ]
            _put(example.features.feature[key], values)
        serialized.append(example.SerializeToString())
    return version.run(body.get("signature_name", ""), {"inputs": tf.constant(serialized)})


def _put(feature: Any, values: list[Any]) -> None:
    if all(isinstance(v, int) for v in values):
        feature.int64_list.value.extend(values)
    elif all(isinstance(v, float | int) for v in values):
        feature.float_list.value.extend(values)
    else:
        feature.bytes_list.value.extend(v.encode() if isinstance(v, str) else v for v in values)


def _classify(version: Version, body: Mapping[str, Any]) -> Any:
    outputs = _examples(version, body)
    pairs = zip(outputs["classes"].numpy(), outputs["scores"].numpy(), strict=True)
    return {"results": [[[c.decode(), float(s)] for c, s in zip(*item, strict=True)] for item in pairs]}


def _regress(version: Version, body: Mapping[str, Any]) -> Any:
    return {"results": [float(value) for value in _examples(version, body)["outputs"].numpy().ravel()]}


_VERBS = {"predict": _predict, "classify": _classify, "regress": _regress}
