"""Deployments, StatefulSets, DaemonSets and ReplicaSets: their strategies and selectors."""

from __future__ import annotations

from typing import Any, Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    absent,
    among,
    between,
    form,
    has,
    needs,
    none_of,
    show,
    when,
)
from generator.core.checks.kinds.metadata import matches

_APPS: Final = "io.k8s.api.apps.v1."
_DEADLINE: Final = 600  # progressDeadlineSeconds where it is not given


def selects(value: Value) -> Faults:
    """A workload's selector is not empty, and finds the pods of its own template."""
    selector = value.get("selector")
    if selector is None:
        return
    if not (selector.get("matchLabels") or selector.get("matchExpressions")):
        yield Fault("selector", ("selector",), "the selector is empty; it must match the pods")
        return
    carried = ((value.get("template") or {}).get("metadata") or {}).get("labels") or {}
    message = "the pods of this object do not have the label that it selects"
    for key, text in (selector.get("matchLabels") or {}).items():
        if carried.get(key) != text:
            found = f'"{carried[key]}"' if key in carried else "no such label"
            yield Fault("selector", ("selector", "matchLabels", key), message, found, f'"{text}"')
    for index, one in enumerate(selector.get("matchExpressions") or ()):
        if one.get("key") and not matches({"matchExpressions": [one]}, carried):
            found = f'"{carried[one["key"]]}"' if one["key"] in carried else "no such label"
            yield Fault("selector", ("selector", "matchExpressions", index), message, found)


def _always(value: Value) -> Faults:
    spec = (value.get("template") or {}).get("spec") or {}
    policy = spec.get("restartPolicy") or "Always"
    if policy != "Always":
        place = ("template", "spec", "restartPolicy")
        yield Fault("value", place, "pods of this kind are always restarted", show(policy), "`Always`")
    if "activeDeadlineSeconds" in spec:
        place = ("template", "spec", "activeDeadlineSeconds")
        yield Fault(
            "exclusive", place, "only Jobs and bare Pods have a deadline", show(spec["activeDeadlineSeconds"])
        )


def _nothing(amount: Any) -> bool:
    return amount == 0 or (isinstance(amount, str) and amount.rstrip("%").strip("0") == "")


def _rollout(value: Value) -> Faults:
    ready, deadline = value.get("minReadySeconds", 0), value.get("progressDeadlineSeconds", _DEADLINE)
    if ready >= deadline:
        expected = f"less than {deadline}, progressDeadlineSeconds"
        yield Fault(
            "rollout",
            ("minReadySeconds",),
            "the rollout fails before a pod is ready",
            f"{ready}",
            expected,
        )


def _replaceable(value: Value) -> Faults:
    rolling = value.get("rollingUpdate") or {}
    if all(_nothing(rolling.get(field, 1)) for field in ("maxSurge", "maxUnavailable")):
        message = "maxSurge and maxUnavailable are both 0, so no pod can be replaced"
        yield Fault("rollout", ("rollingUpdate",), message)


def _daemon_update(value: Value) -> Faults:
    """Of a node's daemon either the old or the new one comes first."""
    unavailable, surge = value.get("maxUnavailable", 1), value.get("maxSurge", 0)
    if not _nothing(unavailable) and not _nothing(surge):
        yield Fault("exclusive", ("maxSurge",), "`maxUnavailable` must be 0 with it", show(surge))
    if _nothing(unavailable) and _nothing(surge):
        message = "maxSurge and maxUnavailable are both 0, so no pod can be replaced"
        yield Fault("rollout", ("maxUnavailable",) if "maxUnavailable" in value else (), message)


_NOT_ROLLED: Final = "this strategy has no rolling update"
_SELECTING: Final[tuple[Rule, ...]] = (absent("selector"), selects, _always)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_APPS}DeploymentSpec": (*_SELECTING, _rollout),
    f"{_APPS}DeploymentStrategy": (
        when(
            has("type", "Recreate"),
            none_of("rollingUpdate", because="strategy.type is Recreate"),
        ),
        when(lambda v: (v.get("type") or "RollingUpdate") == "RollingUpdate", _replaceable),
    ),
    f"{_APPS}ReplicaSet": (needs("spec"),),
    f"{_APPS}ReplicaSetSpec": (
        *_SELECTING,
        absent("template"),
        between("replicas", 0),
        between("minReadySeconds", 0),
    ),
    f"{_APPS}StatefulSetSpec": (*_SELECTING, form("serviceName", forms.LABEL, "name")),
    f"{_APPS}StatefulSetUpdateStrategy": (
        when(has("type", "OnDelete"), none_of("rollingUpdate", because=_NOT_ROLLED)),
    ),
    f"{_APPS}RollingUpdateStatefulSetStrategy": (between("partition", 0),),
    f"{_APPS}StatefulSetOrdinals": (between("start", 0),),
    f"{_APPS}StatefulSetPersistentVolumeClaimRetentionPolicy": (
        among("whenDeleted", "Retain", "Delete"),
        among("whenScaled", "Retain", "Delete"),
    ),
    f"{_APPS}DaemonSetSpec": _SELECTING,
    f"{_APPS}RollingUpdateDaemonSet": (_daemon_update,),
}
