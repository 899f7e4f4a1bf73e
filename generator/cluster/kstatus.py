"""The state of one live object, read from the object alone: current, in progress, failed or terminating.

The rules are those of kstatus (sigs.k8s.io/cli-utils), which Flux and kpt use, with these differences: a load
balancer is current once it has an address, a Job once it is complete, a claim that failed to bind never, and
kinds whose controller always reports a condition are in progress until it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

Json = Mapping[str, Any]


class State(StrEnum):
    CURRENT = "current"
    IN_PROGRESS = "in progress"
    FAILED = "failed"
    TERMINATING = "terminating"
    ABSENT = "absent"
    UNKNOWN = "unknown"  # never of an object that was read


class Status(NamedTuple):
    """A state, what is lacking or wrong in a few words, and pods: how many are ready of how many."""

    state: State
    message: str = ""
    ready: int | None = None
    total: int | None = None


CURRENT: Final = Status(State.CURRENT)


def status(live: Json | None) -> Status:
    """The state of an object as the API server returns it; None stands for one that is not there."""
    if live is None:
        return Status(State.ABSENT, "not in the cluster")
    ready, total = _pods(live)
    return _state(live)._replace(ready=ready, total=total)


def condition(live: Json, kind: str) -> Json:
    """A condition of an object's status, or nothing."""
    conditions = _status(live).get("conditions") or ()
    return next((each for each in conditions if each.get("type") == kind), {})


def _state(live: Json) -> Status:
    if live["metadata"].get("deletionTimestamp"):
        held = ", ".join(live["metadata"].get("finalizers") or ())
        return Status(State.TERMINATING, f"being deleted; held by {held}" if held else "being deleted")
    kind = _group(live), live.get("kind", "")
    observed = _status(live).get("observedGeneration", 0 if kind in _WORKLOADS else None)
    if isinstance(observed, int) and observed < live["metadata"].get("generation", 0):
        return _waits("the cluster has not taken up the latest change yet")
    if (stalled := condition(live, "Stalled")).get("status") == "True":
        return Status(State.FAILED, _said(stalled, "stalled"))
    if (working := condition(live, "Reconciling")).get("status") == "True":
        return _waits(_said(working, "reconciling"))
    if rule := _RULES.get(kind):
        return rule(live)
    return _conditional(live, _CONDITIONS.get(kind))


def _conditional(live: Json, required: str | None) -> Status:
    """The rule for kinds without one: a condition that says whether the object is ready."""
    found = condition(live, required or "Ready")
    if not found:
        return _waits(f"condition {required} is not reported yet") if required else CURRENT
    return CURRENT if found.get("status") == "True" else _waits(_said(found, f"not {required or 'Ready'}"))


def deployment(live: Json) -> Status:
    """A Deployment, as `kubectl rollout status` decides it."""
    wanted, found = live.get("spec", {}).get("replicas", 1), _status(live)
    updated, available = found.get("updatedReplicas", 0), found.get("availableReplicas", 0)
    progressing = condition(live, "Progressing")
    if updated < wanted:
        lacking = f"{updated} of {wanted} pods are of the newest revision"
    elif (old := found.get("replicas", 0) - updated) > 0:
        lacking = f"{old} pods of an older revision are still there"
    elif available < updated:
        lacking = f"{available} of {updated} updated pods are available"
    else:
        return CURRENT
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Status(State.FAILED, lacking)
    return _waits(lacking)


def _stateful_set(live: Json) -> Status:
    spec, found = live.get("spec", {}), _status(live)
    update = spec.get("updateStrategy", {})
    wanted = spec.get("replicas", 1)
    if (ready := found.get("readyReplicas", 0)) < wanted:
        return _waits(f"{ready} of {wanted} pods are ready")
    if (over := found.get("replicas", 0) - wanted) > 0:
        return _waits(f"{over} pods more than wanted are still there")
    if update.get("type") == "OnDelete":
        return CURRENT
    partition = (update.get("rollingUpdate") or {}).get("partition", 0)
    updating, updated = max(0, wanted - partition), found.get("updatedReplicas", 0)
    if updated < updating:
        return _waits(f"{updated} of {updating} pods are of the newest revision")
    whole = partition == 0 and found.get("currentRevision") != found.get("updateRevision")
    return _waits("the newest revision is not the current one yet") if whole else CURRENT


def _daemon_set(live: Json) -> Status:
    found = _status(live)
    wanted = found.get("desiredNumberScheduled", 0)
    on_delete = live.get("spec", {}).get("updateStrategy", {}).get("type") == "OnDelete"
    if not on_delete and (updated := found.get("updatedNumberScheduled", 0)) < wanted:
        return _waits(f"{updated} of {wanted} pods are of the newest revision")
    if (available := found.get("numberAvailable", 0)) < wanted:
        return _waits(f"{available} of {wanted} pods are available")
    return CURRENT


def _replica_set(live: Json) -> Status:
    wanted, available = live.get("spec", {}).get("replicas", 1), _status(live).get("availableReplicas", 0)
    if available < wanted:
        return _waits(f"{available} of {wanted} pods are available")
    return CURRENT


def _pod(live: Json) -> Status:
    phase = _status(live).get("phase", "Pending")
    if phase == "Succeeded" or (phase == "Running" and condition(live, "Ready").get("status") == "True"):
        return CURRENT
    if phase == "Failed":
        return Status(State.FAILED, _said(_status(live), "failed"))
    return _waits(_said(condition(live, "Ready"), f"{phase.lower()}, not ready"))


def _job(live: Json) -> Status:
    if (failed := condition(live, "Failed")).get("status") == "True":
        return Status(State.FAILED, _said(failed, "failed"))
    if any(condition(live, kind).get("status") == "True" for kind in ("Complete", "Suspended")):
        return CURRENT
    started = "startTime" in _status(live)
    return _waits("has not completed yet" if started else "has not started yet")


def _service(live: Json) -> Status:
    balanced = live.get("spec", {}).get("type") == "LoadBalancer"
    if balanced and not (_status(live).get("loadBalancer") or {}).get("ingress"):
        return _waits("its load balancer has no address yet")
    return CURRENT


def _claim(live: Json) -> Status:
    phase = _status(live).get("phase", "Pending")
    if phase == "Lost":
        return Status(State.FAILED, "its volume is lost")
    return CURRENT if phase == "Bound" else _waits("not bound to a volume yet")


def _definition(live: Json) -> Status:
    if (names := condition(live, "NamesAccepted")).get("status") == "False":
        return Status(State.FAILED, _said(names, "its names are already in use"))
    established = condition(live, "Established")
    if established.get("status") == "False" and established.get("reason") != "Installing":
        return Status(State.FAILED, _said(established, "not established"))
    return CURRENT if established.get("status") == "True" else _waits("not established yet")


def _sealed_secret(live: Json) -> Status:
    synced = condition(live, "Synced")
    if synced.get("status") == "False":
        return Status(State.FAILED, _said(synced, "not decrypted"))
    return CURRENT if synced.get("status") == "True" else _waits("its controller has not decrypted it yet")


def _application(live: Json) -> Status:
    """An Application of Argo CD, which reports whether git is applied, and whether all of it is healthy."""
    found = _status(live)
    synced, health = (found.get(part) or {} for part in ("sync", "health"))
    if synced.get("status") == "Synced" and health.get("status") == "Healthy":
        return CURRENT
    said = _said(found.get("operationState") or {}, f"{synced.get('status', 'not synced yet')}")
    message = f"{said}; {health.get('status', 'no health')}".removesuffix("; no health")
    return Status(State.FAILED, message) if health.get("status") == "Degraded" else _waits(message)


_RULES: Final[Mapping[tuple[str, str], Callable[[Json], Status]]] = {
    ("apps", "Deployment"): deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "ReplicaSet"): _replica_set,
    ("batch", "Job"): _job,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("argoproj.io", "Application"): _application,
    ("bitnami.com", "SealedSecret"): _sealed_secret,
}
# Their controllers always report the generation that they have acted on.
_WORKLOADS: Final = {(group, kind) for group, kind in _RULES if group == "apps"}
# Conditions that a kind's controller always reports: without it nothing has been done yet.
_CONDITIONS: Final = {
    ("apiregistration.k8s.io", "APIService"): "Available",
    ("cert-manager.io", "Certificate"): "Ready",
    ("external-secrets.io", "ExternalSecret"): "Ready",
    ("gateway.networking.k8s.io", "Gateway"): "Programmed",
    ("keda.sh", "ScaledObject"): "Ready",
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): "Ready",
    ("source.toolkit.fluxcd.io", "GitRepository"): "Ready",
}
# Where a kind counts its pods: how many are ready, and how many there are to be.
_COUNTS: Final = {
    ("apps", "Deployment"): ("status.readyReplicas", "spec.replicas", 1),
    ("apps", "StatefulSet"): ("status.readyReplicas", "spec.replicas", 1),
    ("apps", "ReplicaSet"): ("status.readyReplicas", "spec.replicas", 1),
    ("apps", "DaemonSet"): ("status.numberReady", "status.desiredNumberScheduled", 0),
    ("batch", "Job"): ("status.succeeded", "spec.completions", 1),
}


def _pods(live: Json) -> tuple[int | None, int | None]:
    counted = _COUNTS.get((_group(live), live.get("kind", "")))
    if counted is None:
        return None, None
    ready, total, default = counted
    return _at(live, ready, 0), _at(live, total, default)


def _at(live: Json, path: str, default: int) -> int:
    part, _, name = path.partition(".")
    return int((live.get(part) or {}).get(name, default))


def _group(live: Json) -> str:
    return str(live.get("apiVersion", "")).rpartition("/")[0]


def _status(live: Json) -> Json:
    found = live.get("status")
    return found if isinstance(found, Mapping) else {}


def _waits(message: str) -> Status:
    return Status(State.IN_PROGRESS, message)


def _said(told: Json, otherwise: str) -> str:
    """What a condition says, on one line."""
    parts = (" ".join(str(told.get(key) or "").split()) for key in ("reason", "message"))
    return ": ".join(part for part in parts if part) or otherwise
