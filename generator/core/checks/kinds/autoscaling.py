"""Autoscalers and disruption budgets."""

from __future__ import annotations

from typing import Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    between,
    form,
    inside,
    needs,
    none_of,
    show,
    there,
    when,
)
from generator.core.checks.quantities import amount

_HPA: Final = "io.k8s.api.autoscaling.v2."
_OLD: Final = "io.k8s.api.autoscaling.v1."
_SOURCES: Final = ("resource", "containerResource", "pods", "object", "external")
_WINDOW: Final = 3600  # seconds
_PERIOD: Final = 1800  # seconds
_API_VERSION: Final = forms.matching(r"[^/]*(/[^/]*)?", "a group, `/` and a version, as in `apps/v1`")


def _bounds(value: Value) -> Faults:
    least, most = value.get("minReplicas", 1), value["maxReplicas"]
    if least > most:
        yield Fault(
            "exclusive", ("minReplicas",), f"more than maxReplicas, {most}", show(least), f"at most {most}"
        )


def _source(value: Value) -> Faults:
    """A metric says more under the field that its type names, and under no other."""
    kind = value.get("type") or ""
    wanted = kind[:1].lower() + kind[1:]
    if wanted in _SOURCES and value.get(wanted) is None:
        yield Fault("exclusive", (), f"a metric of the type {kind} says more under `{wanted}`")
    for field in _SOURCES:
        if field in value and field != wanted:
            yield Fault("exclusive", (field,), f"the metric's type is {kind}")


def _target(*choice: str, alone: bool) -> Rule:
    """One of some fields of a metric's target is there, and `alone` if they exclude each other."""

    def rule(value: Value) -> Faults:
        target = value.get("target") or {}
        found = [field for field in choice if field in target]
        if not found:
            listed = " or ".join(f"`{field}`" for field in choice)
            yield Fault("required", ("target",), f"it needs {listed}")
        elif alone and len(found) > 1:
            yield Fault("exclusive", ("target", found[1]), f"it cannot be combined with `{found[0]}`")

    return rule


def positive(field: str) -> Rule:
    """A quantity is above zero."""

    def rule(value: Value) -> Faults:
        found = value.get(field)
        if found is not None and amount(found) <= 0:
            yield Fault("range", (field,), "out of range", show(found), "more than 0")

    return rule


def _share(field: str) -> Rule:
    def rule(value: Value) -> Faults:
        found = value.get(field)
        if isinstance(found, str) and found.endswith("%") and found[:-1].isdigit() and int(found[:-1]) > 100:
            yield Fault("range", (field,), "out of range", show(found), "at most 100%")

    return rule


_REFERENCE: Final = (
    needs("kind", "name"),
    form("kind", forms.SEGMENT),
    form("name", forms.SEGMENT, "name"),
    form("apiVersion", _API_VERSION),
)
_TARGETED: Final = inside(
    "scaleTargetRef",
    needs("apiVersion"),
    form("apiVersion", forms.matching(r"[^/]+/[^/]*", _API_VERSION.expected)),
)
_METRIC: Final = inside("metric", needs("name"), form("name", forms.SEGMENT, "name"))

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_HPA}HorizontalPodAutoscalerSpec": (_bounds, _TARGETED),
    f"{_OLD}HorizontalPodAutoscaler": (needs("spec"),),
    f"{_OLD}HorizontalPodAutoscalerSpec": (
        between("maxReplicas", 1),
        between("minReplicas", 1),
        between("targetCPUUtilizationPercentage", 1),
        _bounds,
        _TARGETED,
    ),
    f"{_HPA}CrossVersionObjectReference": _REFERENCE,
    f"{_OLD}CrossVersionObjectReference": _REFERENCE,
    f"{_HPA}MetricSpec": (_source,),
    f"{_HPA}ResourceMetricSource": (
        needs("name"),
        _target("averageUtilization", "averageValue", alone=True),
    ),
    f"{_HPA}ContainerResourceMetricSource": (
        needs("name", "container"),
        form("name", forms.CONTAINER_RESOURCE),
        form("container", forms.LABEL, "name"),
        _target("averageUtilization", "averageValue", alone=True),
    ),
    f"{_HPA}PodsMetricSource": (_METRIC, _target("averageValue", alone=False)),
    f"{_HPA}ObjectMetricSource": (_METRIC, _target("value", "averageValue", alone=False)),
    f"{_HPA}ExternalMetricSource": (_METRIC, _target("value", "averageValue", alone=True)),
    f"{_HPA}MetricTarget": (
        needs("type"),
        among("type", "Utilization", "Value", "AverageValue"),
        positive("value"),
        positive("averageValue"),
        between("averageUtilization", 1),
    ),
    f"{_HPA}HPAScalingRules": (
        between("stabilizationWindowSeconds", 0, _WINDOW),
        among("selectPolicy", "Max", "Min", "Disabled", empty=False),
        when(lambda value: value.get("policies") == [], needs("policies")),
    ),
    f"{_HPA}HPAScalingPolicy": (
        needs("type"),
        among("type", "Pods", "Percent"),
        between("value", 1),
        between("periodSeconds", 1, _PERIOD),
    ),
    "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": (
        when(
            there("maxUnavailable"),
            none_of("minAvailable", because="a budget has either minAvailable or maxUnavailable"),
        ),
        _share("minAvailable"),
        _share("maxUnavailable"),
        among("unhealthyPodEvictionPolicy", "IfHealthyBudget", "AlwaysAllow", empty=False),
    ),
}
