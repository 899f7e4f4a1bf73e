"""Changes that take a service away, for a moment or for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from generator.core.checks.pods import Pod
from generator.core.manifests import Identity, Manifest
from generator.core.review.effects import ABSENT, Effect, Field, Impact
from generator.core.review.objects import ObjectChange, Objects, get

SCALED: Final = ("Deployment", "StatefulSet", "ReplicaSet")


def autoscaler(target: Manifest, objects: Objects) -> Manifest | None:
    """The autoscaler of a workload, if there is one."""
    for scaler in objects.of("HorizontalPodAutoscaler"):
        ref = get(scaler.body, "spec", "scaleTargetRef", default={})
        same_place = scaler.identity.namespace == target.identity.namespace
        if same_place and (ref.get("kind"), ref.get("name")) == (target.identity.kind, target.identity.name):
            return scaler
    return None


def replicas(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """Replicas that fall to none, fall to one because nobody states them any more, or are cut back."""
    fields = change.below("spec", "replicas")
    if change.identity.kind not in SCALED or not fields or change.before is None or change.after is None:
        return
    field = fields[0]
    old = 1 if field.before is ABSENT else field.before
    if field.after is ABSENT and autoscaler(change.after, after):
        reason, help = handed_over(change.identity, old)
        if old > 1:
            yield Effect(Impact.OUTAGE, reason, (field,), help)
        else:
            yield Effect(Impact.IN_PLACE, "the autoscaler takes over the number of pods", (field,))
    elif field.after is ABSENT and old > 1:
        yield Effect(Impact.OUTAGE, f"without `replicas` the next apply takes {old} pods to 1", (field,))
    elif field.after == 0:
        yield Effect(Impact.OUTAGE, f"all {old} pods stop", (field,))
    elif (scaler := autoscaler(change.before, before)) is not None and not autoscaler(change.after, after):
        yield from _taken_back(scaler, field)


def handed_over(identity: Identity, pods: int) -> tuple[str, str]:
    """What happens when an autoscaler takes over `replicas`, and how to avoid it."""
    space = f" -n {identity.namespace}" if identity.namespace else ""
    reason = f"the next `kubectl apply` takes {pods} pods to 1 before the autoscaler adds any"
    help = (
        "first remove spec.replicas from what the live object has recorded: "
        f"kubectl apply edit-last-applied{space} {identity.kind.lower()}/{identity.name}"
    )
    return reason, help


def _taken_back(scaler: Manifest, field: Field) -> Iterator[Effect]:
    most, least = (
        get(scaler.body, "spec", "maxReplicas", default=1),
        get(scaler.body, "spec", "minReplicas", default=1),
    )
    new = 1 if field.after is ABSENT else field.after
    if new < most:
        reason = f"the autoscaler may run up to {most} pods (at least {least}); the next apply sets {new}"
        help = "check how many are running, and start from that number"
        yield Effect(Impact.OUTAGE, reason, (field,), help)


def disruption(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A budget that lets no pod go, so that nodes cannot be drained; a paused rollout."""
    if change.identity.kind == "PodDisruptionBudget" and change.after is not None:
        spec, fields = change.new.get("spec", {}), change.below("spec")
        pods = sum(count(pod, after) for pod in after.pods if _chosen(spec, pod, change.after))
        least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
        stuck = most in (0, "0%") or least == "100%" or (isinstance(least, int) and 0 < pods <= least)
        if stuck and (fields or change.before is None):
            reason = "the budget lets no pod go: draining a node blocks"
            yield Effect(Impact.OUTAGE, reason, fields, "leave at least one pod to go: maxUnavailable: 1")
    paused = change.below("spec", "paused")
    if change.identity.kind == "Deployment" and get(change.new, "spec", "paused") is True and paused:
        yield Effect(Impact.OUTAGE, "rollouts stop until `paused` is removed", paused)


def count(pod: Pod, objects: Objects) -> int:
    """How many pods a workload runs at least."""
    if (scaler := autoscaler(pod.manifest, objects)) is not None:
        return int(get(scaler.body, "spec", "minReplicas", default=1))
    kind, spec = pod.manifest.identity.kind, pod.manifest.body.get("spec", {})
    if kind == "Job":
        return int(spec.get("parallelism", 1))
    return int(spec.get("replicas", 1)) if kind in SCALED else 1


def _chosen(spec: dict[str, Any], pod: Pod, budget: Manifest) -> bool:
    wanted = get(spec, "selector", "matchLabels", default={})
    return (
        bool(wanted) and budget.identity.namespace == pod.namespace and wanted.items() <= pod.labels.items()
    )


def services(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A Service that loses its pods, or a port that clients use."""
    if change.identity.kind != "Service" or change.before is None or change.after is None:
        return
    fields = change.below("spec", "selector")
    if fields and _selected(change.before, before) and not _selected(change.after, after):
        yield Effect(Impact.OUTAGE, "the Service selects no pod any more", fields)
    gone = tuple(f for f in change.below("spec", "ports") if _port_goes(f))
    if gone:
        names = ", ".join(
            str(f.before if not isinstance(f.before, dict) else f.before.get("port")) for f in gone
        )
        yield Effect(Impact.OUTAGE, f"clients lose the port {names}", gone)


def _port_goes(field: Field) -> bool:
    whole = field.after is ABSENT and isinstance(field.before, dict) and "port" in field.before
    return whole or (field.before_at[-1] == "port" and field.before is not ABSENT)


def _selected(service: Manifest, objects: Objects) -> list[Pod]:
    wanted = get(service.body, "spec", "selector", default={})
    space = service.identity.namespace
    return [p for p in objects.pods if wanted and p.namespace == space and wanted.items() <= p.labels.items()]


def new_places(change: ObjectChange, before: Objects, after: Objects) -> list[Manifest]:
    """Objects of the same kind and name that come up in another namespace."""
    kind, name = change.identity.kind, change.identity.name
    return [
        other
        for other in after.of(kind)
        if other.identity.name == name and before.named(kind, other.identity.namespace, name) is None
    ]


def moved(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """An object that comes up in another namespace, while the old one is left behind."""
    identity = change.identity
    if change.after is not None or not identity.namespace:
        return
    elsewhere = new_places(change, before, after)
    if elsewhere and identity.kind in (*SCALED, "DaemonSet", "Service", "Ingress", "Job", "CronJob"):
        space = elsewhere[0].identity.namespace or "the default namespace"
        old = f"-n {identity.namespace} {identity.kind.lower()}/{identity.name}"
        reason = f"it moves to {space}; the old one is left behind, and clients still reach it"
        yield Effect(Impact.OUTAGE, reason, help=f"once nothing uses it: kubectl delete {old}")
