"""Roles and their bindings."""

from __future__ import annotations

from typing import Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    form,
    inside,
    needs,
    none_of,
    show,
)

_RBAC: Final = "io.k8s.api.rbac.v1."
_GROUP: Final = "rbac.authorization.k8s.io"


def _policy_rule(value: Value) -> Faults:
    if value.get("nonResourceURLs"):
        for field in ("apiGroups", "resources", "resourceNames"):
            if value.get(field):
                yield Fault("exclusive", (field,), "a rule cannot have both resources and nonResourceURLs")
        return
    for field in ("apiGroups", "resources"):
        if not value.get(field):
            yield Fault("required", (), f"`{field}` is missing")


def _subject(value: Value) -> Faults:
    kind, name, group = value.get("kind", ""), value.get("name", ""), value.get("apiGroup")
    if not name:
        yield Fault("required", (), "`name` is empty")
    elif kind == "ServiceAccount" and not forms.SUBDOMAIN.test(name):
        yield Fault(
            "name",
            ("name",),
            "not a name that a ServiceAccount may have",
            show(name),
            forms.SUBDOMAIN.expected,
        )
    wanted = "" if kind == "ServiceAccount" else _GROUP
    if kind in ("ServiceAccount", "User", "Group") and (group or wanted) != wanted:
        expected = f"`{wanted}`" if wanted else "none"
        yield Fault("value", ("apiGroup",), f"not the API group of a {kind}", show(group), expected)


def _in_cluster(value: Value) -> Faults:
    """A binding for the whole cluster says in which namespace a service account is."""
    for index, subject in enumerate(value.get("subjects") or ()):
        if subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            yield Fault("required", ("subjects", index), "`namespace` is missing for a ServiceAccount")


def _role(*kinds: str) -> Rule:
    return inside(
        "roleRef",
        needs("kind", "name"),
        among("kind", *kinds),
        among("apiGroup", _GROUP),
        form("name", forms.SEGMENT, "name"),
    )


RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_RBAC}Role": (
        inside(
            "rules", none_of("nonResourceURLs", because="only a ClusterRole has rules about nonResourceURLs")
        ),
    ),
    f"{_RBAC}PolicyRule": (needs("verbs"), _policy_rule),
    f"{_RBAC}AggregationRule": (needs("clusterRoleSelectors"),),
    f"{_RBAC}RoleBinding": (_role("Role", "ClusterRole"),),
    f"{_RBAC}ClusterRoleBinding": (_role("ClusterRole"), _in_cluster),
    f"{_RBAC}Subject": (
        needs("kind"),
        among("kind", "ServiceAccount", "User", "Group"),
        _subject,
    ),
}
