"""What a pod says of itself: whether it counts, which revision it is of, and why it is not ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from generator.cluster.kstatus import condition

_REVISION = "deployment.kubernetes.io/revision"  # of a ReplicaSet, set by the Deployment's controller
_LONGEST = 500  # characters of a message; a registry may answer with a whole page

Json = Mapping[str, Any]


def newest_first(pods: Iterable[Json], replica_sets: Iterable[Json]) -> list[Json]:
    """The pods that are not being deleted, those of the newest ReplicaSet first.

    A pod that is being deleted stays Ready for its grace period, so readiness alone would count it.
    """
    revisions = {found["metadata"].get("uid"): _revision(found) for found in replica_sets}
    kept = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    kept.sort(key=lambda pod: pod["metadata"].get("name", ""))
    kept.sort(key=lambda pod: max((revisions.get(uid, 0) for uid in _owners(pod)), default=0), reverse=True)
    return kept


def _revision(replica_set: Json) -> int:
    number = (replica_set["metadata"].get("annotations") or {}).get(_REVISION, "")
    return int(number) if number.isdigit() else 0


def _owners(pod: Json) -> Iterator[str]:
    return (owner.get("uid", "") for owner in pod["metadata"].get("ownerReferences", ()))


def ready(pod: Json) -> bool:
    """Whether the kubelet calls it ready."""
    return condition(pod, "Ready").get("status") == "True"


def images(pod: Json) -> str:
    """The images of its containers, as the manifest has them."""
    return ", ".join(container.get("image", "") for container in pod["spec"].get("containers", ()))


def trouble(pod: Json) -> str:
    """Why a pod is not ready, in the words of the scheduler, the kubelet, the registry or the container."""
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return _said(scheduled.get("reason", "Unschedulable"), scheduled.get("message", ""))
    status = pod.get("status", {})
    kinds = ("initContainerStatuses", "containerStatuses")
    for container in chain.from_iterable(status.get(kind) or () for kind in kinds):
        if told := _container(container):
            return told
    if status.get("reason"):
        return _said(status["reason"], status.get("message", ""))
    unready = condition(pod, "Ready")
    return _said(unready.get("reason") or status.get("phase", "Unknown"), unready.get("message", ""))


def _container(status: Json) -> str:
    """What a container waits for, or how it ended; nothing for one that runs or ended well."""
    state = status.get("state") or {}
    if waiting := state.get("waiting"):
        told = _said(waiting.get("reason", "Waiting"), waiting.get("message", ""))
        before = (status.get("lastState") or {}).get("terminated")
        return f"{told}; it last ended with {_ended(before)}" if before else told
    terminated = state.get("terminated")
    return f"ended with {_ended(terminated)}" if terminated and terminated.get("exitCode") else ""


def _ended(terminated: Json) -> str:
    told = f"exit code {terminated.get('exitCode')}"
    reason = terminated.get("reason", "Error")
    return _said(told if reason == "Error" else f"{told} ({reason})", terminated.get("message", ""))


def _said(reason: str, message: str) -> str:
    text = " ".join(message.split())
    text = f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
    return f"{reason}: {text}" if text else reason
