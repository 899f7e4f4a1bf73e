"""The defaults of a schema, filled into a tree wherever it has nothing.

They are read through properties, items, additionalProperties, `$ref` and allOf; what stands in anyOf, oneOf
and conditions is not a default of the whole, unless a field tells which alternative of a oneOf is meant: the
one whose `const` it has. A mapping that is absent comes into being only where the schema
gives it a default of its own (`"default": {}`), and is then completed in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple

from generator.core.paths import Path


class Place(NamedTuple):
    """A subschema: its file below `schema/`, the path to it there, and itself."""

    file: str
    path: Path
    schema: Any


class Defaults:
    """The defaults of schema files, by name below `schema/`."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files

    def complete(self, tree: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[Path, Place]]:
        """A tree with the defaults of a file, and where in the schema each of them stands."""
        filled: dict[Path, Place] = {}
        return self._fill(tree, Place(name, (), self.files[name]), (), filled), filled

    def at(self, path: Path, tree: Any, name: str) -> Place | None:
        """Where a file has the default of the value at a path of a complete tree, needed or not."""
        places = [Place(name, (), self.files[name])]
        for step in path:
            places = [merged for place in places for merged in self.merged(place)]
            if isinstance(tree, dict):
                known = (*places, *self._meant(places, tree))
                places = [below for where in known for key, below in _properties(where, tree) if key == step]
            else:
                items = ((where, where.schema.get("items")) for where in places)
                places = [Place(where.file, (*where.path, "items"), item) for where, item in items if item]
            tree = tree[step]
        return self._default(merged for place in places for merged in self.merged(place))

    @staticmethod
    def _default(places: Iterable[Place]) -> Place | None:
        """Where the first default among some subschemas stands; the value itself is its schema there."""
        found = next((place for place in places if "default" in place.schema), None)
        return found and Place(found.file, (*found.path, "default"), found.schema["default"])

    def _fill(self, tree: Any, place: Place, path: Path, filled: dict[Path, Place]) -> Any:
        """The tree with defaults: through properties, items, $ref and allOf, into what exists or has one."""
        places = list(self.merged(place))
        if isinstance(tree, list):
            for where in places:
                if isinstance(item := where.schema.get("items"), dict):
                    below = Place(where.file, (*where.path, "items"), item)
                    tree = [self._fill(value, below, (*path, i), filled) for i, value in enumerate(tree)]
            return tree
        if not isinstance(tree, dict):
            return tree
        tree = dict(tree)
        for where in (*places, *self._meant(places, tree)):
            for key, below in _properties(where, tree):
                if key not in tree:
                    default = self._default(self.merged(below))
                    if default is None:
                        continue
                    tree[key] = default.schema
                    filled[(*path, key)] = default
                tree[key] = self._fill(tree[key], below, (*path, key), filled)
        return tree

    def _meant(self, places: list[Place], tree: dict[str, Any]) -> Iterator[Place]:
        """The alternatives whose every `const` the tree has; those without one tell nothing."""
        for place in places:
            for index, part in enumerate(place.schema.get("oneOf", ())):
                alternative = list(self.merged(Place(place.file, (*place.path, "oneOf", index), part)))
                tags = [tag for where in alternative for tag in _tags(where.schema)]
                if tags and all(key in tree and tree[key] == tag for key, tag in tags):
                    yield from alternative

    def merged(self, place: Place, seen: tuple[str, ...] = ()) -> Iterator[Place]:
        """A subschema and all that it takes in by $ref and allOf, the outermost first."""
        if not isinstance(place.schema, dict):
            return
        yield place
        reference = place.schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            target = self.resolve(place.file, reference)
            if target is not None:
                yield from self.merged(target, (*seen, reference))
        for index, part in enumerate(place.schema.get("allOf", ())):
            yield from self.merged(Place(place.file, (*place.path, "allOf", index), part), seen)

    def resolve(self, file: str, reference: str) -> Place | None:
        """What a `$ref` in a file refers to, or None."""
        name, _, pointer = reference.partition("#")
        name = normpath(join(dirname(file), name)) if name else file
        schema: Any = self.files.get(name)
        steps: list[str | int] = []
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            steps.append(int(key) if isinstance(schema, list) else key)
            try:
                schema = schema[steps[-1]]
            except (KeyError, IndexError, TypeError):
                return None
        return Place(name, tuple(steps), schema) if schema is not None else None


def _tags(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, field in schema.get("properties", {}).items():
        if isinstance(field, dict) and "const" in field:
            yield key, field["const"]


def _properties(place: Place, tree: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    known = place.schema.get("properties", {})
    for key, schema in known.items():
        yield key, Place(place.file, (*place.path, "properties", key), schema)
    others = place.schema.get("additionalProperties")
    if isinstance(others, dict):
        for key in [key for key in tree if key not in known]:
            yield key, Place(place.file, (*place.path, "additionalProperties"), others)
