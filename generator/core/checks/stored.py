"""What the API server does not keep as it is written: lists with twins, what is empty, odd quantities."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from generator.core.checks import versions
from generator.core.checks.finding import Finding
from generator.core.checks.quantities import canonical
from generator.core.checks.target import Target
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.diagnostics import Severity

Schema = dict[str, Any]

# `names.containers` judges these: it knows that some lists share their names.
_ELSEWHERE: Final = ("containers", "initContainers", "volumes")
_A_QUANTITY: Final = ["string", "number"]  # nothing else in the API is either


class Place(NamedTuple):
    """A value in an object: where, its schema, that of its entries, and whether its field must be there."""

    path: Path
    value: Any
    schema: Schema
    entries: Schema
    required: bool


def stored(manifests: Sequence[Manifest], target: Target) -> Iterator[Finding]:
    """Every field comes back from the API server as it was sent."""
    for manifest in manifests:
        for place in _places(manifest, target):
            yield from _distinct(manifest, place)
            yield from _empty(manifest, place)
            yield from _quantity(manifest, place)
            yield from _whole(manifest, place)


def _distinct(manifest: Manifest, place: Place) -> Iterator[Finding]:
    """Every entry of a list that is kept as a map, or as a set, is there once.

    The server warns of some duplicates and refuses others; server-side apply refuses them all.
    """
    if not isinstance(place.value, list):
        return
    keys = place.schema.get("x-kubernetes-list-map-keys", [])
    told_apart = keys or place.schema.get("x-kubernetes-list-type") == "set"
    if told_apart and place.path[-1] not in _ELSEWHERE:
        what = f" with this {' and '.join(keys)}" if keys else ""
        for index in _repeated(place, keys):
            yield Finding(
                "duplicate-entry", manifest, (*place.path, index), f"there is an earlier entry{what}"
            )


def _empty(manifest: Manifest, place: Place) -> Iterator[Finding]:
    """A list or map without entries is not stored, so that every later apply sees a change."""
    if place.value or place.required:
        return
    a_map = isinstance(place.schema.get("additionalProperties"), dict)
    if place.value == [] or a_map:
        message = "the API server drops it when empty, so each `kubectl apply` reports a change"
        help = "leave the field out when it is empty"
        yield Finding("empty", manifest, place.path, message, severity=Severity.WARNING, help=help)


def _whole(manifest: Manifest, place: Place) -> Iterator[Finding]:
    """A number with a fraction of zero is none that the API server reads as an integer."""
    if place.schema.get("type") == "integer" and isinstance(place.value, float):
        message = "a whole number written with a fraction, which the API server refuses in JSON"
        help = "append `| int` to the expression, or divide with `//`"
        expected = f"{int(place.value)}"
        yield Finding("whole-number", manifest, place.path, message, f"{place.value}", expected, help)


def _quantity(manifest: Manifest, place: Place) -> Iterator[Finding]:
    """A quantity is written as it is stored, so that no later apply sees a change."""
    if place.schema.get("type") == _A_QUANTITY and (kept := canonical(place.value)) != place.value:
        message = "the API server stores this in another form, so each `kubectl apply` reports a change"
        found, expected = json.dumps(place.value), json.dumps(kept)
        yield Finding("quantity", manifest, place.path, message, found, expected, "", Severity.WARNING)


def _places(manifest: Manifest, target: Target) -> list[Place]:
    """Every value in an object that the server may keep otherwise, as far as there is a schema of it."""
    found: list[Place] = []
    schema = versions.schema(manifest.kind, target.minor)
    if schema is not None:
        _walk((), manifest.body, schema, schema["definitions"], True, found)
    return found


def _walk(path: Path, value: Any, schema: Schema, known: Schema, required: bool, out: list[Place]) -> None:
    schema = _resolved(schema, known)
    is_list = isinstance(value, list)
    entries = _resolved(schema.get("items", {}), known) if is_list else {}
    if is_list or not value or isinstance(value, float) or schema.get("type") == _A_QUANTITY:
        out.append(Place(path, value, schema, entries, required))
    if is_list:
        for index, child in enumerate(value):
            _walk((*path, index), child, entries, known, True, out)
    elif isinstance(value, dict):
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, child in value.items():
            below = fields.get(key, others)
            if isinstance(below, dict):
                _walk((*path, key), child, below, known, key in schema.get("required", ()), out)


def _resolved(schema: Schema, known: Schema) -> Schema:
    found: Schema = known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _repeated(place: Place, keys: list[str]) -> Iterator[int]:
    """The indexes of entries that are not the first of their kind; absent keys have their default."""
    fields = place.entries.get("properties", {})
    seen: list[Any] = []
    for index, entry in enumerate(place.value):
        same = [entry.get(key, fields[key].get("default")) for key in keys] if keys else entry
        if same in seen:
            yield index
        seen.append(same)
