"""A connection to a port of a pod through the API server: the port-forward subresource over a WebSocket.

Frames carry a channel in their first byte: an even one for the data of a port, the odd one after it for
errors. Each channel begins with the port in two bytes (kubelet, `portforward/websocket.go`). The
official client's own port-forward does the same in a thread that may end in a traceback, and copies what is
still to be sent at every turn, which is quadratic for a large request; only its WebSocket is used here.
"""

from __future__ import annotations

import threading
from typing import Any

from kubernetes.stream import ws_client as untyped
from websocket import ABNF, WebSocketBadStatusException, WebSocketException

ws_client: Any = untyped

_PROTOCOL = "v4.channel.k8s.io"
_DATA, _ERROR = 0, 1
_PORT = 2  # bytes in front of each channel


class Refused(Exception):
    """The API server did not open the connection; `status` is HTTP's."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body
        super().__init__(f"HTTP {status}")


class PodConnection:
    """One connection, as a socket would be. Raises `Refused`, or `OSError` where nobody answers."""

    def __init__(self, configuration: Any, namespace: str, pod: str, port: int) -> None:
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/portforward"
        url = ws_client.get_websocket_url(configuration.host + path, [("ports", port)])
        settings = configuration.auth_settings().values()
        headers = {each["key"].lower(): each["value"] for each in settings if each["in"] == "header"}
        try:
            self._socket = ws_client.create_websocket(
                configuration, url, headers | {"sec-websocket-protocol": _PROTOCOL}
            )
        except WebSocketBadStatusException as error:
            raise Refused(error.status_code, error.resp_body or b"") from None
        except WebSocketException as error:
            raise OSError(str(error)) from None
        self._ahead = {_DATA: _PORT, _ERROR: _PORT}
        self._closing = threading.Lock()
        self.error = ""  # what the kubelet said went wrong

    def recv(self, size: int) -> bytes:
        """The next bytes, or nothing at the end; a frame is never split."""
        while True:
            try:
                code, frame = self._socket.recv_data_frame(True)
            except (WebSocketException, OSError, ValueError, AttributeError):
                return b""  # ended by either side; the library meets its own closed socket in several ways
            if code == ABNF.OPCODE_CLOSE:
                return b""
            if code == ABNF.OPCODE_BINARY and (data := self._data(frame.data)):
                return data
            if self.error:
                return b""

    def _data(self, frame: bytes) -> bytes:
        channel = frame[0] if frame else _ERROR
        ahead = self._ahead.get(channel, 0)
        body = frame[1 + ahead :]
        self._ahead[channel] = max(0, ahead - len(frame) + 1)
        if channel == _DATA:
            return body
        self.error += body.decode("utf-8", "replace")
        return b""

    def sendall(self, data: bytes) -> None:
        try:
            self._socket.send_binary(bytes([_DATA]) + data)
        except (WebSocketException, ValueError, AttributeError) as error:
            raise OSError(str(error)) from None

    def close(self) -> None:
        with self._closing:
            try:
                self._socket.shutdown()  # without the closing handshake, whose answer nobody would read
            except (WebSocketException, OSError, AttributeError):
                return
