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
        return said(scheduled.get("reason", "Unschedulable"), scheduled.get("message", ""))
    if told := _container(ailing(pod)):
        return told
    status = pod.get("status", {})
    if status.get("reason"):
        return said(status["reason"], status.get("message", ""))
    unready = condition(pod, "Ready")
    return said(unready.get("reason") or status.get("phase", "Unknown"), unready.get("message", ""))


def ailing(pod: Json) -> Json:
    """The status of the first container that waits or has failed, or nothing."""
    status = pod.get("status", {})
    kinds = ("initContainerStatuses", "containerStatuses")
    containers = chain.from_iterable(status.get(kind) or () for kind in kinds)
    return next(filter(_container, containers), {})


def given_secrets(pod: Json, name: str) -> bool:
    """Whether a container is given what a Secret holds, as a variable or as a file."""
    spec = pod["spec"]
    containers = (*(spec.get("initContainers") or ()), *spec.get("containers", ()))
    container: Json = next((one for one in containers if one.get("name") == name), {})
    variables = [one.get("valueFrom") or {} for one in container.get("env") or ()]
    mounted = {one.get("name") for one in container.get("volumeMounts") or ()}
    return (
        any("secretKeyRef" in one for one in variables)
        or any("secretRef" in one for one in container.get("envFrom") or ())
        or any(_holds_secrets(one) for one in spec.get("volumes") or () if one.get("name") in mounted)
    )


def _holds_secrets(volume: Json) -> bool:
    sources = (volume.get("projected") or {}).get("sources") or ()
    return "secret" in volume or "csi" in volume or any("secret" in source for source in sources)


def _container(status: Json) -> str:
    """What a container waits for, or how it ended; nothing for one that runs or ended well, or for none."""
    state = status.get("state") or {}
    if waiting := state.get("waiting"):
        told = said(waiting.get("reason", "Waiting"), waiting.get("message", ""))
        before = (status.get("lastState") or {}).get("terminated")
        return f"{told}; it last ended with {_ended(before)}" if before else told
    terminated = state.get("terminated")
    return f"ended with {_ended(terminated)}" if terminated and terminated.get("exitCode") else ""


def _ended(terminated: Json) -> str:
    told = f"exit code {terminated.get('exitCode')}"
    reason = terminated.get("reason", "Error")
    return said(told if reason == "Error" else f"{told} ({reason})", terminated.get("message", ""))


def said(reason: str, message: str) -> str:
    """A reason with its message, on one line and of bounded length."""
    text = " ".join(message.split())
    text = f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
    return f"{reason}: {text}" if text else reason
