"""The state of one object, kind by kind: a table of what the API server returns and what it means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cluster.kstatus import State, status

CURRENT, WAITS, FAILED, TERMINATING = State.CURRENT, State.IN_PROGRESS, State.FAILED, State.TERMINATING


def live(kind: str, spec: dict[str, Any] | None = None, told: Any = None, **metadata: Any) -> dict[str, Any]:
    """An object by `group/version Kind`, of the second generation."""
    api_version, _, name = kind.rpartition(" ")
    metadata = {"name": "x", "generation": 2, **metadata}
    return {"apiVersion": api_version, "kind": name, "metadata": metadata, "spec": spec or {}, "status": told}


def said(type: str, status: str, **more: str) -> dict[str, Any]:
    """A status with one condition."""
    return {"conditions": [{"type": type, "status": status, **more}]}


def application(sync: str, health: str, message: str = "") -> dict[str, Any]:
    """The status of an Application of Argo CD."""
    return {"sync": {"status": sync}, "health": {"status": health}, "operationState": {"message": message}}


def workload(kind: str, spec: dict[str, Any] | None = None, **told: Any) -> dict[str, Any]:
    """A workload that asks for two pods, and whose controller has seen the latest change."""
    return live(f"apps/v1 {kind}", {"replicas": 2, **(spec or {})}, {"observedGeneration": 2, **told})


LATE = {"reason": "ProgressDeadlineExceeded", "message": "timed out"}
CASES: list[tuple[dict[str, Any], State, str]] = [
    (live("v1 ConfigMap"), CURRENT, ""),
    (live("v1 ConfigMap", deletionTimestamp="2026-01-01T00:00:00Z"), TERMINATING, "being deleted"),
    (
        live("v1 Namespace", deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["a/b"]),
        TERMINATING,
        "being deleted; held by a/b",
    ),
    (live("apps/v1 Deployment"), WAITS, "the cluster has not taken up the latest change yet"),
    (
        workload("Deployment", observedGeneration=1),
        WAITS,
        "the cluster has not taken up the latest change yet",
    ),
    (workload("Deployment"), WAITS, "0 of 2 pods are of the newest revision"),
    (workload("Deployment", updatedReplicas=1, replicas=2), WAITS, "1 of 2 pods are of the newest revision"),
    (
        workload("Deployment", updatedReplicas=2, replicas=3, availableReplicas=3),
        WAITS,
        "1 pods of an older revision are still there",
    ),
    (
        workload("Deployment", updatedReplicas=2, replicas=2, availableReplicas=1),
        WAITS,
        "1 of 2 updated pods are available",
    ),
    (workload("Deployment", updatedReplicas=2, replicas=2, availableReplicas=2), CURRENT, ""),
    (workload("Deployment", {"replicas": 0}), CURRENT, ""),
    (
        workload("Deployment", replicas=2, **said("Progressing", "False", **LATE)),
        FAILED,
        "0 of 2 pods are of the newest revision",
    ),
    # A deadline that was missed once does not count any more when the pods came in the end.
    (
        workload(
            "Deployment",
            updatedReplicas=2,
            replicas=2,
            availableReplicas=2,
            **said("Progressing", "False", **LATE),
        ),
        CURRENT,
        "",
    ),
    (workload("StatefulSet", replicas=2, readyReplicas=1), WAITS, "1 of 2 pods are ready"),
    (workload("StatefulSet", replicas=3, readyReplicas=3), WAITS, "1 pods more than wanted are still there"),
    (
        workload("StatefulSet", replicas=2, readyReplicas=2, updatedReplicas=1),
        WAITS,
        "1 of 2 pods are of the newest revision",
    ),
    (
        workload("StatefulSet", {"updateStrategy": {"type": "OnDelete"}}, replicas=2, readyReplicas=2),
        CURRENT,
        "",
    ),
    (
        workload(
            "StatefulSet",
            {"updateStrategy": {"rollingUpdate": {"partition": 1}}},
            replicas=2,
            readyReplicas=2,
            updatedReplicas=1,
            currentRevision="a",
            updateRevision="b",
        ),
        CURRENT,
        "",
    ),
    (
        workload(
            "StatefulSet",
            replicas=2,
            readyReplicas=2,
            updatedReplicas=2,
            currentRevision="a",
            updateRevision="b",
        ),
        WAITS,
        "the newest revision is not the current one yet",
    ),
    (
        workload("DaemonSet", desiredNumberScheduled=3, updatedNumberScheduled=2),
        WAITS,
        "2 of 3 pods are of the newest revision",
    ),
    (
        workload("DaemonSet", desiredNumberScheduled=3, updatedNumberScheduled=3, numberAvailable=1),
        WAITS,
        "1 of 3 pods are available",
    ),
    (workload("DaemonSet", desiredNumberScheduled=0), CURRENT, ""),
    (workload("ReplicaSet", availableReplicas=1), WAITS, "1 of 2 pods are available"),
    (live("batch/v1 Job"), WAITS, "has not started yet"),
    (live("batch/v1 Job", told={"startTime": "2026-01-01T00:00:00Z"}), WAITS, "has not completed yet"),
    (live("batch/v1 Job", told=said("Complete", "True")), CURRENT, ""),
    (live("batch/v1 Job", told=said("Suspended", "True")), CURRENT, ""),
    (
        live("batch/v1 Job", told=said("Failed", "True", reason="BackoffLimitExceeded", message="too often")),
        FAILED,
        "BackoffLimitExceeded: too often",
    ),
    (live("batch/v1 CronJob"), CURRENT, ""),
    (live("v1 Pod", told={"phase": "Pending"}), WAITS, "pending, not ready"),
    (live("v1 Pod", told={"phase": "Running", **said("Ready", "True")}), CURRENT, ""),
    (live("v1 Pod", told={"phase": "Succeeded"}), CURRENT, ""),
    (live("v1 Pod", told={"phase": "Failed", "reason": "Evicted"}), FAILED, "Evicted"),
    (live("v1 Service", {"type": "ClusterIP"}), CURRENT, ""),
    (live("v1 Service", {"type": "LoadBalancer"}), WAITS, "its load balancer has no address yet"),
    (
        live("v1 Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}),
        CURRENT,
        "",
    ),
    (live("v1 PersistentVolumeClaim", told={"phase": "Pending"}), WAITS, "not bound to a volume yet"),
    (live("v1 PersistentVolumeClaim", told={"phase": "Bound"}), CURRENT, ""),
    (live("v1 PersistentVolumeClaim", told={"phase": "Lost"}), FAILED, "its volume is lost"),
    (live("apiextensions.k8s.io/v1 CustomResourceDefinition"), WAITS, "not established yet"),
    (
        live("apiextensions.k8s.io/v1 CustomResourceDefinition", told=said("Established", "True")),
        CURRENT,
        "",
    ),
    (
        live(
            "apiextensions.k8s.io/v1 CustomResourceDefinition",
            told=said("NamesAccepted", "False", reason="KindConflict"),
        ),
        FAILED,
        "KindConflict",
    ),
    (live("argoproj.io/v1alpha1 Application"), WAITS, "not synced yet"),
    (live("argoproj.io/v1alpha1 Application", told=application("Synced", "Healthy")), CURRENT, ""),
    (
        live("argoproj.io/v1alpha1 Application", told=application("Synced", "Degraded")),
        FAILED,
        "Synced; Degraded",
    ),
    (
        live("argoproj.io/v1alpha1 Application", told=application("OutOfSync", "Healthy", "one is refused")),
        WAITS,
        "one is refused; Healthy",
    ),
    (live("kustomize.toolkit.fluxcd.io/v1 Kustomization"), WAITS, "condition Ready is not reported yet"),
    (
        live(
            "kustomize.toolkit.fluxcd.io/v1 Kustomization",
            told=said("Reconciling", "True", message="refused"),
        ),
        WAITS,
        "refused",
    ),
    (live("bitnami.com/v1alpha1 SealedSecret"), WAITS, "its controller has not decrypted it yet"),
    (
        live("bitnami.com/v1alpha1 SealedSecret", told=said("Synced", "False", message="no key fits")),
        FAILED,
        "no key fits",
    ),
    (live("external-secrets.io/v1 ExternalSecret"), WAITS, "condition Ready is not reported yet"),
    (live("external-secrets.io/v1 ExternalSecret", told=said("Ready", "True")), CURRENT, ""),
    # Any other kind: kstatus' generic rules.
    (live("example.com/v1 Thing"), CURRENT, ""),
    (
        live("example.com/v1 Thing", told={"observedGeneration": 1}),
        WAITS,
        "the cluster has not taken up the latest change yet",
    ),
    (live("example.com/v1 Thing", told=said("Ready", "False", reason="Slow")), WAITS, "Slow"),
    (live("example.com/v1 Thing", told=said("Ready", "Unknown")), WAITS, "not Ready"),
    (live("example.com/v1 Thing", told=said("Reconciling", "True", message="step 2")), WAITS, "step 2"),
    (live("example.com/v1 Thing", told=said("Stalled", "True", message="no way")), FAILED, "no way"),
    # A group of its own is another kind, whatever its name.
    (live("example.com/v1 Deployment"), CURRENT, ""),
]


@pytest.mark.parametrize(("found", "state", "message"), CASES)
def test_the_state_of_an_object(found: dict[str, Any], state: State, message: str) -> None:
    assert status(found)[:2] == (state, message)


@pytest.mark.parametrize(
    ("found", "pods"),
    [
        (workload("Deployment", readyReplicas=1), (1, 2)),
        (live("apps/v1 Deployment"), (0, 1)),
        (workload("DaemonSet", desiredNumberScheduled=3, numberReady=2), (2, 3)),
        (live("batch/v1 Job", {"completions": 4}, {"succeeded": 1}), (1, 4)),
        (live("v1 ConfigMap"), (None, None)),
    ],
)
def test_how_many_pods_are_ready(found: dict[str, Any], pods: tuple[int | None, int | None]) -> None:
    assert status(found)[2:] == pods


def test_an_object_that_is_not_there() -> None:
    assert status(None).state is State.ABSENT


COUNTS = st.integers(0, 4)


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, 3))
def test_a_deployment_is_current_only_when_nothing_is_left_to_do(
    wanted: int, updated: int, total: int, available: int, observed: int
) -> None:
    told = {"updatedReplicas": updated, "replicas": total, "availableReplicas": available}
    found = workload("Deployment", {"replicas": wanted}, **told | {"observedGeneration": observed})
    ended = observed >= 2 and updated >= wanted and total <= updated and available >= updated
    assert (status(found).state is CURRENT) == ended
