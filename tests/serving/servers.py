"""Servers for the tests: loopback only, on free ports, with answers that a test decides."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc

from generator.serving import DType, Tensor

Answer = Callable[[str, bytes, Any], bytes]
"""What a server does with a call: its method's name, the request's bytes and the gRPC context."""


class _Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def service(self, details: Any) -> Any:
        method = details.method.rpartition("/")[2]
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._answer(method, request, context)
        )


@contextmanager
def grpc_server(answer: Answer, port: int = 0, **options: Any) -> Iterator[str]:
    """A gRPC server that hands raw bytes to `answer`; yields its address."""
    server = grpc.server(
        ThreadPoolExecutor(8), [_Handler(answer)], options=[(f"grpc.{k}", v) for k, v in options.items()]
    )
    port = server.add_insecure_port(f"127.0.0.1:{port}")
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
