"""Who owns the fields of a live object, and what `gen` takes over from `kubectl apply`.

`metadata.managedFields` has an entry for each manager and operation, with the fields that it owns.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from generator.cluster import field_sets
from generator.cluster.field_sets import Fields

MANAGER: Final = "gen"  # the field manager that applies
HANDOVER: Final = "gen-handover"  # the one that holds replicas until an autoscaler sets them
_TAKEN: Final = ("kubectl", HANDOVER)  # managers whose applied fields become those of gen
_APPLIED: Final = ("f:metadata", "f:annotations", "f:kubectl.kubernetes.io/last-applied-configuration")
_CONFLICT: Final = re.compile(
    r'conflict with ("(?:[^"\\]|\\.)*")(?: with subresource ("(?:[^"\\]|\\.)*"))?( using )?'
)

Entry = dict[str, Any]  # of managedFields


class Conflict(NamedTuple):
    """A field that is rendered with another value than its manager has given it, as `.spec.replicas`."""

    manager: str
    field: str
    subresource: str = ""

    def __str__(self) -> str:
        through = f" (through {self.subresource})" if self.subresource else ""
        return f"{self.manager}{through} owns {self.field}"


def applied(live: Mapping[str, Any]) -> bool:
    """Whether gen has applied an object before."""
    return _of(live, MANAGER) is not None


def managers(live: Mapping[str, Any]) -> list[str]:
    """Everybody who owns a field, the first one first."""
    return list(dict.fromkeys(str(entry.get("manager")) for entry in _entries(live)))


def taken_over(live: Mapping[str, Any], handed: bool = False) -> list[Entry]:
    """The entries whose fields gen takes over: those of `kubectl apply` of either kind, and its own second.

    The last is left to itself where replicas are `handed` over to an autoscaler.
    """
    return [
        entry
        for entry in _entries(live)
        if not entry.get("subresource") and not (handed and entry.get("manager") == HANDOVER)
        if (_is_applied(entry) and entry.get("manager") in _TAKEN) or _is_client_side(entry)
    ]


def migration(live: Mapping[str, Any], handed: bool = False) -> list[dict[str, Any]]:
    """The JSON patch that makes gen the owner, as client-go's `csaupgrade` makes it; empty if it is already.

    The server refuses it (409) where the object has changed since it was read.
    """
    theirs = taken_over(live, handed)
    if not theirs:
        return []
    own = _of(live, MANAGER)
    base = own or theirs[0]
    fields: Fields = {}
    for entry in (base, *(one for one in theirs if one.get("apiVersion") == base.get("apiVersion"))):
        fields = field_sets.union(fields, entry.get("fieldsV1") or {})
    made = {**base, "manager": MANAGER, "operation": "Apply", "fieldsV1": fields}
    rest = [entry for entry in _entries(live) if entry not in theirs and entry is not own]
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": [made, *rest]},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
    ]


def without_left(result: dict[str, Any], taken: Iterable[Entry]) -> dict[str, Any]:
    """What an apply makes of an object once gen owns what it takes over: fields that it leaves out go.

    `result` is what the server answers while others still own them.
    """
    taken = list(taken)
    kept: Fields = {}
    for entry in _entries(result):
        if not any(_same(entry, one) for one in taken):
            kept = field_sets.union(kept, entry.get("fieldsV1") or {})
    made = copy.deepcopy(result)
    for entry in taken:
        field_sets.cut(made, entry.get("fieldsV1") or {}, kept)
    return made


def owns(live: Mapping[str, Any], path: tuple[str, ...], handed: bool = False) -> bool:
    """Whether a field is gen's, or is to become so."""
    own = _of(live, MANAGER)
    return any(
        field_sets.has(entry.get("fieldsV1") or {}, path)
        for entry in (own, *taken_over(live, handed))
        if entry
    )


def same_owners(live: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    """Whether an apply leaves gen with the fields that it has; an object of a name alone gives it none."""
    old, new = ((_of(body, MANAGER) or {}).get("fieldsV1") for body in (live, result))
    return bool(old == new)


def conflict(cause: Mapping[str, Any], taken: Iterable[Entry]) -> Conflict | None:
    """A cause of a 409, or None where it is about an owner whose fields gen takes over."""
    match = _CONFLICT.match(str(cause.get("message")))
    if match is None:
        return Conflict(str(cause.get("message")), str(cause.get("field")))
    manager, subresource = (json.loads(text) if text else "" for text in match.group(1, 2))
    operation = "Update" if match[3] else "Apply"
    if not subresource and (manager, operation) in {(t.get("manager"), t.get("operation")) for t in taken}:
        return None
    return Conflict(manager, str(cause.get("field")), subresource)


def _entries(body: Mapping[str, Any]) -> list[Entry]:
    return body.get("metadata", {}).get("managedFields") or []


def _of(body: Mapping[str, Any], manager: str) -> Entry | None:
    """What a manager has applied of the object itself."""
    return next((e for e in _entries(body) if e.get("manager") == manager and _is_applied(e)), None)


def _is_applied(entry: Entry) -> bool:
    return entry.get("operation") == "Apply" and not entry.get("subresource")


def _is_client_side(entry: Entry) -> bool:
    """Whether an entry is of a client-side `kubectl apply`: it has recorded what was applied."""
    return entry.get("operation") == "Update" and field_sets.has(entry.get("fieldsV1") or {}, _APPLIED)


def _same(one: Entry, other: Entry) -> bool:
    return all(one.get(key) == other.get(key) for key in ("manager", "operation", "subresource"))
