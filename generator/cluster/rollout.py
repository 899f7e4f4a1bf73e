"""Whether the pods of a Deployment are those of its newest revision, and what keeps them from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from generator.cluster import kstatus
from generator.cluster.client import Cluster
from generator.cluster.kstatus import State, Status
from generator.cluster.objects import Objects
from generator.cluster.reasons import reasons
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, unknown

_KIND = {"apiVersion": "apps/v1", "kind": "Deployment"}  # a client may leave it out
_POLL = 1.0  # seconds


def ended(cluster: Cluster, namespace: str, name: str, wait: float = 0.0) -> None:
    """Return once the rollout of a Deployment has ended, within `wait` seconds.

    Raises `DiagnosticError`: verify/rollout with what keeps its pods where it has not, and
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
        found = kstatus.status({**_KIND, **deployment})
        if found.state is State.CURRENT:
            return
        if time.monotonic() >= end:
            raise _not_ended(cluster, deployment, found)
        time.sleep(_POLL)


def _not_ended(cluster: Cluster, deployment: Mapping[str, Any], found: Status) -> DiagnosticError:
    metadata = deployment["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    failed = found.state is State.FAILED
    diagnostic = Diagnostic(
        "verify/rollout",
        f"the rollout of Deployment {name} in namespace {namespace} "
        f"{'has failed' if failed else 'has not ended'}: {found.message}",
        found="\n".join(reasons(Objects(cluster), {**_KIND, **deployment})),
        help=f"kubectl rollout status deployment/{name} --namespace {namespace}"
        + ("" if failed else "; or give it time with --wait 5m"),
    )
    return DiagnosticError([diagnostic], Exit.NO)
