"""A local port whose connections end in a pod, as `kubectl port-forward` makes one, while it is used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from generator.cluster.client import Connection
from generator.diagnostics import DiagnosticError

_CHUNK = 1 << 18


@contextmanager
def forwarded(connect: Callable[[], Connection]) -> Iterator[str]:
    """Yield a loopback address; each connection to it is joined to a new one of `connect`.

    A connection that cannot be made is closed at once, so that whoever asked for it sees it refused.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        joined: list[Connection] = []
        threading.Thread(target=_accept, args=(listening, connect, joined), daemon=True).start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            _end(listening)
            for end in joined:
                end.close()


def _accept(listening: socket.socket, connect: Callable[[], Connection], joined: list[Connection]) -> None:
    while True:
        try:
            near, _ = listening.accept()
        except OSError:
            return  # the listener was closed: nobody needs the port any more
        threading.Thread(target=_join, args=(near, connect, joined), daemon=True).start()


def _join(near: socket.socket, connect: Callable[[], Connection], joined: list[Connection]) -> None:
    """Carry bytes both ways until one side ends, and then end both."""
    try:
        far = connect()
    except (DiagnosticError, OSError):
        _end(near)
        return
    joined.append(far)
    back = threading.Thread(target=_pump, args=(far.recv, near.sendall, near, far), daemon=True)
    back.start()
    _pump(near.recv, far.sendall, near, far)


def _pump(
    read: Callable[[int], bytes], write: Callable[[bytes], None], near: socket.socket, far: Connection
) -> None:
    with suppress(OSError):
        while chunk := read(_CHUNK):
            write(chunk)
    far.close()
    _end(near)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
