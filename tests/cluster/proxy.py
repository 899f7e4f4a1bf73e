"""A proxy in front of an API server: it counts what is asked, and stands for servers that fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import yaml
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError


class Request(NamedTuple):
    """What is asked of the API server."""

    method: str
    uri: str

    @property
    def path(self) -> str:
        return urlsplit(self.uri).path

    @property
    def writes(self) -> bool:
        """Whether it changes anything: neither a read nor a dry run."""
        return self.method != "GET" and parse_qs(urlsplit(self.uri).query).get("dryRun") != ["All"]


class Reply(NamedTuple):
    """What the proxy says in the place of the server."""

    status: int
    headers: Mapping[str, str] = {}
    message: str = ""


_ONCE: Any = {"retries": False, "redirect": False, "timeout": 60}  # seconds

Hook = Callable[[Request], Reply | None]


class Proxy:
    """A running proxy: what it was asked, and `hook`, which may answer a request before the server does.

    `after` is called when the server has answered, before the client hears of it.
    """

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        self.requests: list[Request] = []
        self.hook: Hook = lambda request: None
        self.after: Hook = lambda request: None
        self.server: str = config["clusters"][0]["cluster"]["server"]
        authority = config["clusters"][0]["cluster"]["certificate-authority"]
        trust = str(kubeconfig.parent / authority)
        self._pool = PoolManager(ca_certs=trust, maxsize=10)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.kubeconfig = kubeconfig.with_name(f"proxied-{self._http.server_port}")
        config["clusters"][0]["cluster"] = {"server": f"http://127.0.0.1:{self._http.server_port}"}
        self.kubeconfig.write_text(json.dumps(config))
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.writes]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def ask(self, request: Request, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
        """What the real server answers. Raises `HTTPError` when it does not."""
        answer = self._pool.request(
            request.method, self.server + request.uri, body=body, headers=headers, **_ONCE
        )
        return answer.status, answer.data

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer leaves in one piece; in two, its second waits for the client's ACK

            def _any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length) if length else None
                request = Request(self.command, self.path)
                proxy.requests.append(request)
                if (reply := proxy.hook(request)) is not None:
                    status, told = {"kind": "Status", "message": reply.message}, reply.headers
                    self._say(reply.status, told, json.dumps(status).encode())
                    return
                kept = {
                    k: v for k, v in self.headers.items() if k.lower() in ("authorization", "content-type")
                }
                try:
                    status_code, content = proxy.ask(request, kept, body)
                except HTTPError:  # the server is not there: neither is this connection
                    self.close_connection = True
                    self.connection.close()
                    return
                proxy.after(request)
                self._say(status_code, {}, content)

            def _say(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@contextmanager
def running(kubeconfig: Path) -> Iterator[Proxy]:
    """A proxy for as long as the block."""
    proxy = Proxy(kubeconfig)
    try:
        yield proxy
    finally:
        proxy.close()
