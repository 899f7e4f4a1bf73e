"""What the server does besides asking the schema: it fills in defaults, and takes lists for sets and maps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator.core import bounds
from generator.core.paths import Path

Schema = Mapping[str, Any]


class TooLarge(Exception):
    """The defaults of a schema make an object larger than one may be."""


def filled(value: Any, schema: Schema) -> Any:
    """A copy of a value in which every absent field that has a default is filled in. Raises `TooLarge`."""
    return _Filler().filled(value, schema)


class _Filler:
    """Counts what it makes: a long list times a large default would be more than memory holds."""

    def __init__(self) -> None:
        self.left = bounds.NODES

    def filled(self, value: Any, schema: Schema) -> Any:
        self.left -= 1
        if self.left < 0:
            raise TooLarge
        if isinstance(value, dict):
            made = {key: self.filled(child, _of_field(schema, key)) for key, child in value.items()}
            for key, below in schema.get("properties", {}).items():
                if key not in made and isinstance(below, dict) and below.get("default") is not None:
                    made[key] = self.filled(below["default"], below)
            return made
        if isinstance(value, list):
            return [self.filled(item, schema.get("items", {})) for item in value]
        return value


def nodes(value: Any, schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Any, Schema]]:
    """Every value that has a schema of its own, with its path."""
    yield path, value, schema
    if isinstance(value, dict):
        for key, child in value.items():
            if below := _of_field(schema, key):
                yield from nodes(child, below, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes(item, schema.get("items", {}), (*path, index))


def twins(items: list[Any], schema: Schema) -> Iterator[int]:
    """The indexes of items that repeat one before them, in a list that is a set or a map with keys."""
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    as_map = schema.get("x-kubernetes-list-type") == "map"
    if not as_map and schema.get("x-kubernetes-list-type") != "set":
        return
    seen: set[str] = set()
    for index, item in enumerate(items):
        same = {key: item[key] for key in keys if key in item} if as_map and isinstance(item, dict) else item
        text = json.dumps(same, sort_keys=True)
        if text in seen:
            yield index
        seen.add(text)


def _of_field(schema: Schema, key: str) -> Schema:
    below = schema.get("properties", {}).get(key)
    below = schema.get("additionalProperties") if below is None else below
    return below if isinstance(below, dict) else {}
