"""The API server's own verdict: dry runs over connections that are kept open, a thread each."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml

_THREADS = 8
_QUERY = "?dryRun=All&fieldValidation=Strict&fieldManager=kubectl-client-side-apply"
_ATTEMPTS = 5


class Verdict(NamedTuple):
    """The status of an answer and the server's words, empty where it took the object."""

    status: int
    message: str

    @property
    def taken(self) -> bool:
        return self.status in (200, 201)


class Server:
    """One API server; `kubeconfig` as the control plane of the tests writes it."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        cluster = config["clusters"][0]["cluster"]
        self._netloc = urlsplit(cluster["server"]).netloc
        authority = kubeconfig.parent / cluster["certificate-authority"]
        self._trust = ssl.create_default_context(cafile=authority)
        self._headers = {
            "Authorization": f"Bearer {config['users'][0]['user']['token']}",
            "Content-Type": "application/json",
        }
        self._local = threading.local()
        self._open: list[http.client.HTTPSConnection] = []
        self._resources: dict[str, tuple[str, bool]] = {}

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._open:
            connection.close()

    def dry_runs(self, bodies: Iterable[dict[str, Any]]) -> list[Verdict]:
        """What the server says of each object, were it created."""
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(self.dry_run, bodies))

    def dry_run(self, body: dict[str, Any]) -> Verdict:
        """What the server says of an object, were it created."""
        resource, namespaced = self._resource(body["apiVersion"], body["kind"])
        metadata = body.get("metadata")
        named = metadata if isinstance(metadata, dict) else {}
        where = f"/namespaces/{named.get('namespace') or 'default'}" if namespaced else ""
        url = f"{_root(body['apiVersion'])}{where}/{resource}{_QUERY}"
        answer, status = self.call("POST", url, body)
        return Verdict(status, "" if status in (200, 201) else answer.get("message", ""))

    def call(self, method: str, url: str, body: Any = None) -> tuple[dict[str, Any], int]:
        """The JSON and the status of an answer; a busy server is asked again."""
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(_ATTEMPTS):
            connection = self._connection()
            try:
                connection.request(method, url, data, self._headers)
                response = connection.getresponse()
                answer: dict[str, Any] = json.loads(response.read())
            except (http.client.HTTPException, ConnectionError, TimeoutError):
                connection.close()
                if attempt == _ATTEMPTS - 1:
                    return {"message": "the server panics on this object and hangs up"}, 500
                continue
            if response.status != 429:
                return answer, response.status
            time.sleep(1)
        raise TimeoutError(f"the server is too busy for {url}")

    def _connection(self) -> http.client.HTTPSConnection:
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPSConnection(
                self._netloc, timeout=30, context=self._trust
            )
            self._open.append(self._local.connection)
        found: http.client.HTTPSConnection = self._local.connection
        return found

    def _resource(self, api_version: str, kind: str) -> tuple[str, bool]:
        if (key := f"{api_version} {kind}") not in self._resources:
            listed, _ = self.call("GET", _root(api_version))
            for one in listed["resources"]:
                if "/" not in one["name"]:
                    self._resources[f"{api_version} {one['kind']}"] = one["name"], one["namespaced"]
        return self._resources[key]


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
