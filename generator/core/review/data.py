"""Changes that put data at risk, or take configuration away from pods that still use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from generator.core.checks.pods import Pod, pod_of
from generator.core.review.effects import ABSENT, Effect, Field, Impact
from generator.core.review.objects import ObjectChange, Objects, get

_SOURCES: Final = ("persistentVolumeClaim", "hostPath", "nfs", "csi", "emptyDir", "image", "ephemeral")


def volumes(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A pod whose volume holds other data than before, or none, or is mounted elsewhere."""
    if change.before is None or change.after is None:
        return
    old, new = pod_of(change.before), pod_of(change.after)
    if old is None or new is None:
        return
    fields = tuple(f for f in change.below(*map(str, new.path), "spec") if _moves_data(f))
    if fields:
        yield Effect(Impact.DATA, "the pods see other data: a volume or its mount point changes", fields)


def _moves_data(field: Field) -> bool:
    """Whether a volume changes its source, or a mount that was there its place."""
    if field.before is ABSENT:
        return False
    path = field.before_at
    source = "volumes" in path and (bool(set(_SOURCES) & set(path)) or _held(field.before))
    return source or ("volumeMounts" in path and path[-1] in ("mountPath", "subPath", "subPathExpr"))


def _held(volume: Any) -> bool:
    return isinstance(volume, dict) and "persistentVolumeClaim" in volume


def claims(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A claim or volume that goes, or whose data no longer outlive it."""
    kind = change.identity.kind
    if change.after is None and kind in ("PersistentVolumeClaim", "PersistentVolume"):
        yield Effect(Impact.DATA, "whoever deletes it deletes its data, unless the reclaim policy is Retain")
    reclaimed = change.below("spec", "persistentVolumeReclaimPolicy")
    if reclaimed and get(change.new, "spec", "persistentVolumeReclaimPolicy") == "Delete":
        yield Effect(Impact.DATA, "its data are deleted with its claim", reclaimed)
    retained = change.below("spec", "persistentVolumeClaimRetentionPolicy")
    policy = get(change.new, "spec", "persistentVolumeClaimRetentionPolicy", default={})
    if retained and "Delete" in policy.values():
        yield Effect(Impact.DATA, "claims are deleted with the pods", retained)


def references(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A ConfigMap, Secret or claim that goes while pods still refer to it."""
    kind, name = change.identity.kind, change.identity.name
    if change.after is not None or kind not in ("ConfigMap", "Secret", "PersistentVolumeClaim"):
        return
    users = [p for p in after.pods if p.namespace == change.identity.namespace and (kind, name) in _used(p)]
    if users:
        names = ", ".join(f"{pod.manifest.identity.kind} {pod.manifest.identity.name}" for pod in users)
        yield Effect(Impact.DATA, f"{names} still needs it: once it is deleted, new pods do not start")


def _used(pod: Pod) -> set[tuple[str, str]]:
    """What the volumes and the environment of a pod refer to."""
    found: set[tuple[str, str]] = set()
    for volume in pod.spec.get("volumes") or ():
        found.add(("ConfigMap", get(volume, "configMap", "name", default="")))
        found.add(("Secret", get(volume, "secret", "secretName", default="")))
        found.add(("PersistentVolumeClaim", get(volume, "persistentVolumeClaim", "claimName", default="")))
    for _, container in pod.containers():
        sources = [
            *(container.get("envFrom") or ()),
            *(e.get("valueFrom") or {} for e in container.get("env") or ()),
        ]
        for source in sources:
            for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                for ending in ("Ref", "KeyRef"):
                    found.add((kind, get(source, f"{field}{ending}", "name", default="")))
    return found
