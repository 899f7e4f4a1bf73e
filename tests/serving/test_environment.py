"""`gen verify --env`: from the environment's sources to its Service in a cluster, and to the model."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.cluster import services
from generator.cluster.client import Answer
from generator.cluster.services import Offer
from generator.diagnostics import DiagnosticError
from generator.serving import Client, Model
from tests.cluster.kubectl import Kubectl
from tests.cluster.played import Api
from tests.conftest import Gen
from tests.serving.servers import free_port, grpc_server, scores_model

ROOT = Path(__file__).parents[2]
PORT = 8500
OFFER = Offer("serving", "gan", "grpc")


def pod(name: str, owner: str = "new", **metadata: Any) -> dict[str, Any]:
    """A ready pod of a ReplicaSet, `old` or `new`."""
    owners = [{"kind": "ReplicaSet", "uid": owner}]
    ports = [{"name": "grpc", "containerPort": 9000}]
    container = {"name": "server", "image": f"server:{owner}", "ports": ports}
    return {
        "metadata": {"name": name, "ownerReferences": owners, **metadata},
        "spec": {"containers": [container]},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }


class FakeCluster(Api):
    """A cluster whose Service leads, through a pod, to an address of this machine."""

    def __init__(self, server: str = "", **spec: Any) -> None:
        super().__init__()
        self._server = server
        self.spec = {"ports": [{"name": "grpc", "port": PORT, "targetPort": "grpc"}], **spec}
        self.pod: dict[str, Any] | None = pod("gan-1")
        self.others: list[dict[str, Any]] = []
        self.deployments: dict[str, Mapping[str, Any]] = {}
        self.ports: list[int] = []

    def serve(self, server: str) -> None:
        """Lead to another address from now on."""
        self._server = server

    def service(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        return {"spec": self.spec} if (namespace, name) == ("serving", "gan") else None

    def node_address(self) -> str | None:
        return "2001:db8::1"

    def deployment(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        return self.deployments.get(name)

    def replica_sets(self, namespace: str, selector: Mapping[str, str]) -> list[Mapping[str, Any]]:
        return [
            {"metadata": {"uid": uid, "annotations": {"deployment.kubernetes.io/revision": revision}}}
            for uid, revision in (("old", "9"), ("new", "10"))
        ]

    def pods(self, namespace: str, selector: Mapping[str, str]) -> list[Mapping[str, Any]]:
        return [*self.others, *([self.pod] if self.pod else [])]

    def answer(self, path: str) -> Answer:
        items = {
            "/api/v1/namespaces/serving/pods": self.pods("serving", {}),
            "/apis/apps/v1/namespaces/serving/replicasets": self.replica_sets("serving", {}),
            "/api/v1/namespaces/serving/events": [],
        }
        return Answer(200, {"items": items[path]}) if path in items else super().answer(path)

    def connect(self, namespace: str, pod: str, port: int) -> socket.socket:
        self.ports.append(port)
        host, _, number = self._server.rpartition(":")
        return socket.create_connection((host, int(number)))


def test_a_port_forward_carries_predictions_and_is_closed() -> None:
    with grpc_server(scores_model()) as server:
        cluster = FakeCluster(server)
        with services.route(cluster, OFFER, forward=False) as route, Client.grpc(route.address) as client:
            found = client.predict(Model("m"), {"images": [b"x"] * 50_000})
            assert found.outputs["scores"].shape == (50_000, 10)
        host, _, port = route.address.rpartition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))
    assert route.way == "a port-forward to pod gan-1 (server:new)"
    assert set(cluster.ports) == {9000}


def test_a_port_forward_to_a_pod_that_does_not_answer() -> None:
    cluster = FakeCluster(f"127.0.0.1:{free_port()}")
    with pytest.raises(ConnectionRefusedError), services.route(cluster, OFFER, forward=True):
        pass


def test_a_pod_that_is_not_ready_yet() -> None:
    with grpc_server(scores_model()) as server:
        cluster = FakeCluster(server)
        later, cluster.pod = cluster.pod, None
        threading.Timer(0.2, lambda: setattr(cluster, "pod", later)).start()
        with services.route(cluster, OFFER, forward=True, wait=20) as route:
            assert route.way == "a port-forward to pod gan-1 (server:new)"


def test_a_node_port_of_an_address_with_colons() -> None:
    ports = [{"name": "grpc", "port": PORT, "nodePort": 30850}]
    with services.route(FakeCluster(type="NodePort", ports=ports), OFFER, forward=False) as route:
        assert (route.address, route.way) == ("[2001:db8::1]:30850", "a node's port")


def test_a_pod_that_is_being_deleted_is_never_asked_and_the_newest_come_first() -> None:
    with grpc_server(scores_model()) as server:
        cluster = FakeCluster(server)
        cluster.others = [
            pod("gan-0", deletionTimestamp="2026-11-24T10:00:00Z"),
            pod("gan-00", owner="old"),
        ]
        with services.route(cluster, OFFER, forward=True) as route:
            assert route.way == "a port-forward to pod gan-1 (server:new)"
        cluster.pod = None
        with services.route(cluster, OFFER, forward=True) as route:
            assert route.way == "a port-forward to pod gan-00 (server:old)"
        cluster.others = cluster.others[:1]
        with pytest.raises(DiagnosticError, match="no pod behind it is ready"):
            services.route(cluster, OFFER, forward=True).__enter__()


def test_a_port_forward_moves_on_when_its_pod_is_gone(project: Path) -> None:
    with grpc_server(scores_model()) as other:
        with grpc_server(scores_model()) as server:
            cluster = FakeCluster(server)
            forward = services.route(cluster, OFFER, forward=True)
            route = forward.__enter__()
            client = Client.grpc(route.address)
            client.predict(Model("m"), {"images": [b"x"]})
        cluster.serve(other)
        cluster.pod = pod("gan-2")
        client.predict(Model("m"), {"images": [b"x"]})
        client.close()
        forward.__exit__(None, None, None)
    assert route.pods == ["pod gan-1 (server:new)", "pod gan-2 (server:new)"]


def test_the_images_that_run_are_known_by_their_digests() -> None:
    cluster = FakeCluster()
    assert cluster.pod is not None
    status = {"name": "server", "image": "sha256:11", "imageID": "server@sha256:00"}  # as of a pinned image
    cluster.pod["status"]["containerStatuses"] = [status]
    cluster.others = [pod("gan-0", "old", deletionTimestamp="2026-11-24T10:00:00Z")]
    assert services.running(cluster, OFFER) == {"server:new": ["server@sha256:00"]}


def test_kind_is_reached_where_its_configuration_says_when_its_node_cannot_be() -> None:
    ports = [{"name": "grpc", "port": PORT, "nodePort": 30850}]
    mapping = {"containerPort": 30850, "hostPort": 8500, "listenAddress": "127.0.0.1"}
    kind = {
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "kind": "Cluster",
        "nodes": [{"extraPortMappings": [mapping]}],
    }
    offered = services.offer([kind, service("gan", ["grpc"])], ["grpc"])
    with services.route(FakeCluster(type="NodePort", ports=ports), offered, forward=False) as route:
        assert route.address == "127.0.0.1:8500"
    assert "which kind forwards to node port 30850" in route.way


WAITING = {"waiting": {"reason": "ErrImagePull", "message": "failed to pull:\n401 Unauthorized"}}
CRASHED = {
    "name": "server",
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}},
    "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
}
UNSCHEDULABLE = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "Unschedulable",
    "message": "2 Insufficient cpu",
}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"containerStatuses": [{"state": WAITING}]}, "ErrImagePull: failed to pull: 401 Unauthorized"),
        ({"initContainerStatuses": [{"state": WAITING}]}, "ErrImagePull: failed to pull: 401 Unauthorized"),
        (
            {"containerStatuses": [CRASHED]},
            "CrashLoopBackOff: back-off 10s; it last ended with exit code 137 (OOMKilled)",
        ),
        ({"conditions": [UNSCHEDULABLE]}, "Unschedulable: 2 Insufficient cpu"),
        ({"phase": "Failed", "reason": "Evicted", "message": "low on disk"}, "Evicted: low on disk"),
        ({"phase": "Pending"}, "Pending"),
    ],
)
def test_why_a_rollout_has_not_ended(status: dict[str, Any], told: str) -> None:
    cluster = FakeCluster()
    assert cluster.pod is not None
    cluster.pod["status"] = status
    cluster.deployments["gan"] = {
        "metadata": {"name": "gan", "namespace": "serving", "generation": 2},
        "spec": {"replicas": 2, "selector": {"matchLabels": {}}},
        "status": {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1, "availableReplicas": 2},
    }
    offered = Offer("serving", "gan", "grpc", ("gan",))
    with pytest.raises(DiagnosticError) as raised:
        services.route(cluster, offered, forward=True).__enter__()
    (problem,) = raised.value.diagnostics
    assert (problem.rule, raised.value.status) == ("verify/rollout", 1)
    assert problem.message.endswith("has not ended: 1 of 2 pods are of the newest revision")
    assert problem.found == f"pod gan-1 (server:new): {told}"


def test_services_that_cannot_be_reached() -> None:
    no_pod = FakeCluster()
    no_pod.pod = None
    problems = {
        "no pod behind it is ready": (no_pod, OFFER),
        "has no address yet": (FakeCluster(type="LoadBalancer"), OFFER),
        "is not in the cluster": (FakeCluster(), Offer("serving", "other", "grpc")),
        "has no port named rest": (FakeCluster(), Offer("serving", "gan", "rest")),
    }
    for told, (cluster, offered) in problems.items():
        with pytest.raises(DiagnosticError, match=told), services.route(cluster, offered, forward=False):
            pass


def service(name: str, ports: list[str], **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "serving"}
    return {"kind": "Service", "metadata": metadata, "spec": {"ports": [{"name": p} for p in ports], **spec}}


def test_the_service_of_an_environment() -> None:
    objects = [
        {"kind": "Deployment", "metadata": {"name": "other"}, "spec": {"template": {}}},
        service("headless", ["grpc"], clusterIP="None"),
        service("gan", ["rest", "grpc"]),
    ]
    assert services.offer(objects, ["grpc", "rest"]) == OFFER
    assert services.offer([service("gan", ["rest"])], ["grpc", "rest"]).port == "rest"
    with pytest.raises(DiagnosticError, match="no Service of this environment has a port named grpc or rest"):
        services.offer([service("gan", ["http"])], ["grpc", "rest"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This repository's own project, whose model is called m, with something to verify."""
    for folder in ("schema", "templates", "values"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "gen.yaml", tmp_path)
    base = tmp_path / "values/base.yaml"
    base.write_text(base.read_text().replace("  gan: {}", "  m: {}") + _VERIFY)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff picture \xff\xd9")
    monkeypatch.chdir(tmp_path)
    return tmp_path


_VERIFY = """
verify:
  minimumVersion: 1
  inputs:
    - file: photo.jpg
      outputs:
        scores: {argmax: 4}
"""


@pytest.fixture
def cluster(
    kubectl: Kubectl, namespace: str, project: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> Kubectl:
    """A real control plane, the current one of a kubeconfig, for an environment `test` of the project."""
    monkeypatch.setenv("KUBECONFIG", str(kubectl.kubeconfig))
    return kubectl


def deploy(kubectl: Kubectl, gen: Gen, project: Path, namespace: str, service: str) -> None:
    values = f"namespace: {{name: {namespace}, create: false}}\nservice: {service}\n"
    (project / "values/test.yaml").write_text(values)
    assert gen("render", "--env", "test").status == 0
    kubectl.must("apply", "--server-side", "-f", project / "rendered/test")


@pytest.mark.cluster
def test_a_load_balancer(cluster: Kubectl, gen: Gen, project: Path, namespace: str) -> None:
    with grpc_server(scores_model()) as server:
        port = int(server.rpartition(":")[2])
        deploy(cluster, gen, project, namespace, f"{{type: LoadBalancer, ports: {{grpc: {{port: {port}}}}}}}")
        cluster.roll_out("gan", namespace)
        before = gen("verify", "--env", "test")
        assert (before.status, "error[verify/no-address]" in before.err) == (3, True), before.err
        ingress = json.dumps({"status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}})
        cluster.must(
            *(
                "patch",
                "service",
                "gan",
                "-n",
                namespace,
                "--subresource=status",
                "--type=merge",
                "-p",
                ingress,
            )
        )
        found = gen("verify", "--env", "test")
    assert found.status == 0, found.err
    assert f"reached Service gan in namespace {namespace} of gen-test (https://127.0.0.1:" in found.out
    assert "by its load balancer" in found.out
    assert "argmax 4" in found.out


@pytest.mark.cluster
def test_a_service_that_is_not_there_yet(cluster: Kubectl, gen: Gen, project: Path, namespace: str) -> None:
    (project / "values/test.yaml").write_text(f"namespace: {{name: {namespace}}}\n")
    found = gen("verify", "--env", "test")
    assert (found.status, "is not in the cluster gen-test" in found.err) == (3, True), found.err


@pytest.mark.cluster
def test_a_simulated_pod_takes_no_port_forward(
    cluster: Kubectl, gen: Gen, project: Path, namespace: str
) -> None:
    deploy(cluster, gen, project, namespace, "{type: ClusterIP}")
    cluster.roll_out("gan", namespace)
    found = gen("verify", "--env", "test")
    assert (found.status, "error[cluster/" in found.err) == (3, True), found.err


def test_without_a_kubeconfig(gen: Gen, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(project / "nowhere"))
    found = gen("verify", "--env", "kind")
    assert (found.status, "error[cluster/config]" in found.err) == (3, True), found.err


def test_a_cluster_that_does_not_answer(gen: Gen, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{free_port()}"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {}}],
        "current-context": "c",
    }
    (project / "kubeconfig").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(project / "kubeconfig"))
    found = gen("verify", "--env", "kind")
    assert (found.status, "error[cluster/unreachable]" in found.err) == (3, True), found.err


def test_a_mistake_under_verify_is_shown_in_its_place(gen: Gen, project: Path) -> None:
    base = project / "values/base.yaml"
    base.write_text(base.read_text().replace("argmax", "argmx"))
    found = gen("verify", "--env", "kind")
    assert (found.status, "did you mean `argmax`?" in found.err) == (1, True), found.err


def test_the_schema_of_the_project_holds_that_of_the_command() -> None:
    own = ROOT / "generator/serving/verify.schema.json"
    assert json.loads((ROOT / "schema/verify.schema.json").read_text()) == json.loads(own.read_text())
