"""The adapter: the official Kubernetes client behind the protocol, and its errors as diagnostics."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote, urlencode

from kubernetes import config as untyped
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from generator.cluster.client import Answer
from generator.cluster.pod_connection import PodConnection, Refused
from generator.diagnostics import DiagnosticError, unknown

config: Any = untyped

_TIMEOUT = 10.0  # seconds for one call
_LOG = 5.0  # seconds for a log, which the API server asks a node for
_WRITE = 40.0  # seconds for one call that admission webhooks may hold up, each for at most 30
# An API server that restarts, or asks for patience with Retry-After, is asked again. So is one that was
# lost before it answered: whatever is written says which state it expects, so that a second time is no harm.
_RETRIES = Retry(
    total=6,
    redirect=0,
    other=0,
    status_forcelist=(429, 503),
    allowed_methods=None,
    backoff_factor=0.5,
    raise_on_status=False,
)
# One that has never answered is not restarting: the context or the network is wrong.
_FIRST = _RETRIES.new(connect=0)
_REACH = ("ExternalIP", "InternalIP")  # a node's addresses, the one for the outside first


class ApiCluster:
    """The cluster of a kubeconfig's context, the current one if none is named.

    Raises `DiagnosticError` (cluster/config) when there is no such context or no kubeconfig.
    """

    def __init__(self, context: str | None = None) -> None:
        # The client looks at KUBECONFIG once, when it is imported, and a program may set it later.
        file = os.environ.get("KUBECONFIG") or config.KUBE_CONFIG_DEFAULT_LOCATION
        try:
            contexts, current = config.list_kube_config_contexts(file)
            self._api = config.new_client_from_config(file, context)
        except (ConfigException, TypeError) as error:
            raise unknown(
                "cluster/config",
                f"no cluster is configured as {context}" if context else "no cluster is configured",
                "look at `kubectl config get-contexts`, and choose one with --context",
                str(error),
            ) from None
        self._retries = _FIRST
        self.context: str = context or current["name"]
        named = next((one for one in contexts if one["name"] == self.context), current)
        self.namespace: str = named["context"].get("namespace") or "default"
        self.server: str = self._api.configuration.host
        self.name = f"{self.context} ({self.server})"

    # Read as JSON: importing the client's classes for these few objects would take a second.

    def service(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        return self._one(f"/api/v1/namespaces/{quote(namespace, '')}/services", name, "services", namespace)

    def deployment(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        path = f"/apis/apps/v1/namespaces/{quote(namespace, '')}/deployments"
        return self._one(path, name, "deployments.apps", namespace)

    def replica_sets(self, namespace: str, selector: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        path = f"/apis/apps/v1/namespaces/{quote(namespace, '')}/replicasets"
        return self._several(path, "replicasets.apps", namespace, selector)

    def pods(self, namespace: str, selector: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        return self._several(f"/api/v1/namespaces/{quote(namespace, '')}/pods", "pods", namespace, selector)

    def node_address(self) -> str | None:
        nodes = self._several("/api/v1/nodes", "nodes")
        found = {
            one["type"]: str(one["address"])
            for node in reversed(nodes)
            for one in node.get("status", {}).get("addresses") or ()
        }
        return next((found[kind] for kind in _REACH if kind in found), None)

    def connect(self, namespace: str, pod: str, port: int) -> PodConnection:
        with self._answered("get", "pods/portforward", namespace):
            return PodConnection(self._api.configuration, namespace, pod, port)

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content: str = "application/json",
    ) -> Answer:
        sent = None if body is None else json.dumps(body).encode()
        with self._answered(method.lower(), path):
            answer = self._request(method, path, query, sent, content, _WRITE)
            if answer.status in (401, 429) or answer.status >= 500:
                raise self._refused(answer.status, answer.data, method.lower(), path, "")
        return self._answer(answer.status, answer.data)

    def text(self, path: str, query: Mapping[str, str]) -> str:
        url, headers = self._url(path, query), self._headers("*/*")
        with suppress(HTTPError, OSError):
            answer = self._api.rest_client.pool_manager.request(
                "GET", url, headers=headers, timeout=_LOG, retries=False
            )
            if answer.status == 200:
                return str(answer.data, "utf-8", "replace")
        return ""

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        return f"{self._api.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")

    def _headers(self, accept: str, content: str = "application/json") -> dict[str, str]:
        settings = self._api.configuration.auth_settings().values()
        given = {each["key"].lower(): each["value"] for each in settings if each["in"] == "header"}
        return {"accept": accept, "content-type": content, "user-agent": "gen"} | given

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content: str = "application/json",
        timeout: float = _TIMEOUT,
    ) -> Any:
        """The answer of the server, or what the HTTP library raises where there is none."""
        url, headers = self._url(path, query), self._headers("application/json", content)
        answer = self._api.rest_client.pool_manager.request(
            method, url, body=body, headers=headers, timeout=timeout, retries=self._retries
        )
        self._retries = _RETRIES
        return answer

    def _one(self, path: str, name: str, resource: str, namespace: str) -> Mapping[str, Any] | None:
        answer = self._read("get", resource, namespace, f"{path}/{quote(name, '')}", (200, 404))
        return answer.body if answer.fine else None

    def _several(
        self, path: str, resource: str, namespace: str = "", selector: Mapping[str, str] | None = None
    ) -> Sequence[Mapping[str, Any]]:
        labels = ",".join(f"{key}={value}" for key, value in (selector or {}).items())
        query = {"labelSelector": labels} if labels else None
        items = self._read("list", resource, namespace, path, (200,), query).body.get("items")
        found: list[Mapping[str, Any]] = items or []
        return found

    def _read(
        self,
        verb: str,
        resource: str,
        namespace: str,
        path: str,
        expected: tuple[int, ...],
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        with self._answered(verb, resource, namespace):
            answer = self._request("GET", path, query)
            if answer.status not in expected:
                raise self._refused(answer.status, answer.data, verb, resource, namespace)
        return self._answer(answer.status, answer.data)

    def _answer(self, status: int, data: bytes) -> Answer:
        """What an API server has answered, which says of every object what it is; a login page does not."""
        answer = Answer(status, _object(data))
        if answer.fine and "kind" not in answer.body:
            raise unknown(
                "cluster/unreachable",
                f"what answers at {self.server} is not a Kubernetes API server",
                "check the server's address in the kubeconfig, and proxies on the way",
                data.decode("utf-8", "replace")[:200],
            )
        return answer

    @contextmanager
    def _answered(self, verb: str, resource: str, namespace: str = "") -> Iterator[None]:
        """Turn what the client raises for one question into a diagnostic that names the right it needs."""
        try:
            yield
        except ApiException as error:
            raise self._refused(error.status, error.body or error.reason, verb, resource, namespace) from None
        except Refused as error:
            raise self._refused(error.status, error.body, verb, resource, namespace) from None
        except (HTTPError, OSError) as error:
            raise unknown(
                "cluster/unreachable",
                f"the cluster {self.name} cannot be reached",
                "check the context, the network and that the cluster runs (`kubectl version`)",
                str(error),
            ) from None

    def _refused(
        self, status: int | None, body: str | bytes | None, verb: str, resource: str, namespace: str
    ) -> DiagnosticError:
        where = f" --namespace {namespace}" if namespace else ""
        if status == 401:
            help = f"log in again; then `kubectl get namespaces` works with the context of {self.name}"
            message = f"the cluster {self.name} does not accept your credentials"
        elif status is not None and (status == 429 or status >= 500):
            help = (
                "try again later; if it stays so, look at the API server, and at the webhook if one is named"
            )
            message = f"the cluster {self.name} failed to {verb} {resource}"
        else:
            # Port-forwarding is authorised as `create` for a POST and, over a WebSocket, as `get` too.
            verbs = "get and create" if resource == "pods/portforward" else verb
            message = f"the cluster {self.name} refused to {verb} {resource}"
            check = f"kubectl auth can-i {verb} {resource}{where}"
            help = f"a Role with the verbs {verbs} on {resource} is needed; see {check}"
        return unknown("cluster/refused", message, help, f"{status} {_said(body)}".strip())


def _object(data: bytes) -> dict[str, Any]:
    """The object in an answer; what is none, as a proxy may send, becomes a message."""
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": data.decode("utf-8", "replace")[:500]}


def _said(body: str | bytes | None) -> str:
    """The message in an answer of the API server, whose body is a Status object."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    try:
        told = json.loads(text)["message"]
    except (ValueError, KeyError, TypeError):
        told = text
    return " ".join(str(told).split())[:500]
