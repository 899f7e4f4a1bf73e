"""Lists whose entries the API server tells apart by some of their fields: no two may be alike.

It warns of some duplicates and refuses others; server-side apply refuses them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from generator.core.checks import openapi
from generator.core.checks.finding import Finding
from generator.core.manifests import Manifest
from generator.core.paths import Path

Schema = dict[str, Any]

# `names.containers` judges these: it knows that some lists share their names.
_ELSEWHERE: Final = ("containers", "initContainers", "volumes")


def distinct(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Every entry of a list that is kept as a map, or as a set, is there once."""
    for manifest in manifests:
        schema = openapi.schema(manifest.kind)
        if schema is not None:
            for path, keys in _twins(manifest.body, schema, schema["definitions"], ()):
                what = f" with this {' and '.join(keys)}" if keys else ""
                yield Finding("duplicate-entry", manifest, path, f"an entry{what} stands before")


def _twins(
    tree: Any, schema: Schema, definitions: Schema, path: Path
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The paths of entries that stand before already, and the fields that make them the same."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(tree, dict):
        for key, child in tree.items():
            below = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            if isinstance(below, dict):
                yield from _twins(child, below, definitions, (*path, key))
    elif isinstance(tree, list):
        keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
        if (keys or schema.get("x-kubernetes-list-type") == "set") and path[-1] not in _ELSEWHERE:
            yield from (((*path, index), keys) for index in _repeated(tree, keys, schema, definitions))
        for index, child in enumerate(tree):
            yield from _twins(child, schema.get("items", {}), definitions, (*path, index))


def _repeated(entries: list[Any], keys: tuple[str, ...], schema: Schema, definitions: Schema) -> list[int]:
    """The indexes of entries that are not the first of their kind; absent keys have their default."""
    name = schema["items"].get("$ref", "").rpartition("/")[2]
    fields = definitions[name]["properties"] if name else {}
    seen: list[Any] = []
    repeated = []
    for index, entry in enumerate(entries):
        same = [entry.get(key, fields[key].get("default")) for key in keys] if keys else entry
        if same in seen:
            repeated.append(index)
        seen.append(same)
    return repeated
