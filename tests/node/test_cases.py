"""Every golden case that changes the pod, as pods that run: each starts, and each model of it answers.

A case is what tests/product/cases has; laid over it is what this cluster offers in place of the case's own:
an image with more models, its registry, and a namespace. What a case takes for granted is applied beforehand.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.node import image
from tests.node.deployed import Deployed, pods, scores, verified
from tests.node.running import Node
from tests.product.conftest import CASES
from tests.serving.certificates import self_signed

pytestmark = pytest.mark.node

# The case, what is laid over it, and the versions that have to answer by the options that ask for them.
OVER: dict[str, dict[str, Any]] = {
    "autoscaling": {},
    "digest": {},
    "encrypted-grpc-only": {},
    "grpc-only": {},
    "hot-reload": {},
    "monitored": {},
    "several-models": {},
    "tutorial-2017": {"name": "gan"},
    # A volume of an OCI artifact takes containerd 2.1; this one is older.
    "volumes": {"models": {"digits": None}, "image": {"tag": "1.0.0"}},
}
NOT_RUN = {"gpu", "network-policy", "sealed-pull-secret"}  # hardware; the pod of others; tests/registry
ANSWERS: dict[str, dict[tuple[str, ...], int]] = {
    "hot-reload": {(): 2, ("--version", "1"): 1},
    "several-models": {
        ("--model", "gan"): 2,
        ("--model", "digits", "--label", "stable"): 3,
        ("--model", "digits", "--label", "canary"): 4,
        ("--model", "words"): 5,
    },
}


def test_every_case_is_run_or_named() -> None:
    known = {case.name for case in CASES if not case.name.startswith("external-")}
    assert known == OVER.keys() | NOT_RUN


@pytest.mark.parametrize("case", OVER)
def test_it_starts_and_answers(node: Node, tree: Path, tmp_path: Path, models: Path, case: str) -> None:
    deployed = Deployed(node, tree, f"{case}/node", f"case-{case}")
    lay(deployed, case)
    options: tuple[object, ...] = ()
    if case == "encrypted-grpc-only":
        authority = self_signed(tmp_path, "gan.internal")
        options = ("--ca", authority.certificate, "--server-name", "gan.internal")
    with there(deployed, wanted(deployed, case, tmp_path)):
        deployed.apply("--registry-credentials", node.credentials(tmp_path / "token.json"))
        deployed.roll_out()
        command = ("verify", "--env", deployed.environment, models / "samples/image_0.jpg", "--port-forward")
        for chosen, version in ANSWERS.get(case, {(): 2}).items():
            found = deployed.gen(*command, *chosen, *options, "--format", "json")
            assert verified(found) == pytest.approx(scores(models, version), rel=1e-6), chosen
        if case == "digest":
            assert recorded(deployed, *command) == (node.digest("2.0.0"),) * 2
        if case == "encrypted-grpc-only":
            plain = deployed.gen(*command)
            assert plain.returncode == 3, plain.stdout
            assert first_process(deployed) == "/pause"  # so that SIGTERM reaches the server


def recorded(deployed: Deployed, *command: object) -> tuple[str, str]:
    """The digest that was rendered, and the one that runs, as a record of the verification has them."""
    assert deployed.gen(*command, "--record", "record.json").returncode == 0
    kept = json.loads((deployed.project / "record.json").read_text())
    ((rendered, (running,)),) = kept["running"].items()
    assert kept["rendered"] == [rendered]
    return rendered.partition("@")[2], running.partition("@")[2]


def lay(deployed: Deployed, case: str) -> None:
    """Make the environment CASE/node of the case and of what this cluster has in its place."""
    (folder,) = (path for path in CASES if path.name == case)
    values = deployed.project / "values" / case
    values.mkdir()
    shutil.copy(folder / "values.yaml", values / "base.yaml")
    here: dict[str, Any] = {
        "namespace": {"name": deployed.namespace, "create": True},
        "image": {"repository": "gan-serving", "tag": "2.0.0"},
        "registry": {
            "loginServer": "ganregistry.azurecr.io",
            "pullSecret": {"mode": "secret", "name": "acr"},
        },
        "resources": {"requests": {"cpu": "50m", "memory": "256Mi"}},
    }
    if case == "digest":
        here["image"]["digest"] = deployed.node.digest("2.0.0")
    for key, value in OVER[case].items():
        here[key] = {**here.get(key, {}), **value} if isinstance(value, dict) else value
    (values / "node.yaml").write_text(json.dumps(here))  # JSON is YAML


def wanted(deployed: Deployed, case: str, folder: Path) -> list[dict[str, Any]]:
    """The objects that a case takes for granted."""

    def one(kind: str, name: str, version: str = "v1", **content: Any) -> dict[str, Any]:
        where = {} if kind in ("PriorityClass", "PersistentVolume") else {"namespace": deployed.namespace}
        return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **where}, **content}

    match case:
        case "autoscaling":
            return [one("PriorityClass", "serving", "scheduling.k8s.io/v1", value=1000)]
        case "encrypted-grpc-only":
            return [one("Secret", "gan-tls", stringData={"ssl.config": ssl_config(folder)})]
        case "volumes":
            claim = {"accessModes": ["ReadOnlyMany"], "storageClassName": ""}
            place = {"path": str(image.models().resolve()), "type": "Directory"}
            return [
                one(
                    "PersistentVolume",
                    "gan-models",
                    spec={**claim, "capacity": {"storage": "1Gi"}, "hostPath": place},
                ),
                one(
                    "PersistentVolumeClaim",
                    "models",
                    spec={**claim, "volumeName": "gan-models", "resources": {"requests": {"storage": "1Gi"}}},
                ),
                one("ConfigMap", "store", data={"region": "north"}),
                one("Secret", "store", stringData={"token": "not secret"}),
                one("ConfigMap", "session", data={"session.config": ""}),
            ]
        case _:
            return []


def ssl_config(folder: Path) -> str:
    """The server's SSLConfig with the certificate in a folder."""
    key, certificate = ((folder / name).read_text() for name in ("key.pem", "certificate.pem"))
    return f"server_key: {json.dumps(key)}\nserver_cert: {json.dumps(certificate)}\n"


@contextmanager
def there(deployed: Deployed, objects: list[dict[str, Any]]) -> Iterator[None]:
    """The namespace with these objects, for as long as the block."""
    kubectl = deployed.node.kubectl
    kubectl.must("create", "namespace", deployed.namespace, "--save-config")
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    if objects:
        kubectl.must("apply", "-f", "-", stdin=items)
    try:
        yield
    finally:
        kubectl.must("delete", "namespace", deployed.namespace, "--wait=false")
        for thing in objects:
            if "namespace" not in thing["metadata"]:
                kubectl.must("delete", thing["kind"], thing["metadata"]["name"], "--wait=false")


def first_process(deployed: Deployed) -> str:
    """The command of process 1, as a container sees it."""
    (pod,) = pods(deployed)
    script = "print(open('/proc/1/cmdline').read().rstrip(chr(0)))"
    exec_ = (
        "exec",
        pod["metadata"]["name"],
        "-n",
        deployed.namespace,
        "--",
        "/usr/local/bin/python3",
        "-c",
        script,
    )
    return deployed.node.kubectl.must(*exec_).strip()
