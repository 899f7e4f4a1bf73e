"""etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok, on loopback, in one folder.

kwok plays the nodes: it moves pods through their life as `stages.yaml` tells it, without running anything.
Everything but the API server's port lives in the folder: etcd listens on a socket there.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.cluster import credentials
from tests.cluster.process import Server

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "simulated", "labels": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
    "status": {"allocatable": {"cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "1000"}},
}
_STAGES = Path(__file__).with_name("stages.yaml")
_ATTEMPTS = 5  # at a port of our own
_READY = 60.0  # seconds for everything together


class StartError(Exception):
    """The control plane did not come up; the text says which part, with the end of its log."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on, for the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class ControlPlane:
    """One control plane with one simulated node; `port` proposes ports for its API server.

    With `simulated` false there are no nodes: real ones are expected to register at `address`.
    """

    def __init__(
        self,
        folder: Path,
        programs: Mapping[str, Path],
        port: Callable[[], int] = free_port,
        address: str = "127.0.0.1",
        simulated: bool = True,
    ) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self._folder = folder
        self._programs = programs
        self._port = port
        self._address = address
        self._simulated = simulated
        self._servers: list[Server] = []
        self._deadline = 0.0
        self._url = ""
        self._token = ""

    def start(self) -> None:
        """Return when the API server serves, service accounts are made and the node takes pods.

        Raises `StartError`; what was started until then keeps running until `stop`.
        """
        self._deadline = time.monotonic() + _READY
        credentials.service_account_key(self._folder / "service-account.pem")
        self._token = credentials.admin_token(self._folder / "tokens.csv")
        (self._folder / "audit.json").write_text(json.dumps(_AUDITED))
        self._run("etcd", *_ETCD)
        self._start_api_server()
        self._run("kube-controller-manager", *_CONTROLLER_MANAGER)
        self._run("kube-scheduler", *_SCHEDULER)
        if self._simulated:
            self._run("kwok", *_KWOK, f"--config={_STAGES}")
            self._call("/api/v1/nodes", NODE)
            self.wait_for("the node", lambda: self.has_node("simulated"))
        self.wait_for("the default service account", self._has_service_account)

    def stop(self) -> None:
        """End every program, the last one first."""
        while self._servers:
            self._servers.pop().stop()

    def check(self) -> None:
        """Raise `StartError` if a program has ended by itself."""
        for server in self._servers:
            if server.status is not None:
                raise StartError(f"{server.name} ended with status {server.status}:\n{server.log[-2000:]}")

    def _run(self, name: str, *arguments: str) -> Server:
        server = Server([self._programs[name], *arguments], self._folder)
        self._servers.append(server)
        return server

    def _start_api_server(self) -> None:
        """Start it on a free port; somebody may take the port first, and then it is another one."""
        for _ in range(_ATTEMPTS):
            port = self._port()
            self._url = f"https://{self._address}:{port}"
            addresses = (f"--bind-address={self._address}", f"--advertise-address={self._address}")
            server = self._run("kube-apiserver", *_API_SERVER, *addresses, f"--secure-port={port}")
            try:
                self.wait_for("the API server", self._is_serving)
                break
            except StartError:
                if "address already in use" not in server.log:
                    raise
                self._servers.remove(server)
        else:
            raise StartError(f"the API server found each of {_ATTEMPTS} ports taken")
        authority = self._folder / "certificates" / "apiserver.crt"
        credentials.kubeconfig(self.kubeconfig, self._url, authority, self._token)

    def wait_for(self, what: str, there: Callable[[], bool]) -> None:
        """Return when it is there; raise `StartError` if that takes longer than everything may."""
        while not there():
            self.check()
            if time.monotonic() > self._deadline:
                raise StartError(
                    f"{what} was not there after {_READY:.0f} seconds; logs are in {self._folder}"
                )
            time.sleep(0.05)

    def _is_serving(self) -> bool:
        return self._call("/readyz") == b"ok"

    def _has_service_account(self) -> bool:
        return bool(self._call("/api/v1/namespaces/default/serviceaccounts/default"))

    def has_node(self, name: str) -> bool:
        """Whether a node takes pods."""
        node = json.loads(self._call(f"/api/v1/nodes/{name}") or "{}")
        taints = node.get("spec", {}).get("taints")
        conditions = node.get("status", {}).get("conditions", [])
        return not taints and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def _call(self, path: str, body: object = None) -> bytes:
        """What the API server answers, or nothing while it does not answer as it should."""
        certificate = self._folder / "certificates" / "apiserver.crt"
        if not certificate.is_file():
            return b""
        request = urllib.request.Request(
            self._url + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        try:
            trust = ssl.create_default_context(cafile=certificate)
            with urllib.request.urlopen(request, timeout=5, context=trust) as response:
                answer: bytes = response.read()
                return answer
        except (urllib.error.URLError, ssl.SSLError, ConnectionError, TimeoutError):
            return b""


# What service accounts of `default` ask for is recorded, and nothing else.
_AUDITED = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "userGroups": ["system:serviceaccounts:default"]}],
}
_ETCD = (
    "--data-dir=etcd",
    "--unsafe-no-fsync",
    "--log-level=warn",
    "--name=only",
    # A unix URL needs the form host:port; the whole of it names a file in the working folder.
    "--listen-client-urls=unix://etcd:1",
    "--advertise-client-urls=unix://etcd:1",
    "--listen-peer-urls=unix://etcd:2",
    "--initial-advertise-peer-urls=unix://etcd:2",
    "--initial-cluster=only=unix://etcd:2",
)
_API_SERVER = (
    "--endpoint-reconciler-type=none",
    "--cert-dir=certificates",
    "--etcd-servers=unix://etcd:1",
    "--service-account-issuer=https://127.0.0.1",
    "--service-account-key-file=service-account.pem",
    "--service-account-signing-key-file=service-account.pem",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--authorization-mode=RBAC",
    "--token-auth-file=tokens.csv",
    "--audit-policy-file=audit.json",
    "--audit-log-path=audit.log",
    "--allow-privileged=true",  # as kubeadm, kind and AKS have it
    "--kubelet-preferred-address-types=InternalIP",
)
_CONTROLLER_MANAGER = (
    "--kubeconfig=kubeconfig",
    "--leader-elect=false",
    "--secure-port=0",
    "--use-service-account-credentials=false",
    "--service-account-private-key-file=service-account.pem",
)
_SCHEDULER = ("--kubeconfig=kubeconfig", "--leader-elect=false", "--secure-port=0")
_KWOK = ("--kubeconfig=kubeconfig", "--manage-all-nodes=true", "--node-lease-duration-seconds=40")
