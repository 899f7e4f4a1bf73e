"""Where pods may run: affinity, tolerations, spread, and selectors of nodes."""

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
    distinct,
    each,
    form,
    inside,
    needs,
    none_of,
    show,
    when,
)

_CORE: Final = "io.k8s.api.core.v1."
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


def _values(value: Value) -> Faults:
    """How many values an operator of a node selector takes."""
    operator, values = value.get("operator"), value.get("values") or []
    if operator in ("In", "NotIn") and not values:
        yield Fault("required", (), f"`values` are required with {operator}")
    elif operator in ("Exists", "DoesNotExist") and values:
        yield Fault("exclusive", ("values",), f"{operator} takes no values")
    elif operator in ("Gt", "Lt") and len(values) != 1:
        yield Fault(
            "range", ("values",) if values else (), f"{operator} takes one value", f"{len(values)}", "1"
        )


def node_values(field: str) -> Rule:
    """Where a node must have a label, its value is one that a label may have."""
    return inside(
        field, inside("nodeSelectorTerms", inside("matchExpressions", each("values", forms.LABEL_VALUE)))
    )


def _fields(value: Value) -> Faults:
    """A node is selected by one field, its name."""
    for index, one in enumerate(value.get("matchFields") or ()):
        place = ("matchFields", index)
        if one.get("key") != "metadata.name":
            yield Fault(
                "value",
                (*place, "key"),
                "not a field to select nodes by",
                show(one.get("key")),
                "`metadata.name`",
            )
        if one.get("operator") not in ("In", "NotIn"):
            yield Fault(
                "value",
                (*place, "operator"),
                "not an operator for a field",
                show(one.get("operator")),
                "`In` or `NotIn`",
            )
        if len(one.get("values") or ()) != 1:
            yield Fault("range", place, "a field takes one value", f"{len(one.get('values') or ())}", "1")
        for number, name in enumerate(one.get("values") or ()):
            if not forms.SUBDOMAIN.test(name):
                yield Fault(
                    "name",
                    (*place, "values", number),
                    "not a node's name",
                    show(name),
                    forms.SUBDOMAIN.expected,
                )


def _toleration(value: Value) -> Faults:
    operator = value.get("operator") or "Equal"
    if operator == "Exists" and value.get("value"):
        message = "with the operator Exists any value is tolerated; leave this one out"
        yield Fault("exclusive", ("value",), message, show(value["value"]))
    if operator == "Equal" and not forms.LABEL_VALUE.test(value.get("value", "")):
        yield Fault(
            "value",
            ("value",),
            "not a value that a taint may have",
            show(value["value"]),
            forms.LABEL_VALUE.expected,
        )
    if operator in ("Gt", "Lt"):
        yield Fault(
            "value",
            ("operator",),
            "behind a feature gate that is off",
            show(operator),
            "one of `Equal`, `Exists`",
        )
    if not value.get("key") and operator != "Exists":
        yield Fault("required", (), "`key` is required unless the operator is Exists")
    if "tolerationSeconds" in value and value.get("effect") != "NoExecute":
        expected = "effect: NoExecute"
        yield Fault(
            "exclusive",
            ("tolerationSeconds",),
            "only pods that are evicted wait",
            show(value["tolerationSeconds"]),
            expected,
        )


def _keys_apart(value: Value) -> Faults:
    """Label keys that are matched do not stand in the selector too."""
    selector = value.get("labelSelector")
    chosen = selector or {}
    taken = {
        *(chosen.get("matchLabels") or {}),
        *(e.get("key") for e in chosen.get("matchExpressions") or ()),
    }
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = value.get(field) or []
        if keys and selector is None:
            yield Fault("required", (field,), "it needs a labelSelector")
        for index, key in enumerate(keys):
            if not forms.QUALIFIED.test(key):
                yield Fault(
                    "label-key", (field, index), "not a label's key", show(key), forms.QUALIFIED.expected
                )
            if field == "matchLabelKeys" and (key in taken or key in (value.get("mismatchLabelKeys") or ())):
                yield Fault("exclusive", (field, index), "this key is also selected elsewhere", show(key))


RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}NodeAffinity": (node_values("requiredDuringSchedulingIgnoredDuringExecution"),),
    f"{_CORE}NodeSelector": (needs("nodeSelectorTerms"),),
    f"{_CORE}NodeSelectorTerm": (
        _fields,
        inside("matchExpressions", form("key", forms.QUALIFIED, "label-key")),
    ),
    f"{_CORE}NodeSelectorRequirement": (
        needs("key", "operator"),
        among("operator", *_OPERATORS),
        _values,
    ),
    f"{_CORE}PodAffinityTerm": (
        needs("topologyKey"),
        form("topologyKey", forms.QUALIFIED),
        each("namespaces", forms.LABEL, "name"),
        _keys_apart,
    ),
    f"{_CORE}PreferredSchedulingTerm": (between("weight", 1, 100),),
    f"{_CORE}WeightedPodAffinityTerm": (between("weight", 1, 100),),
    f"{_CORE}Toleration": (form("key", forms.QUALIFIED), _toleration),
    f"{_CORE}TopologySpreadConstraint": (
        needs("topologyKey", "whenUnsatisfiable"),
        among("whenUnsatisfiable", "DoNotSchedule", "ScheduleAnyway"),
        among("nodeAffinityPolicy", "Honor", "Ignore", empty=False),
        among("nodeTaintsPolicy", "Honor", "Ignore", empty=False),
        when(
            lambda value: value.get("whenUnsatisfiable") != "DoNotSchedule",
            none_of("minDomains", because="it needs whenUnsatisfiable: DoNotSchedule"),
        ),
        _keys_apart,
    ),
    f"{_CORE}TopologySelectorTerm": (distinct("matchLabelExpressions", "key"),),
    f"{_CORE}TopologySelectorLabelRequirement": (
        needs("key", "values"),
        form("key", forms.QUALIFIED, "label-key"),
        distinct("values"),
    ),
}
