"""An environment of this repository's project, deployed on the node, and what its pods are."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.node.running import Node

ADDRESS = "10.99.0.7"


@dataclass(frozen=True)
class Deployed:
    """A project's environment in a namespace of the node."""

    node: Node
    project: Path
    environment: str
    namespace: str

    def gen(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return self.node.gen(self.project, *arguments)

    def change(self, name: str, changes: dict[str, str]) -> None:
        """Replace text in a file of the project."""
        file = self.project / name
        text = file.read_text()
        for old, new in changes.items():
            assert old in text, f"{name} does not hold {old}"
            text = text.replace(old, new)
        file.write_text(text)

    def apply(self, *options: object) -> None:
        """Render, and apply as README.md says it."""
        rendered = self.gen("render", "--env", self.environment, *options)
        assert rendered.returncode == 0, rendered.stderr
        self.node.kubectl.must("apply", "-f", self.project / "rendered")

    def roll_out(self) -> None:
        """Return when every pod is of what was applied last; a failure shows what became of them."""
        where = ("-n", self.namespace)
        answer = self.node.kubectl("rollout", "status", "deployment/gan", *where, "--timeout=10m")
        assert "successfully rolled out" in answer.stdout, answer.stderr + self.node.kubectl.must(
            "describe", "pods", *where
        )

    def balance(self) -> None:
        """Give the Service an address, as a cloud would; kube-proxy routes it from then on."""
        ingress = json.dumps({"status": {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}})
        patch = ("--subresource=status", "--type=merge", "-p", ingress)
        self.node.kubectl.must("patch", "service", "gan", "-n", self.namespace, *patch)


def on_azure(node: Node, project: Path, credentials: Path) -> Deployed:
    """The environment azure of a project, applied, with an address."""
    deployed = Deployed(node, project, "azure", "gan")
    deployed.apply("--registry-credentials", node.credentials(credentials))
    deployed.balance()
    return deployed


def pods(deployed: Deployed) -> list[dict[str, Any]]:
    """Its pods but for those that are being deleted."""
    found = json.loads(deployed.node.kubectl.must("get", "pods", "-n", deployed.namespace, "-o", "json"))
    return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]


def process(pod: dict[str, Any]) -> int:
    """The number of a pod's server on this machine, by the cgroup of its container."""
    (status,) = pod["status"]["containerStatuses"]
    container = status["containerID"].partition("://")[2]
    for path in Path("/proc").glob("[0-9]*/cgroup"):
        try:
            if container in path.read_text():
                return int(path.parent.name)
        except OSError:  # gone in this moment
            continue
    raise AssertionError(f"no process of {container}")


def scores(models: Path, version: int) -> list[float]:
    """What TensorFlow computes for the first sample."""
    found: list[list[float]] = json.loads((models / "scores.json").read_text())[str(version)]
    return found[0]


def verified(answer: subprocess.CompletedProcess[str]) -> list[float]:
    """The scores of the only answer, from `--format json`."""
    assert answer.returncode == 0, answer.stderr
    (found,) = json.loads(answer.stdout)["answers"]
    values: list[list[float]] = found["outputs"]["scores"]["values"]
    return values[0]
