"""A local port whose connections end in a pod, as `kubectl port-forward` makes one, while it is used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from generator.diagnostics import DiagnosticError

_CHUNK = 1 << 16


@contextmanager
def forwarded(connect: Callable[[], socket.socket]) -> Iterator[str]:
    """Yield a loopback address; each connection to it is joined to a new one of `connect`.

    A connection that cannot be made is closed at once, so that whoever asked for it sees it refused.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        joined: list[socket.socket] = []
        threading.Thread(target=_accept, args=(listening, connect, joined), daemon=True).start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            for end in (listening, *joined):
                _close(end)


def _accept(
    listening: socket.socket, connect: Callable[[], socket.socket], joined: list[socket.socket]
) -> None:
    while True:
        try:
            near, _ = listening.accept()
        except OSError:
            return  # the listener was closed: nobody needs the port any more
        try:
            far = connect()
        except (DiagnosticError, OSError):
            near.close()
            continue
        joined += (near, far)
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way until one side ends, and then end both."""
    with suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
    _close(source)
    _close(target)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
