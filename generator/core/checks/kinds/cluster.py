"""What a cluster is set up with: quotas, limits, priorities, leases, runtimes, namespaces."""

from __future__ import annotations

from typing import Any, Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    between,
    distinct,
    each,
    form,
    inside,
    needs,
    show,
    there,
    when,
)
from generator.core.checks.kinds.metadata import labels
from generator.core.checks.quantities import ONE, amount
from generator.core.paths import Path

_CORE: Final = "io.k8s.api.core.v1."
_PRIORITY: Final = 10**9  # the highest that is not the system's own
_COUNTED: Final = (
    *("pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps"),
    *("persistentvolumeclaims", "services.nodeports", "services.loadbalancers"),
)
_COMPUTE: Final = ("cpu", "memory", "ephemeral-storage")
_QUOTA: Final = (
    *_COMPUTE,
    *(f"{side}.{name}" for side in ("requests", "limits") for name in _COMPUTE),
    "requests.storage",
    *_COUNTED,
)
_EXCLUDING: Final = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_SCOPES: Final = (
    *("Terminating", "NotTerminating", "BestEffort", "NotBestEffort"),
    *("PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"),
)
_OF_PODS: Final = (
    *_COMPUTE,
    *(q for q in _QUOTA if q.startswith(("requests.", "limits.")) and q != "requests.storage"),
    "pods",
)


def _resource_names(field: str, known: tuple[str, ...], prefixes: tuple[str, ...]) -> Rule:
    def rule(value: Value) -> Faults:
        for name in value.get(field) or ():
            plain = "/" not in name
            right = (name in known or name.startswith(prefixes)) if plain else forms.QUALIFIED.test(name)
            if not right:
                yield Fault(
                    "value",
                    (field, name),
                    "not the name of a resource",
                    show(name),
                    ", ".join(known),
                    "",
                    True,
                )

    return rule


def _amounts(field: str) -> Rule:
    """No amount is negative, and what is counted is whole."""

    def rule(value: Value) -> Faults:
        for name, quantity in (value.get(field) or {}).items():
            size = amount(quantity)
            counted = name in _COUNTED or "/" in name
            if size < 0 or (counted and size % ONE):
                expected = "a whole number" if counted else "at least 0"
                yield Fault("range", (field, name), "out of range", show(quantity), expected)

    return rule


def _scopes(value: Value) -> Faults:
    """Scopes that exclude each other, and resources that a scope cannot limit."""
    listed: list[tuple[Path, Any]] = [
        (("scopes", i), scope) for i, scope in enumerate(value.get("scopes") or ())
    ]
    selector = (value.get("scopeSelector") or {}).get("matchExpressions") or ()
    listed += [
        (("scopeSelector", "matchExpressions", i, "scopeName"), e.get("scopeName"))
        for i, e in enumerate(selector)
    ]
    names = {scope for _, scope in listed}
    for place, scope in listed:
        if scope not in _SCOPES:
            yield Fault("value", place, "not a scope", show(scope), ", ".join(_SCOPES))
        for one, other in _EXCLUDING:
            if scope == other and one in names:
                yield Fault("exclusive", place, f"it cannot be combined with {one}", show(scope))
        allowed = ("pods",) if scope == "BestEffort" else _OF_PODS
        for resource in value.get("hard") or ():
            if scope in _SCOPES[:6] and resource in _QUOTA and resource not in allowed:
                yield Fault(
                    "exclusive",
                    ("hard", resource),
                    f"the scope {scope} cannot limit this",
                    show(resource),
                    "",
                    "",
                    True,
                )


def _scoped(value: Value) -> Faults:
    operator, values = value.get("operator"), value.get("values") or []
    if value.get("scopeName") not in ("PriorityClass", "VolumeAttributesClass") and operator != "Exists":
        yield Fault("value", ("operator",), "this scope takes no values", show(operator), "`Exists`")
    elif operator in ("In", "NotIn") and not values:
        yield Fault("required", (), f"`values` are required with {operator}")
    elif operator in ("Exists", "DoesNotExist") and values:
        yield Fault("exclusive", ("values",), f"{operator} takes no values")


_ORDER: Final = (
    ("min", "max"),
    ("min", "defaultRequest"),
    ("defaultRequest", "max"),
    ("defaultRequest", "default"),
    ("min", "default"),
    ("default", "max"),
)


def _ordered(value: Value) -> Faults:
    """Of one resource, no least value is above a greatest one."""
    for low, high in _ORDER:
        for name, quantity in (value.get(low) or {}).items():
            other = (value.get(high) or {}).get(name)
            if other is not None and amount(quantity) > amount(other):
                yield Fault("range", (low, name), f"more than `{high}`", show(quantity), f"at most {other}")
    for name, ratio in (value.get("maxLimitRequestRatio") or {}).items():
        least, most = ((value.get(field) or {}).get(name) for field in ("min", "max"))
        if amount(ratio) < ONE:
            yield Fault("range", ("maxLimitRequestRatio", name), "out of range", show(ratio), "at least 1")
        elif least is not None and most is not None and _beyond(amount(ratio), amount(least), amount(most)):
            yield Fault("range", ("maxLimitRequestRatio", name), "more than max divided by min", show(ratio))


def _beyond(ratio: int, least: int, most: int) -> bool:
    return bool(least) and (least < 0 or ratio * least > most * ONE)


def _limit(value: Value) -> Faults:
    kind = value.get("type")
    if kind == "Pod":
        for field in ("default", "defaultRequest"):
            if value.get(field):
                yield Fault("exclusive", (field,), "a limit of the type Pod has no defaults")
    bounded = any("storage" in (value.get(field) or {}) for field in ("min", "max"))
    if kind == "PersistentVolumeClaim" and not bounded:
        yield Fault("required", (), "it needs `min` or `max` of storage")


def _limit_names(value: Value) -> Faults:
    known = _COMPUTE if value.get("type") in ("Pod", "Container") else (*_QUOTA, "storage")
    for field in ("default", "defaultRequest", "max", "maxLimitRequestRatio", "min"):
        yield from _resource_names(field, known, ("hugepages-",))(value)


def _priority(value: Value) -> Faults:
    name = (value.get("metadata") or {}).get("name", "")
    if name.startswith("system-"):
        yield Fault(
            "name",
            ("metadata", "name"),
            "names that begin with `system-` are reserved for the system",
            show(name),
        )
    elif value.get("value", 0) > _PRIORITY:
        yield Fault("range", ("value",), "out of range", show(value["value"]), f"at most {_PRIORITY}")


_OVERHEAD: Final = inside(
    "overhead", _resource_names("podFixed", _COMPUTE, ("hugepages-",)), _amounts("podFixed")
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}NamespaceSpec": (each("finalizers", forms.FINALIZER),),
    f"{_CORE}LimitRangeSpec": (distinct("limits", "type"),),
    f"{_CORE}LimitRangeItem": (
        needs("type"),
        form(
            "type",
            forms.Form(
                lambda t: "/" in t or t in ("Pod", "Container", "PersistentVolumeClaim"),
                "Pod, Container or PersistentVolumeClaim",
            ),
        ),
        form("type", forms.QUALIFIED),
        _limit,
        _limit_names,
        _ordered,
    ),
    f"{_CORE}ResourceQuotaSpec": (
        _resource_names("hard", _QUOTA, ("hugepages-", "requests.hugepages-")),
        _amounts("hard"),
        _scopes,
    ),
    f"{_CORE}ScopedResourceSelectorRequirement": (
        needs("operator"),
        among("operator", "In", "NotIn", "Exists", "DoesNotExist"),
        _scoped,
    ),
    "io.k8s.api.scheduling.v1.PriorityClass": (
        _priority,
        among("preemptionPolicy", "PreemptLowerPriority", "Never", empty=False),
    ),
    "io.k8s.api.coordination.v1.LeaseSpec": (
        between("leaseDurationSeconds", 1),
        between("leaseTransitions", 0),
        when(there("preferredHolder"), needs("strategy", because="beside preferredHolder")),
        form(
            "strategy",
            forms.Form(
                lambda t: t == "OldestEmulationVersion" or ("/" in t and forms.QUALIFIED.test(t)),
                "`OldestEmulationVersion`",
            ),
            empty=False,
        ),
    ),
    "io.k8s.api.node.v1.RuntimeClass": (
        needs("handler"),
        form("handler", forms.LABEL, "name"),
        _OVERHEAD,
    ),
    "io.k8s.api.node.v1.Scheduling": (
        *labels("nodeSelector"),
        distinct("tolerations", "key", "operator", "value", "effect"),
    ),
}
