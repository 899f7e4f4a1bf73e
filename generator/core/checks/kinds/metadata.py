"""Labels, annotations, selectors and the other parts of an object's metadata."""

from __future__ import annotations

from typing import Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    each,
    form,
    keys,
    needs,
    none_of,
    show,
    when,
)

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1."
_ANNOTATIONS: Final = 1 << 18  # bytes of all annotations of an object, keys included
_ITEMS: Final = ("In", "NotIn")


def labels(field: str) -> tuple[Rule, ...]:
    """The rules for a mapping of labels in a field."""
    return keys(field, forms.QUALIFIED, "label-key", "not a key that a label may have"), _values(field)


def _values(field: str) -> Rule:
    def rule(value: Value) -> Faults:
        for key, text in (value.get(field) or {}).items():
            if not forms.LABEL_VALUE.test(str(text)):
                message = "not a value that a label may have"
                yield Fault("label-value", (field, key), message, show(text), forms.LABEL_VALUE.expected)

    return rule


def _annotations(value: Value) -> Faults:
    found = value.get("annotations") or {}
    size = sum(len(f"{key}{text}".encode()) for key, text in found.items())
    if size > _ANNOTATIONS:
        yield Fault(
            "size", ("annotations",), "too large", f"{size} bytes", f"at most {_ANNOTATIONS} bytes in all"
        )


def matches(selector: Value, carried: Value) -> bool:
    """Whether a label selector selects what carries these labels."""
    if any(carried.get(key) != text for key, text in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_meets(one, carried) for one in selector.get("matchExpressions") or ())


def _meets(requirement: Value, carried: Value) -> bool:
    key, values = str(requirement.get("key")), requirement.get("values") or ()
    match requirement.get("operator"):
        case "In":
            return carried.get(key) in values
        case "NotIn":
            return carried.get(key) not in values
        case "Exists":
            return key in carried
        case _:
            return key not in carried


# What holds for every object, of whatever API.
ANY: Final[tuple[Rule, ...]] = (
    *labels("labels"),
    keys("annotations", forms.ANNOTATION_KEY, "label-key", "not a key that an annotation may have"),
    _annotations,
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_META}ObjectMeta": (
        *ANY,
        each("finalizers", forms.FINALIZER),
        form("generateName", forms.matching(r"[a-z0-9][-a-z0-9.]*", "the beginning of a name")),
    ),
    f"{_META}OwnerReference": (needs("apiVersion", "kind", "name", "uid"),),
    f"{_META}LabelSelector": labels("matchLabels"),
    f"{_META}LabelSelectorRequirement": (
        needs("key", "operator"),
        among("operator", *_ITEMS, "Exists", "DoesNotExist"),
        form("key", forms.QUALIFIED, "label-key"),
        each("values", forms.LABEL_VALUE, "label-value"),
        when(lambda value: value.get("operator") in _ITEMS, needs("values", because="with this operator")),
        when(
            lambda value: value.get("operator") in ("Exists", "DoesNotExist"),
            none_of("values", because="this operator takes no values"),
        ),
    ),
}
