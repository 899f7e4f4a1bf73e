"""A registry with a password, which nodes know as `NAME.azurecr.io`; images are pushed once, to the cache."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPResponse
from pathlib import Path

from tests.cluster.control_plane import StartError, free_port
from tests.cluster.process import Server
from tests.cluster.programs import locked
from tests.node.image import BLOBS, CACHE
from tests.node.layers import MANIFEST
from tests.node.packages import Packages

STORAGE = CACHE / "registry"
USER = "gan-pull"
_READY = 30.0  # seconds


def serve(folder: Path, address: str, packages: Packages, password: str | None) -> Server:
    """Start a registry of what was pushed; with a password it is read only and asks for it."""
    config: dict[str, object] = {
        "version": "0.1",
        "log": {"level": "info"},
        "storage": {
            "filesystem": {"rootdirectory": str(STORAGE)},
            "maintenance": {"readonly": {"enabled": password is not None}},
        },
        "http": {"addr": address, "secret": "only one of them runs"},
    }
    if password is not None:
        command = [str(packages.program("htpasswd")), "-Bbn", USER, password]
        made = subprocess.run(
            command, env=packages.environment, capture_output=True, text=True, check=True
        ).stdout
        (folder / "htpasswd").write_text(made)
        config["auth"] = {"htpasswd": {"realm": "gan", "path": str(folder / "htpasswd")}}
    (folder / "registry.json").write_text(json.dumps(config))  # JSON is YAML
    command = [str(packages.program("docker-registry")), "serve", str(folder / "registry.json")]
    return Server(command, folder, packages.environment)


def push(folder: Path, packages: Packages, name: str, manifests: Mapping[str, bytes]) -> None:
    """Push images by their tags (the distribution specification's monolithic upload). Raises `StartError`."""
    STORAGE.mkdir(parents=True, exist_ok=True)
    with locked(CACHE / "registry.lock"):
        address = f"127.0.0.1:{free_port()}"
        server = serve(folder, address, packages, None)
        try:
            _await(address, server)
            for tag, manifest in manifests.items():
                _push(f"http://{address}/v2/{name}", tag, manifest)
        finally:
            server.stop()


def _await(address: str, server: Server) -> None:
    deadline = time.monotonic() + _READY
    while True:
        try:
            _call("GET", f"http://{address}/v2/")
            return
        except OSError:
            if server.status is not None or time.monotonic() > deadline:
                raise StartError(f"the registry does not serve:\n{server.log[-2000:]}") from None
            time.sleep(0.05)


def _push(base: str, tag: str, manifest: bytes) -> None:
    parts = json.loads(manifest)
    for blob in (parts["config"], *parts["layers"]):
        if not _there(f"{base}/blobs/{blob['digest']}"):
            place = _call("POST", f"{base}/blobs/uploads/").headers["Location"]
            joint = "&" if "?" in place else "?"
            with (BLOBS / blob["digest"]).open("rb") as content:
                _call("PUT", f"{place}{joint}digest={blob['digest']}", content, blob["size"])
    _call("PUT", f"{base}/manifests/{tag}", manifest, len(manifest), MANIFEST)


def _there(url: str) -> bool:
    try:
        _call("HEAD", url)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return False
        raise
    return True


def _call(
    method: str, url: str, content: object = b"", size: int = 0, kind: str = "application/octet-stream"
) -> HTTPResponse:
    headers = {"content-type": kind, "content-length": str(size), "accept": MANIFEST}
    body = None if method in ("GET", "HEAD") else content
    request = urllib.request.Request(url, body, headers, method=method)  # type: ignore[arg-type]
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=60)
    return answer
