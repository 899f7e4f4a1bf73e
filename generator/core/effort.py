"""How much work it is to validate a tree, counted before it is done.

Subschemas that refer to one another twice double the work at every step, and a validator does all of it. The
count goes over pairs of a subschema and a value, each once, and is as quick as the pairs are few.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.core import bounds
from generator.core.references import Place
from generator.core.walker import Walker


class Effort(NamedTuple):
    """What a validation costs: keywords looked at, and the same times the size of what each is about."""

    evaluations: int
    weight: int

    def plus(self, other: Effort) -> Effort:
        return Effort(self.evaluations + other.evaluations, self.weight + other.weight)


_NOTHING = Effort(0, 0)


def widest(walker: Walker, root: Place) -> float:
    """How many keywords a schema has with every reference written out; infinite where it contains itself."""
    counted: dict[tuple[int, tuple[str, ...]], float] = {}

    def count(place: Place) -> float:
        schema = place.schema
        if not isinstance(schema, dict):
            return 1
        key = id(schema), place.scope
        if key not in counted:
            counted[key] = float("inf")  # while it is being counted
            total = float(_keywords(schema))
            for below in walker.beside(place):
                total += count(below)
            for below in walker.inside(place):
                total += count(below)
            counted[key] = total
        return counted[key]

    return count(root)


def effort(walker: Walker, root: Place, tree: Any) -> Effort:
    """What it costs to validate a tree. Raises RecursionError or OverflowError where it is too much."""
    return _Count(walker).of(root, tree)


class _Count:
    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.known: dict[tuple[int, tuple[str, ...], int], Effort] = {}
        self.sizes: dict[int, int] = {}

    def of(self, place: Place, tree: Any) -> Effort:
        if not isinstance(place.schema, dict):
            return Effort(1, 1)
        key = id(place.schema), place.scope, id(tree)
        if key not in self.known:
            self.known[key] = _NOTHING  # an evaluation that comes back here ends here
            if len(self.known) > bounds.EVALUATIONS // 10:
                raise OverflowError
            self.known[key] = self._of(place, tree)
        return self.known[key]

    def _of(self, place: Place, tree: Any) -> Effort:
        keywords = _keywords(place.schema)
        total = Effort(keywords, keywords * self._size(tree))
        for beside in self.walker.beside(place):
            total = total.plus(self.of(beside, tree))
        if isinstance(tree, dict):
            for key, value in tree.items():
                for below in (*self.walker.entry(place, key), *self._any(place, "unevaluatedProperties")):
                    total = total.plus(self.of(below, value))
                for below in self._any(place, "propertyNames"):
                    total = total.plus(self.of(below, key))
        elif isinstance(tree, list):
            others = (*self._any(place, "contains"), *self._any(place, "unevaluatedItems"))
            for index, value in enumerate(tree):
                for below in (*self.walker.item(place, index), *others):
                    total = total.plus(self.of(below, value))
        return total

    def _any(self, place: Place, keyword: str) -> tuple[Place, ...]:
        return (self.walker.child(place, keyword),) if keyword in place.schema else ()

    def _size(self, tree: Any) -> int:
        if not isinstance(tree, dict | list):
            return 1
        if id(tree) not in self.sizes:
            values = tree.values() if isinstance(tree, dict) else tree
            self.sizes[id(tree)] = 1 + sum(map(self._size, values))
        return self.sizes[id(tree)]


def _keywords(schema: dict[str, Any]) -> int:
    """The keywords of one subschema; each key that it requires may be an error of its own."""
    return 1 + len(schema) + len(schema.get("required", ()))
