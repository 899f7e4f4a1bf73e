"""Requests to a model server for as long as standard input is open, each sent once; then their outcome.

    python -m tests.node.load HOST:PORT IMAGE

Eight connections live as long as the server lets them, each with one request after another that takes a
second; beside them twenty short requests a second have a connection of their own each. Prints how many were
sent and every one that was lost: its kind, the status, and seconds since the start. gRPC itself sends a
request again that the server has said it never began (its GOAWAY names the last one it did).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import grpc

from generator.serving.wire import message

_LONG = 8  # connections
_RATE = 20  # short requests a second
_LOCAL = [("grpc.use_local_subchannel_pool", 1)]  # or channels share connections
_TIMEOUT = 30.0  # seconds; a machine that is busy is no server that is gone


class Load:
    """Sends until `over` is set; `lost` holds what failed."""

    def __init__(self, target: str, image: bytes) -> None:
        self.over = threading.Event()
        self.sent = 0
        self.lost: list[dict[str, Any]] = []
        self._target = target
        self._start = time.monotonic()
        self._lock = threading.Lock()
        request = message("PredictRequest")()
        request.model_spec.name, request.model_spec.signature_name = "gan", "predict_images"
        request.inputs["images"].dtype = 7  # DT_STRING
        request.inputs["images"].tensor_shape.dim.add().size = 1
        request.inputs["images"].string_val.append(image)
        self._request = request.SerializeToString()

    def watch(self) -> None:
        """End with standard input."""
        sys.stdin.read()
        self.over.set()

    def long(self) -> None:
        """One request after another over one channel."""
        with grpc.insecure_channel(self._target, _LOCAL) as channel:
            while not self.over.is_set():
                self._ask(channel, "long", (("x-delay-ms", "1000"),))

    def short(self) -> None:
        """One request over a channel of its own."""
        with grpc.insecure_channel(self._target, _LOCAL) as channel:
            self._ask(channel, "short", ())

    def _ask(self, channel: Any, kind: str, metadata: tuple[tuple[str, str], ...]) -> None:
        call = channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
        try:
            call(self._request, timeout=_TIMEOUT, metadata=metadata)
        except grpc.RpcError as error:
            at = round(time.monotonic() - self._start, 1)
            told = {"kind": kind, "code": error.code().name, "details": error.details(), "at": at}
            with self._lock:
                self.lost.append(told)
            time.sleep(0.2)
        with self._lock:
            self.sent += 1


def main(target: str, image: str) -> None:
    """Send until standard input closes, and print the outcome as JSON; a line each 100 requests before."""
    load = Load(target, Path(image).read_bytes())
    threads = [threading.Thread(target=load.long) for _ in range(_LONG)]
    for thread in threads:
        thread.start()
    threading.Thread(target=load.watch, daemon=True).start()
    shown = 0
    while not load.over.wait(1 / _RATE):
        threads.append(threading.Thread(target=load.short))
        threads[-1].start()
        if load.sent >= shown + 100:
            shown = load.sent
            sys.stdout.write(f"{shown}\n")
            sys.stdout.flush()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps({"sent": load.sent, "lost": load.lost}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
