"""The defaults of a schema, filled into a tree wherever it has nothing.

They are read through every keyword that always holds: properties, patternProperties, additionalProperties,
prefixItems, items, references and allOf. What stands in anyOf, oneOf and conditions is not a default of the
whole, unless a field says which alternative of a oneOf is meant: the one whose `const` it has. A mapping that
is absent comes into being only where the schema gives it a default of its own (`"default": {}`), and is then
completed in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.core import bounds
from generator.core.paths import Path
from generator.core.references import Place
from generator.core.walker import Walker


class Endless(Exception):
    """Defaults that go on for ever, or beyond the bounds; `place` is one of them."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


class Defaults:
    """The defaults of one schema file."""

    def __init__(self, walker: Walker, name: str) -> None:
        self.walker = walker
        self.root = walker.root(name)

    def complete(self, tree: dict[str, Any]) -> tuple[dict[str, Any], dict[Path, Place]]:
        """A tree with the defaults filled in, and where in the schema each of them stands.

        Raises `Endless`.
        """
        filled: dict[Path, Place] = {}
        return self._fill(tree, (self.root,), (), filled), filled

    def completed(self, default: Any, place: Place, path: Path, filled: dict[Path, Place]) -> Any:
        """The default of one subschema with those inside of it filled in; what is filled counts as one sum.

        Raises `Endless`.
        """
        return self._fill(default, (place,), path, filled)

    def at(self, path: Path, tree: Any) -> Place | None:
        """Where the default of the value at a path of a complete tree stands, needed or not."""
        places: Iterable[Place] = (self.root,)
        for step in path:
            places = list(self.walker.step(self._known(places, tree), step))
            tree = tree[step]
        return self._default(places)

    def _default(self, places: Iterable[Place]) -> Place | None:
        """Where the first default among some subschemas stands; the value itself is its schema there."""
        found = next(
            (p for place in places for p in self.walker.merged(place) if "default" in p.schema), None
        )
        return found and Place(found.file, (*found.path, "default"), found.schema["default"])

    def _known(self, places: Iterable[Place], tree: Any) -> list[Place]:
        """All subschemas that hold for a value for sure."""
        known = [merged for place in places for merged in self.walker.merged(place)]
        return [*known, *self._meant(known, tree)] if isinstance(tree, dict) else known

    def _fill(self, tree: Any, places: Iterable[Place], path: Path, filled: dict[Path, Place]) -> Any:
        """The tree with defaults filled into it and into what is below it."""
        if isinstance(tree, list):
            known = self._known(places, tree)
            if not any("items" in place.schema or "prefixItems" in place.schema for place in known):
                return tree
            below = [list(self.walker.step(known, index)) for index in range(len(tree))]
            return [self._fill(tree[i], below[i], (*path, i), filled) for i in range(len(tree))]
        if not isinstance(tree, dict):
            return tree
        tree = dict(tree)
        for key, inside in self._entries(self._known(places, tree), tree).items():
            if key not in tree:
                default = self._default(inside)
                if default is None:
                    continue
                self._count(path, filled, default)
                tree[key] = default.schema
                filled[(*path, key)] = default
            if isinstance(tree[key], dict | list):
                tree[key] = self._fill(tree[key], inside, (*path, key), filled)
        return tree

    def _entries(self, known: list[Place], tree: dict[str, Any]) -> dict[str, list[Place]]:
        """For every key of a tree, and every property besides: the subschemas of its value.

        The keys that the schema lists come in its order, as new ones are added in that order.
        """
        entries: dict[str, list[Place]] = {}
        for place in known:
            listed = place.schema.get("properties", {})
            others = "patternProperties" in place.schema or "additionalProperties" in place.schema
            for key in (*listed, *(key for key in tree if key not in listed)) if others else listed:
                entries.setdefault(key, []).extend(self.walker.entry(place, key))
        return entries

    @staticmethod
    def _count(path: Path, filled: dict[Path, Place], default: Place) -> None:
        if len(path) >= bounds.NESTING:
            raise Endless(f"defaults are nested more than {bounds.NESTING} levels deep", default)
        if len(filled) >= bounds.DEFAULTS:
            raise Endless(f"more than {bounds.DEFAULTS:,} defaults would be filled in", default)

    def _meant(self, places: list[Place], tree: dict[str, Any]) -> Iterator[Place]:
        """The alternatives whose every `const` the tree has; those without one tell nothing."""
        for place in places:
            for index in range(len(place.schema.get("oneOf", ()))):
                alternative = self.walker.merged(self.walker.child(place, "oneOf", index))
                tags = [tag for where in alternative for tag in _tags(where.schema)]
                if tags and all(key in tree and _same(tree[key], tag) for key, tag in tags):
                    yield from alternative


def _tags(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, field in schema.get("properties", {}).items():
        if isinstance(field, dict) and "const" in field:
            yield key, field["const"]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON: unlike in Python, true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
