"""What a schema says of the place of a value: the names that a mapping there holds, and the types allowed."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.paths import Path
from generator.core.references import Place
from generator.core.schema import NAME
from generator.core.walker import Walker

_DEPTH = 8  # alternatives inside of alternatives


def names(walker: Walker, path: Path) -> list[str]:
    """The names of the properties at a path, in the order in which the schema lists them."""
    return [name for place in _at(walker, path) for name in place.schema.get("properties", ())]


def is_text(walker: Walker, path: Path) -> bool:
    """Whether the schema allows strings at a path, and no other type that it names."""
    types: set[str] = set()
    for place in _at(walker, path):
        stated = place.schema.get("type", ())
        types.update([stated] if isinstance(stated, str) else stated)
        types.update("string" if isinstance(v, str) else "other" for v in place.schema.get("enum", ()))
    return types == {"string"}


def _at(walker: Walker, path: Path) -> list[Place]:
    places = list(_all(walker, walker.root(NAME), _DEPTH))
    for step in path:
        places = [p for below in walker.step(places, step) for p in _all(walker, below, _DEPTH)]
    return places


def _all(walker: Walker, place: Place, depth: int) -> Iterator[Place]:
    """A subschema and everything that it holds against the same value."""
    if isinstance(place.schema, dict):
        yield place
        if depth:
            for beside in walker.beside(place):
                yield from _all(walker, beside, depth - 1)
