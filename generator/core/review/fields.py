"""The fields that differ between two states of an object, list entries paired as the API server merges them.

Merge keys are those of the vendored schemas (`x-kubernetes-list-map-keys`). Lists without one are aligned
by their equal entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.core import paths
from generator.core.checks import versions
from generator.core.checks.quantities import amount
from generator.core.paths import Path
from generator.core.review.effects import ABSENT, Field

Schema = dict[str, Any]


class _Spot(NamedTuple):
    """Where a comparison stands: the name for people, the paths on both sides, the schema."""

    name: str
    before: Path
    after: Path
    schema: Schema

    def key(self, key: str, schema: Schema) -> _Spot:
        step = paths.show((key,))
        dot = "" if not self.name or step.startswith("[") else "."
        return _Spot(f"{self.name}{dot}{step}", (*self.before, key), (*self.after, key), schema)

    def entry(self, label: str, old: int | None, new: int | None, schema: Schema) -> _Spot:
        before = self.before if old is None else (*self.before, old)
        after = self.after if new is None else (*self.after, new)
        return _Spot(f"{self.name}[{label}]", before, after, schema)


def differing(before: Any, after: Any, kind: str) -> tuple[Field, ...]:
    """The fields in which two bodies of an object of a kind (`apps/v1 Deployment`) differ."""
    schema = versions.schema(kind) or {}
    walk = _Walk(schema.get("definitions", {}))
    return tuple(walk.values(before, after, _Spot("", (), (), schema)))


def leaves(body: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """Every scalar of an object by the name that people give it, list entries named by their merge keys."""
    schema = versions.schema(kind) or {}
    walk = _Walk(schema.get("definitions", {}), deep=True)
    return ((field.name, field.after) for field in walk.values(ABSENT, body, _Spot("", (), (), schema)))


class _Walk:
    """A walk over two states side by side, with the schema where there is one.

    What is absent before is one field, whatever it holds; or, if `deep`, each scalar inside of it.
    """

    def __init__(self, definitions: dict[str, Schema], deep: bool = False) -> None:
        self.definitions = definitions
        self.deep = deep

    def values(self, before: Any, after: Any, spot: _Spot) -> Iterator[Field]:
        schema = self._resolved(spot.schema)
        spot = spot._replace(schema=schema)
        if self.deep and before is ABSENT and isinstance(after, dict | list):
            before = type(after)()
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._mappings(before, after, spot)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._lists(before, after, spot)
        elif not _same(before, after, schema):
            yield Field(spot.name, spot.before, spot.after, before, after)

    def _mappings(self, before: dict[str, Any], after: dict[str, Any], spot: _Spot) -> Iterator[Field]:
        known, others = spot.schema.get("properties", {}), spot.schema.get("additionalProperties")
        for key in dict.fromkeys((*before, *after)):
            below = known.get(key, others if isinstance(others, dict) else {})
            at = spot.key(key, below)
            if key not in before:
                at = at._replace(before=spot.before)
            if key not in after:
                at = at._replace(after=spot.after)
            yield from self.values(before.get(key, ABSENT), after.get(key, ABSENT), at)

    def _lists(self, before: list[Any], after: list[Any], spot: _Spot) -> Iterator[Field]:
        entries = self._resolved(spot.schema.get("items", {}))
        keys = spot.schema.get("x-kubernetes-list-map-keys", [])
        pairs = _keyed(before, after, keys, entries) if keys else _aligned(before, after)
        for label, old, new in pairs:
            at = spot.entry(label, old, new, entries)
            yield from self.values(
                ABSENT if old is None else before[old], ABSENT if new is None else after[new], at
            )

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        return self.definitions.get(schema["$ref"].rpartition("/")[2], {})


_Pair = tuple[str, int | None, int | None]  # the label of an entry, and its index on either side


def _keyed(before: list[Any], after: list[Any], keys: list[str], entries: Schema) -> Iterator[_Pair]:
    """Entries paired by their merge keys, named by those that tell them apart."""
    fields = entries.get("properties", {})

    def identity(entry: Any) -> tuple[Any, ...]:
        of = entry if isinstance(entry, dict) else {}
        return tuple(of.get(key, fields.get(key, {}).get("default")) for key in keys)

    old = {json.dumps(identity(entry)): index for index, entry in enumerate(before)}
    new = {json.dumps(identity(entry)): index for index, entry in enumerate(after)}
    for key in dict.fromkeys((*old, *new)):
        given = [(n, v) for n, v in zip(keys, json.loads(key), strict=True) if v is not None]
        yield ",".join(f"{name}={value}" for name, value in given), old.get(key), new.get(key)


def _aligned(before: list[Any], after: list[Any]) -> Iterator[_Pair]:
    """Entries aligned by those that are equal; what stands between two equal ones is paired in order."""
    from difflib import SequenceMatcher

    old, new = ([json.dumps(entry, sort_keys=True) for entry in entries] for entries in (before, after))
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(end - start, new_end - new_start)):
            first = start + step if start + step < end else None
            second = new_start + step if new_start + step < new_end else None
            yield str(second if second is not None else first), first, second


def _same(before: Any, after: Any, schema: Schema) -> bool:
    """Whether the API server takes two values for one: quantities are equal by their amount."""
    if before is ABSENT or after is ABSENT:
        return before is after
    if schema.get("type") == ["string", "number"]:
        return amount(before) == amount(after)
    return type(before) is type(after) and bool(before == after)
