"""The adapter: the official Kubernetes client behind the protocol, and its errors as diagnostics."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kubernetes import client
from kubernetes import config as untyped
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException
from kubernetes.stream import portforward
from urllib3.exceptions import HTTPError

from generator.diagnostics import unknown

config: Any = untyped

_TIMEOUT = 10.0  # seconds for one call
_REACH = ("ExternalIP", "InternalIP")  # a node's addresses, the one for the outside first


class ApiCluster:
    """The cluster of a kubeconfig's context, the current one if none is named.

    Raises `DiagnosticError` (cluster/config) when there is no such context or no kubeconfig.
    """

    def __init__(self, context: str | None = None) -> None:
        # The client looks at KUBECONFIG once, when it is imported, and a program may set it later.
        file = os.environ.get("KUBECONFIG") or config.KUBE_CONFIG_DEFAULT_LOCATION
        try:
            _, current = config.list_kube_config_contexts(file)
            self._api = config.new_client_from_config(file, context)
        except (ConfigException, TypeError) as error:
            raise unknown(
                "cluster/config",
                f"no cluster is configured as {context}" if context else "no cluster is configured",
                "look at `kubectl config get-contexts`, and choose one with --context",
                str(error),
            ) from None
        self._core = client.CoreV1Api(self._api)
        self.name = f"{context or current['name']} ({self._api.configuration.host})"

    def service(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        with self._answered():
            try:
                return self._plain(
                    self._core.read_namespaced_service(name, namespace, _request_timeout=_TIMEOUT)
                )
            except ApiException as error:
                if error.status == 404:
                    return None
                raise

    def node_address(self) -> str | None:
        with self._answered():
            nodes: list[Any] = self._core.list_node(_request_timeout=_TIMEOUT).items
        found = {a.type: a.address for node in reversed(nodes) for a in node.status.addresses or ()}
        return next((found[kind] for kind in _REACH if kind in found), None)

    def ready_pod(self, namespace: str, selector: Mapping[str, str]) -> Mapping[str, Any] | None:
        labels = ",".join(f"{key}={value}" for key, value in selector.items())
        with self._answered():
            pods = self._core.list_namespaced_pod(
                namespace, label_selector=labels, _request_timeout=_TIMEOUT
            ).items
        ready = (pod for pod in pods if _ready(pod))
        found = next(ready, None)
        return None if found is None else self._plain(found)

    def connect(self, namespace: str, pod: str, port: int) -> socket.socket:
        with self._answered():
            call = self._core.connect_get_namespaced_pod_portforward
            connection: socket.socket = portforward(call, pod, namespace, ports=str(port)).socket(port)
            return connection

    def _plain(self, found: Any) -> Mapping[str, Any]:
        plain: Mapping[str, Any] = self._api.sanitize_for_serialization(found)
        return plain

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except ApiException as error:
            raise unknown(
                "cluster/refused",
                f"the cluster {self.name} refused the question",
                "check that you are logged in and may read Services, Pods and Nodes (`kubectl auth can-i`)",
                f"{error.status} {error.reason}",
            ) from None
        except (HTTPError, OSError) as error:
            raise unknown(
                "cluster/unreachable",
                f"the cluster {self.name} cannot be reached",
                "check the context, the network and that the cluster runs (`kubectl version`)",
                str(error),
            ) from None


def _ready(pod: Any) -> bool:
    return any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions or ())
