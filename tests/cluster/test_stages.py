"""Simulated pods: they become Ready, or fail in the way that their image asks for."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster


def container(kubectl: Kubectl, namespace: str, reason: str) -> dict[str, Any]:
    """The container status of the one pod, as soon as its waiting reason, or readiness, is as given."""
    deadline = time.monotonic() + 60
    while True:
        pods = json.loads(kubectl.must("get", "pods", "-n", namespace, "-o", "json"))["items"]
        for status in (s for pod in pods for s in pod["status"].get("containerStatuses", [])):
            if reason in (status["state"].get("waiting", {}).get("reason"), f"ready={status['ready']}"):
                found: dict[str, Any] = status
                return found
        assert time.monotonic() < deadline, f"no container came to {reason}: {pods}"
        time.sleep(0.1)


def test_a_rollout_completes(kubectl: Kubectl, namespace: str) -> None:
    kubectl.must("create", "deployment", "d", "--image=a/b:1.0", "--replicas=3", "-n", namespace)
    kubectl.roll_out("d", namespace)
    assert kubectl.get("deployment", "d", namespace)["status"]["readyReplicas"] == 3


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("a/b:absent", "ImagePullBackOff"),
        ("a/b:crashing", "CrashLoopBackOff"),
        ("a/b:unready", "ready=False"),
        ("a.azurecr.io:443/b:absent@sha256:" + "0" * 64, "ImagePullBackOff"),
        ("a/absent:1", "ready=True"),
    ],
)
def test_the_tag_decides(kubectl: Kubectl, namespace: str, image: str, reason: str) -> None:
    kubectl.must("create", "deployment", "d", f"--image={image}", "-n", namespace)
    assert container(kubectl, namespace, reason)["image"] == image


def test_a_pod_without_room_stays_pending(kubectl: Kubectl, namespace: str) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "large", "namespace": namespace},
        "spec": {
            "containers": [{"name": "c", "image": "a/b:1", "resources": {"requests": {"cpu": "65"}}}],
        },
    }
    kubectl.must("apply", "-f", "-", stdin=json.dumps(pod))
    kubectl.must("wait", "--for=condition=PodScheduled=false", "pod/large", "-n", namespace, "--timeout=60s")
    status = kubectl.get("pod", "large", namespace)["status"]
    assert status["phase"] == "Pending"
    assert "Insufficient cpu" in status["conditions"][0]["message"]


def test_a_deleted_pod_goes(kubectl: Kubectl, namespace: str) -> None:
    kubectl.must("create", "deployment", "d", "--image=a/b:1.0", "-n", namespace)
    kubectl.roll_out("d", namespace)
    kubectl.must("delete", "deployment", "d", "--cascade=foreground", "--timeout=60s", "-n", namespace)
    assert json.loads(kubectl.must("get", "pods", "-n", namespace, "-o", "json"))["items"] == []
