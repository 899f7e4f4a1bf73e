"""Servers for the tests: loopback only, on free ports, with answers that a test decides."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc

from generator.serving import DType, Tensor, TensorSpec, protobuf
from generator.serving.wire import message

Answer = Callable[[str, bytes, Any], bytes]
"""What a server does with a call: its method's name, the request's bytes and the gRPC context."""


Page = Callable[[str, str, bytes, Any], tuple[int, str, bytes]]
"""What an HTTP server does: method, path, body and headers in, status, content type and body out."""


class _Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def service(self, details: Any) -> Any:
        method = details.method.rpartition("/")[2]
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._answer(method, request, context)
        )


@contextmanager
def grpc_server(answer: Answer, credentials: Any = None, **options: Any) -> Iterator[str]:
    """A gRPC server, with TLS if it has credentials, that hands raw bytes to `answer`; yields its address."""
    server = grpc.server(
        ThreadPoolExecutor(8), [_Handler(answer)], options=[(f"grpc.{k}", v) for k, v in options.items()]
    )
    if credentials is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


def tensor(plain: Mapping[str, Any]) -> Tensor:
    """A tensor as the peer's scripts write it."""
    content = plain["content"]
    held = tuple(map(base64.b64decode, content)) if isinstance(content, list) else base64.b64decode(content)
    return Tensor(DType.numbered(plain["dtype"]), tuple(plain["shape"]), held)


@dataclass
class FakeModel:
    """A model `m` that tests drive: its versions' states, its one signature and what it computes.

    `before` runs first in each call and may end it; the peer, which runs TensorFlow, stands for real models.
    """

    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]
    compute: Callable[[dict[str, Tensor]], dict[str, Tensor]]
    states: list[tuple[int, int, str]] = field(default_factory=lambda: [(1, 30, "")])
    method: str = "predict"
    before: Callable[[str, Any], None] = lambda method, context: None
    calls: list[str] = field(default_factory=list)

    def __call__(self, method: str, request: bytes, context: Any) -> bytes:
        self.calls.append(method)
        self.before(method, context)
        answer = getattr(self, method)(request, context)
        return bytes(answer.SerializeToString())

    def GetModelStatus(self, request: bytes, context: Any) -> Any:
        spec = message("GetModelStatusRequest").FromString(request).model_spec
        wanted = spec.version.value if spec.HasField("version") else None
        found = [state for state in self.states if wanted in (None, state[0])] if spec.name == "m" else []
        if not found:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find any versions of model {spec.name}")
        answer = message("GetModelStatusResponse")()
        for number, state, error in found:
            answer.model_version_status.add(version=number, state=state).status.error_message = error
        return answer

    def GetModelMetadata(self, request: bytes, context: Any) -> Any:
        signatures = message("SignatureDefMap")()
        definition = signatures.signature_def["serving_default"]
        definition.method_name = f"tensorflow/serving/{self.method}"
        for declared, specs in ((definition.inputs, self.inputs), (definition.outputs, self.outputs)):
            for name, spec in specs.items():
                _declare(declared[name], spec)
        answer = message("GetModelMetadataResponse")()
        answer.model_spec.version.value = self.states[-1][0]
        answer.metadata["signature_def"].Pack(signatures)
        return answer

    def Predict(self, request: bytes, context: Any) -> Any:
        asked = message("PredictRequest").FromString(request)
        inputs = {name: protobuf.get_tensor(proto) for name, proto in asked.inputs.items()}
        answer = message("PredictResponse")()
        answer.model_spec.version.value = self.states[-1][0]
        for name, tensor in self.compute(inputs).items():
            protobuf.put_tensor(answer.outputs[name], tensor)
        return answer


def _declare(info: Any, spec: TensorSpec) -> None:
    info.dtype = spec.dtype.number
    if spec.shape is None:
        info.tensor_shape.unknown_rank = True
    for size in spec.shape or ():
        info.tensor_shape.dim.add(size=size)


def scores_model(**changes: Any) -> FakeModel:
    """As the tutorial's model: one image as bytes in, ten scores out, the highest at index 4."""
    scores = [0.0, 0.0, 0.0, 0.0, 0.75, 0.25, 0.0, 0.0, 0.0, 0.0]
    return FakeModel(
        {"images": TensorSpec(DType.STRING, (-1,))},
        {"scores": TensorSpec(DType.FLOAT, (-1, 10))},
        lambda inputs: {"scores": Tensor.of([scores] * inputs["images"].size, DType.FLOAT)},
        **changes,
    )


@contextmanager
def http_server(answer: Page, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """An HTTP server, with TLS if it has a context; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, kind, content = answer(self.command, self.path, body, self.headers)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _do

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def tcp_server(then: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that accepts connections and hands each to `then`; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            held = []
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    break
                held.append(connection)
                then(connection)
            for connection in held:
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


class Relay:
    """Carries bytes to and from a server until it freezes the connections it has; later ones work."""

    def __init__(self, server: str) -> None:
        host, _, port = server.rpartition(":")
        self._server = host, int(port)
        self._frozen: list[threading.Event] = []
        self._stack = ExitStack()

    def freeze(self) -> None:
        for event in self._frozen:
            event.set()

    def __enter__(self) -> Relay:
        self.address = self._stack.enter_context(tcp_server(self._join))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _join(self, near: socket.socket) -> None:
        far = self._stack.enter_context(socket.create_connection(self._server))
        frozen = threading.Event()
        self._frozen.append(frozen)
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(source, target, frozen), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket, frozen: threading.Event) -> None:
        with suppress(OSError):
            while (chunk := source.recv(1 << 16)) and not frozen.is_set():
                target.sendall(chunk)


class Leaving(Relay):
    """A relay whose first connection takes a request, and says that its server works on no more of them.

    As a server does that ends a connection for its age while a request is on its way (RFC 9113, 6.8).
    """

    def _join(self, near: socket.socket) -> None:
        if self._frozen:
            super()._join(near)
            return
        self._frozen.append(threading.Event())
        threading.Thread(target=self._leave, args=(near,), daemon=True).start()

    @staticmethod
    def _leave(near: socket.socket) -> None:
        near.sendall(_frame(_SETTINGS))
        with suppress(OSError), near.makefile("rb") as sent:
            sent.read(len(_PREFACE))
            while head := sent.read(9):
                sent.read(int.from_bytes(head[:3], "big"))
                if head[3] == _HEADERS:
                    near.sendall(_frame(_GOAWAY, bytes(8) + b"max_age"))  # last stream 0, no error


_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEADERS, _SETTINGS, _GOAWAY = 1, 4, 7  # types of frames (RFC 9113, 6)


def _frame(kind: int, payload: bytes = b"") -> bytes:
    """A frame of the connection itself, without flags."""
    return len(payload).to_bytes(3, "big") + bytes([kind, 0]) + bytes(4) + payload


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
