"""The one walker over JSON Schema: which subschemas apply to a value, to its entries and to its items.

Everything that follows a schema (defaults, fields, descriptions, bounds) asks here; `references` says what a
`$ref` means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.core.dialect import ALTERNATIVES, BELOW, IN_PLACE, MAPPINGS, REFERENCES
from generator.core.paths import Path
from generator.core.patterns import matches
from generator.core.references import Place, References


class Walker:
    """Walks over schema files, by name below `schema/`."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.references = References(files)
        self._merged: dict[tuple[int, tuple[str, ...]], tuple[Place, ...]] = {}

    def root(self, name: str) -> Place:
        """A whole file."""
        return self.references.root(name)

    def child(self, place: Place, *steps: str | int) -> Place:
        """The subschema that some steps lead to; the last one may lead to no schema at all."""
        schema = place.schema
        for step in steps:
            schema = schema[step]
        return self.references.child(place, steps, schema)

    def merged(self, place: Place) -> tuple[Place, ...]:
        """A subschema and all that references and allOf add to it, each once, the outermost first."""
        key = id(place.schema), place.scope
        if key not in self._merged:
            found: dict[tuple[int, tuple[str, ...]], Place] = {}
            waiting = [place]
            while waiting:
                place = waiting.pop()
                if isinstance(place.schema, dict) and (id(place.schema), place.scope) not in found:
                    found[id(place.schema), place.scope] = place
                    parts = [self.child(place, "allOf", i) for i in range(len(place.schema.get("allOf", ())))]
                    waiting += reversed([*self.references.targets(place), *parts])
            self._merged[key] = tuple(found.values())
        return self._merged[key]

    def entry(self, place: Place, key: str) -> Iterator[Place]:
        """What one subschema says of the value under a key."""
        schema = place.schema
        taken = False
        if key in schema.get("properties", ()):
            taken = True
            yield self.child(place, "properties", key)
        for pattern in schema.get("patternProperties", ()):
            if matches(pattern, key):
                taken = True
                yield self.child(place, "patternProperties", pattern)
        if not taken and "additionalProperties" in schema:
            yield self.child(place, "additionalProperties")

    def item(self, place: Place, index: int) -> Iterator[Place]:
        """What one subschema says of the item at an index."""
        if index < len(place.schema.get("prefixItems", ())):
            yield self.child(place, "prefixItems", index)
        elif "items" in place.schema:
            yield self.child(place, "items")

    def step(self, places: Iterable[Place], step: str | int) -> Iterator[Place]:
        """What some subschemas say together of an entry or an item."""
        for place in places:
            yield from self.entry(place, step) if isinstance(step, str) else self.item(place, step)

    def beside(self, place: Place) -> Iterator[Place]:
        """Every subschema that one may hold against the very same value."""
        yield from self.references.targets(place)
        for keyword, value in place.schema.items():
            if keyword in ALTERNATIVES:
                yield from (self.child(place, keyword, index) for index in range(len(value)))
            elif keyword in IN_PLACE:
                yield self.child(place, keyword)
            elif keyword == "dependentSchemas":
                yield from (self.child(place, keyword, name) for name in value)

    def inside(self, place: Place) -> Iterator[Place]:
        """Every subschema that one may hold against keys, entries and items of the value."""
        for keyword, value in place.schema.items():
            if keyword in BELOW:
                yield self.child(place, keyword)
            elif keyword in ("properties", "patternProperties"):
                yield from (self.child(place, keyword, name) for name in value)
            elif keyword == "prefixItems":
                yield from (self.child(place, keyword, index) for index in range(len(value)))

    def along(self, root: Place, path: Path) -> list[Place]:
        """The subschemas that an evaluation went through last: those about the value where it ended.

        `path` is an evaluation path: keywords and names from the root, through every reference.
        """
        place, last, at = root, [root], 0
        while at < len(path) and isinstance(place.schema, dict):
            keyword, at = str(path[at]), at + 1
            if keyword in REFERENCES:
                target = self.references.follow(place, keyword)
                if target is None:
                    break
                place = target
            elif keyword in BELOW | IN_PLACE:
                place = self.child(place, keyword)
            elif keyword in ALTERNATIVES | MAPPINGS | {"prefixItems"} and at < len(path):
                place, at = self.child(place, keyword, path[at]), at + 1
            else:
                break
            is_same = keyword in ALTERNATIVES | IN_PLACE | {*REFERENCES, "dependentSchemas"}
            last = [*last, place] if is_same else [place]
        return last
