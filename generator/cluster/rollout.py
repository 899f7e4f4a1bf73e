"""Whether the pods of a Deployment are those of its newest revision, and what keeps them from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from generator.cluster import pods
from generator.cluster.client import Cluster
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, unknown

_POLL = 1.0  # seconds
_SHOWN = 3  # pods whose reasons are told


def ended(cluster: Cluster, namespace: str, name: str, wait: float = 0.0) -> None:
    """Return once the roll-out of a Deployment has ended, within `wait` seconds.

    Raises `DiagnosticError`: verify/rollout with the pods' own reasons where it has not, and
    verify/not-deployed where there is no such Deployment.
    """
    end = time.monotonic() + wait
    while True:
        deployment = cluster.deployment(namespace, name)
        if deployment is None:
            raise unknown(
                "verify/not-deployed",
                f"Deployment {name} in namespace {namespace} is not in the cluster {cluster.name}",
                "apply the environment first, or choose its cluster with --context",
            )
        lacking = unfinished(deployment)
        if lacking is None:
            return
        if time.monotonic() >= end:
            raise _not_ended(cluster, deployment, lacking)
        time.sleep(_POLL)


def unfinished(deployment: Mapping[str, Any]) -> str | None:
    """What a roll-out still lacks, or None when it has ended (as `kubectl rollout status` decides it)."""
    spec, status = deployment["spec"], deployment.get("status", {})
    if deployment["metadata"].get("generation", 0) > status.get("observedGeneration", 0):
        return "the cluster has not taken up the latest change yet"
    wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
    if updated < wanted:
        return f"{updated} of {wanted} pods are of the newest revision"
    if (old := status.get("replicas", 0) - updated) > 0:
        return f"{old} pods of an older revision are still there"
    if (available := status.get("availableReplicas", 0)) < updated:
        return f"{available} of {updated} updated pods are available"
    return None


def _not_ended(cluster: Cluster, deployment: Mapping[str, Any], lacking: str) -> DiagnosticError:
    metadata = deployment["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    failed = pods.condition(deployment, "Progressing").get("reason") == "ProgressDeadlineExceeded"
    diagnostic = Diagnostic(
        "verify/rollout",
        f"the roll-out of Deployment {name} in namespace {namespace} "
        f"{'has failed' if failed else 'has not ended'}: {lacking}",
        found="\n".join(reasons(cluster, deployment)),
        help=f"kubectl rollout status deployment/{name} --namespace {namespace}"
        + ("" if failed else "; or give it time with --wait 5m"),
    )
    return DiagnosticError([diagnostic], Exit.NO)


def reasons(cluster: Cluster, deployment: Mapping[str, Any]) -> list[str]:
    """What keeps the pods of a Deployment from being ready, the newest ReplicaSet's first, one a line."""
    namespace = deployment["metadata"]["namespace"]
    selector = deployment["spec"].get("selector", {}).get("matchLabels", {})
    found = pods.newest_first(cluster.pods(namespace, selector), cluster.replica_sets(namespace, selector))
    told = [
        f"pod {pod['metadata']['name']} ({pods.images(pod)}): {pods.trouble(pod)}"
        for pod in found
        if not pods.ready(pod)
    ]
    refused = pods.condition(deployment, "ReplicaFailure")
    first = [f"{refused['reason']}: {refused['message']}"] if refused.get("status") == "True" else []
    more = [f"and {len(told) - _SHOWN} more pods"] if len(told) > _SHOWN else []
    return first + told[:_SHOWN] + more
