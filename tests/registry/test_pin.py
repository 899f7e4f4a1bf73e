"""`gen pin` against a registry that speaks the HTTP API: challenges, tokens, redirects and bad answers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Gen
from tests.test_docs import copy  # noqa: F401

INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
BODY = json.dumps({"manifests": [{"platform": {"os": "linux", "architecture": "amd64"}}]}).encode()
DIGEST = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
PASSWORD = "swordfish-1"
BASIC = "Basic " + base64.b64encode(f"puller:{PASSWORD}".encode()).decode()


class Registry(ThreadingHTTPServer):
    """A registry of one image; `mode` says how it answers, `seen` what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode = "open"
        self.media_type = INDEX
        self.with_digest = True
        self.elsewhere: Registry | None = None
        self.seen: list[tuple[str, str, str]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Registry

    def log_message(self, *_: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._note()
        if self.path == "/oauth2/exchange":
            fits = form.get("access_token") == [PASSWORD]
            self._send(200 if fits else 401, json.dumps({"refresh_token": "refresh-1"}).encode())
        elif self.path == "/oauth2/token":
            wanted = "refresh-1" if self.server.mode == "exchange" else PASSWORD
            fits = form.get("refresh_token") == [wanted] and form["scope"] == ["repository:gan-serving:pull"]
            self._send(200 if fits else 401, json.dumps({"access_token": "pull-1"}).encode())

    def _note(self) -> None:
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization", "")))

    def _answer(self) -> None:
        self._note()
        given, mode = self.headers.get("Authorization", ""), self.server.mode
        if urlsplit(self.path).path in ("/token", "/oauth2/token"):
            fits = given in (BASIC, "") and parse_qs(urlsplit(self.path).query)["service"] == [
                "registry.test"
            ]
            self._send(200 if fits else 401, b'{"token": "pull-1"}')
        elif mode.isdigit():
            self._send(int(mode), b"no", "text/plain")
        elif mode == "html":
            self._send(200, b"<html>", "text/html")
        elif mode == "nothing":
            self.close_connection = True
        elif mode == "redirect" and self.server.elsewhere and given == BASIC:
            self._send(307, b"", Location=f"http://{self.server.elsewhere.host}{self.path}")
        elif mode in ("basic", "redirect") and given != BASIC:
            self._send(401, b"", **{"WWW-Authenticate": 'Basic realm="r"'})
        elif mode in ("bearer", "refresh", "exchange") and given != "Bearer pull-1":
            path = "token" if mode == "bearer" else "oauth2/token"
            challenge = f'Bearer realm="http://{self.server.host}/{path}",service="registry.test"'
            self._send(401, b"", **{"WWW-Authenticate": challenge})
        elif self.path == "/v2/gan-serving/manifests/1.0.0":
            more = {"Docker-Content-Digest": DIGEST} if self.server.with_digest else {}
            self._send(200, BODY, self.server.media_type, **more)
        else:
            self._send(404, b"{}")

    def _send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def serve() -> Iterator[Registry]:
    registry = Registry()
    thread = threading.Thread(target=registry.serve_forever, args=(0.01,))
    thread.start()
    yield registry
    registry.shutdown()
    thread.join()
    registry.server_close()


registry = pytest.fixture(serve, name="registry")
other = pytest.fixture(serve, name="other")


@pytest.fixture
def project(
    copy: Path,  # noqa: F811
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The project of this repository with its image in the registry of the test."""
    values = copy / "values/azure.yaml"
    values.write_text(values.read_text().replace("ganregistry.azurecr.io", registry.host))
    monkeypatch.setenv("GEN_REGISTRY_USERNAME", "puller")
    monkeypatch.setenv("GEN_REGISTRY_PASSWORD", PASSWORD)
    monkeypatch.chdir(copy)
    return copy


@pytest.mark.parametrize("mode", ["open", "basic", "bearer"])
@pytest.mark.parametrize(("media_type", "with_digest"), [(INDEX, True), (DOCKER, False)])
def test_a_tag_is_pinned(
    project: Path, registry: Registry, gen: Gen, mode: str, media_type: str, with_digest: bool
) -> None:
    registry.mode, registry.media_type, registry.with_digest = mode, media_type, with_digest
    ran = gen("pin", "--env", "azure", "--check")
    assert (ran.status, "pin/missing" in ran.err) == (1, True), ran.err
    assert gen("pin", "--env", "azure").status == 0
    assert f"digest: {DIGEST}\n" in (project / "values/azure.yaml").read_text().replace('"', "")
    assert f"{registry.host}/gan-serving" in (project / "rendered/azure/40-deployment-gan.yaml").read_text()
    assert f"@{DIGEST}" in (project / "rendered/azure/40-deployment-gan.yaml").read_text()
    assert gen("pin", "--env", "azure", "--check").status == 0


@pytest.mark.parametrize("mode", ["refresh", "exchange"])
def test_tokens_of_azure(
    project: Path, registry: Registry, gen: Gen, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    registry.mode = mode
    monkeypatch.setenv("GEN_REGISTRY_USERNAME", "00000000-0000-0000-0000-000000000000")
    assert gen("pin", "--env", "azure").status == 0
    assert [path for method, path, _ in registry.seen if method == "POST"] == (
        ["/oauth2/token"] if mode == "refresh" else ["/oauth2/token", "/oauth2/exchange", "/oauth2/token"]
    )


def test_a_tag_that_has_moved(project: Path, gen: Gen) -> None:
    assert gen("set", f"image.digest=sha256:{'0' * 64}", "--env", "azure").status == 0
    ran = gen("pin", "--env", "azure", "--check")
    assert ran.status == 1
    assert "pin/moved" in ran.err
    assert DIGEST in ran.err


def test_a_redirect_takes_no_credentials_to_another_host(
    project: Path, registry: Registry, other: Registry, gen: Gen
) -> None:
    registry.mode, registry.elsewhere = "redirect", other
    assert gen("pin", "--env", "azure").status == 0
    assert other.seen
    assert all(given == "" for _, _, given in other.seen)


@pytest.mark.parametrize(
    ("mode", "status", "rule"),
    [
        ("401", 1, "registry/denied"),
        ("403", 1, "registry/denied"),
        ("404", 1, "registry/no-image"),
        ("429", 3, "registry/busy"),
        ("500", 3, "registry/answer"),
        ("html", 3, "registry/answer"),
        ("nothing", 3, "registry/unreachable"),
    ],
)
def test_bad_answers(project: Path, registry: Registry, gen: Gen, mode: str, status: int, rule: str) -> None:
    registry.mode = mode
    before = (project / "values/azure.yaml").read_bytes()
    ran = gen("pin", "--env", "azure")
    assert (ran.status, re.findall(r"error\[(.*?)\]", ran.err)) == (status, [rule]), ran.err
    assert PASSWORD not in ran.err + ran.out
    assert (project / "values/azure.yaml").read_bytes() == before


def test_another_platform_is_refused(project: Path, gen: Gen) -> None:
    assert gen("pin", "--env", "azure", "--platform", "linux/amd64").status == 0
    ran = gen("pin", "--env", "azure", "--platform", "linux/arm64")
    assert (ran.status, "registry/platform" in ran.err) == (1, True)
