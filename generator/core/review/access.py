"""Rights in the cluster that grow, and Pod Security levels that fall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from generator.core.review.effects import ABSENT, Effect, Impact
from generator.core.review.objects import ObjectChange, Objects, get

_LEVELS: Final = ("restricted", "baseline", "privileged")
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"

Right = tuple[str, str, str, str]  # API group or URL, resource, verb, name


def roles(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A role that allows what it did not."""
    if change.identity.kind not in ("Role", "ClusterRole") or change.after is None:
        return
    old, new = set(_rights(change.old)), set(_rights(change.new))
    gained = sorted(right for right in new if not any(_includes(known, right) for known in old))
    if gained:
        shown = ", ".join(_said(right) for right in gained[:3]) + (
            f" and {len(gained) - 3} more" if len(gained) > 3 else ""
        )
        yield Effect(Impact.EXPOSURE, f"allows {shown}", change.below("rules"))


def _rights(body: dict[str, Any]) -> Iterator[Right]:
    for rule in body.get("rules") or ():
        names = rule.get("resourceNames") or ["*"]
        yield from product(rule.get("apiGroups") or (), rule.get("resources") or (), rule["verbs"], names)
        yield from (
            ("", url, verb, "*") for url in rule.get("nonResourceURLs") or () for verb in rule["verbs"]
        )


def _includes(known: Right, right: Right) -> bool:
    return all(ours in ("*", theirs) for ours, theirs in zip(known, right, strict=True))


def _said(right: Right) -> str:
    group, resource, verb, name = right
    what = f"{resource}.{group}" if group else resource
    return f"{verb} {what}" + (f" named {name}" if name != "*" else "")


def bindings(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A binding that gives its role to more subjects."""
    if change.identity.kind not in ("RoleBinding", "ClusterRoleBinding") or change.after is None:
        return
    old = [_subject(s) for s in change.old.get("subjects") or ()]
    gained = [s for s in map(_subject, change.new.get("subjects") or ()) if s not in old]
    if gained:
        role = get(change.new, "roleRef", default={})
        reason = f"gives {role.get('kind', '')} {role.get('name', '')} to {', '.join(gained)}"
        yield Effect(Impact.EXPOSURE, reason, change.below("subjects"))


def _subject(subject: dict[str, Any]) -> str:
    space = f"{subject['namespace']}/" if subject.get("namespace") else ""
    return f"{subject.get('kind', '')} {space}{subject.get('name', '')}"


def security_levels(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A namespace that enforces a lower Pod Security level than it did."""
    if change.identity.kind != "Namespace" or change.before is None or change.after is None:
        return
    old, new = (
        get(body, "metadata", "labels", _ENFORCE, default="privileged") for body in (change.old, change.new)
    )
    if old in _LEVELS and new in _LEVELS and _LEVELS.index(new) > _LEVELS.index(old):
        fields = tuple(f for f in change.below("metadata", "labels") if _ENFORCE in f.name or _whole(f))
        yield Effect(Impact.EXPOSURE, f"pods may do what `{new}` allows, where `{old}` was enforced", fields)


def _whole(field: Any) -> bool:
    return field.before is ABSENT or field.after is ABSENT
