"""Changes that the API server refuses as an update, although it takes the object as a new one.

The facts are those of the update validation in `pkg/apis/*/validation` of Kubernetes; the tests hold them
against a real API server (`tests/cluster/transitions.yaml`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from generator.core.checks.quantities import amount
from generator.core.review.effects import ABSENT, Effect, Field, Impact
from generator.core.review.objects import ObjectChange, Objects, get

Condition = Callable[[ObjectChange, Field], bool]


class Frozen(NamedTuple):
    """Fields of a kind that cannot change, but those named in `free`, and only where `when` holds."""

    field: tuple[str, ...]
    free: tuple[tuple[str, ...], ...] = ()
    when: Condition = lambda change, field: True


def _was_set(change: ObjectChange, field: Field) -> bool:
    """Fields with a server-side default are refused only where both sides say something else."""
    return field.before not in (ABSENT, "", None) and field.after not in (ABSENT, "", None)


def _frozen_data(change: ObjectChange, field: Field) -> bool:
    return get(change.old, "immutable", default=False) is True


def _unfrozen(change: ObjectChange, field: Field) -> bool:
    return field.before is True


def _job_is_fixed(change: ObjectChange, field: Field) -> bool:
    """The completions of an indexed Job may follow its parallelism; all else is fixed."""
    spec = change.new.get("spec", {})
    indexed = spec.get("completionMode") == "Indexed"
    return not (indexed and spec.get("completions") == spec.get("parallelism"))


def _shrinks(change: ObjectChange, field: Field) -> bool:
    return field.after is ABSENT or (
        field.before is not ABSENT and amount(field.after) < amount(field.before)
    )


def _is_load_balancer(change: ObjectChange, field: Field) -> bool:
    """The class of a load balancer is fixed for as long as the Service is one."""
    return all(get(body, "spec", "type") == "LoadBalancer" for body in (change.old, change.new))


def _address_changes(change: ObjectChange, field: Field) -> bool:
    """Every Service but an ExternalName has an address, which may be left out but not changed."""
    types = {get(body, "spec", "type") for body in (change.old, change.new)}
    return "ExternalName" not in types and field.after not in (ABSENT, "")


_POD_FREE: Final = (
    ("activeDeadlineSeconds",),
    ("tolerations",),
    ("terminationGracePeriodSeconds",),
)

_FROZEN: Final[dict[str, tuple[Frozen, ...]]] = {
    "Deployment": (Frozen(("spec", "selector")),),
    "ReplicaSet": (Frozen(("spec", "selector")),),
    "DaemonSet": (Frozen(("spec", "selector")),),
    "StatefulSet": (
        Frozen(
            ("spec",),
            (
                ("replicas",),
                ("ordinals",),
                ("template",),
                ("updateStrategy",),
                ("revisionHistoryLimit",),
                ("persistentVolumeClaimRetentionPolicy",),
                ("minReadySeconds",),
            ),
        ),
    ),
    "Job": (
        Frozen(("spec", "selector"), when=_was_set),
        Frozen(("spec", "template")),
        Frozen(("spec", "completions"), when=_job_is_fixed),
        Frozen(("spec", "completionMode")),
        Frozen(("spec", "podFailurePolicy")),
        Frozen(("spec", "successPolicy")),
        Frozen(("spec", "backoffLimitPerIndex")),
        Frozen(("spec", "managedBy")),
        Frozen(("spec", "podReplacementPolicy"), when=_was_set),
    ),
    "Pod": (Frozen(("spec",), _POD_FREE),),
    "Service": (
        Frozen(("spec", "clusterIP"), when=_address_changes),
        Frozen(("spec", "loadBalancerClass"), when=_is_load_balancer),
        Frozen(("spec", "healthCheckNodePort"), when=_was_set),
    ),
    "ConfigMap": (
        Frozen(("data",), when=_frozen_data),
        Frozen(("binaryData",), when=_frozen_data),
        Frozen(("immutable",), when=_unfrozen),
    ),
    "Secret": (
        Frozen(("type",)),
        Frozen(("data",), when=_frozen_data),
        Frozen(("stringData",), when=_frozen_data),
        Frozen(("immutable",), when=_unfrozen),
    ),
    "PersistentVolumeClaim": (
        Frozen(("spec",), (("resources",), ("volumeAttributesClassName",))),
        Frozen(("spec", "resources", "requests", "storage"), when=_shrinks),
    ),
    "StorageClass": tuple(
        Frozen((name,)) for name in ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")
    ),
    "RoleBinding": (Frozen(("roleRef",)),),
    "ClusterRoleBinding": (Frozen(("roleRef",)),),
    "PriorityClass": (Frozen(("value",)), Frozen(("preemptionPolicy",))),
    "RuntimeClass": (Frozen(("handler",)),),
    "IngressClass": (Frozen(("spec", "controller")),),
    "CustomResourceDefinition": (Frozen(("spec", "scope")), Frozen(("spec", "group"))),
}

# What the way out costs: the object is deleted and created again.
_ORPHANED: Final = "its pods stop; `kubectl delete --cascade=orphan` keeps them running meanwhile"
_COSTS: Final = {
    "Deployment": _ORPHANED,
    "ReplicaSet": _ORPHANED,
    "DaemonSet": _ORPHANED,
    "StatefulSet": "`kubectl delete --cascade=orphan` keeps its pods and claims",
    "Job": "what it has done so far is lost, and it runs again",
    "Pod": "it stops and starts anew",
    "Service": "its address changes, and a load balancer is released and set up again",
    "PersistentVolumeClaim": "its data are lost unless the volume's reclaim policy is Retain",
    "StorageClass": "existing volumes keep their settings",
    "RoleBinding": "its subjects lose their rights in between",
    "ClusterRoleBinding": "its subjects lose their rights in between",
    "CustomResourceDefinition": "every object of the kind is deleted with it",
    "ConfigMap": "better, give it a new name and refer to that",
    "Secret": "better, give it a new name and refer to that",
}


def refused(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """Fields that no update may change."""
    if change.before is None or change.after is None:
        return
    for frozen in _FROZEN.get(change.identity.kind, ()):
        fields = tuple(f for f in change.below(*frozen.field) if _is_refused(change, frozen, f))
        if fields:
            yield _refusal(change, frozen, fields)
    yield from _recreate(change)


def _is_refused(change: ObjectChange, frozen: Frozen, field: Field) -> bool:
    path = _text(field)[len(frozen.field) :]
    free = any(path[: len(name)] == name for name in frozen.free)
    is_image = change.identity.kind == "Pod" and path[-1:] == ("image",)
    return not free and not is_image and frozen.when(change, field)


def _text(field: Field) -> tuple[str | int, ...]:
    return field.before_at if field.after is ABSENT else field.after_at


def _refusal(change: ObjectChange, frozen: Frozen, fields: tuple[Field, ...]) -> Effect:
    kind = change.identity.kind
    cost = _COSTS.get(kind, "")
    if frozen.when is _shrinks:
        return Effect(
            Impact.REFUSED, "a claim cannot shrink", fields, "create a smaller claim and copy the data"
        )
    names = ", ".join(f"`{field.name}`" for field in fields[:3]) + (" …" if len(fields) > 3 else "")
    way = f"delete the {kind} and apply again" + (f": {cost}" if cost else "")
    return Effect(Impact.REFUSED, f"{names} cannot be changed in an existing {kind}", fields, way)


def _recreate(change: ObjectChange) -> Iterator[Effect]:
    """A strategy that contradicts the settings of the one before, which the API server has filled in."""
    kind = change.identity.kind
    strategy = _ALTERNATIVES.get(kind)
    if strategy is None or not (fields := change.below("spec", strategy.field)):
        return
    old, new = (get(body, "spec", strategy.field, default={}) for body in (change.old, change.new))
    types = [one.get("type", "RollingUpdate") for one in (old, new)]
    stated = bool(old.get("rollingUpdate"))  # then apply takes it away
    if types != ["RollingUpdate", strategy.other] or stated:
        return
    who = "server-side apply" if kind == "Deployment" else "the API server"
    also = "; client-side `kubectl apply` works" if kind == "Deployment" else ""
    reason = (
        f"{who} refuses `{strategy.other}` beside the rolling update that the API server has filled in{also}"
    )
    patch = json.dumps({"spec": {strategy.field: {"type": strategy.other, "rollingUpdate": None}}})
    help = f"first run: kubectl patch {kind.lower()}/{change.identity.name} --type merge -p '{patch}'"
    yield Effect(Impact.REFUSED, reason, fields, help)


class _Alternative(NamedTuple):
    """The strategy that takes no rolling update, and the field that holds it."""

    field: str
    other: str


_ALTERNATIVES: Final = {
    "Deployment": _Alternative("strategy", "Recreate"),
    "StatefulSet": _Alternative("updateStrategy", "OnDelete"),
}
