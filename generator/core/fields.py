"""Every field that a schema knows, with what it says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.core import bounds
from generator.core.references import Place
from generator.core.walker import Walker

_DEPTH: Final = 12  # a schema may refer to itself


class Field(NamedTuple):
    """A field: its path, with NAME for keys that the user chooses and [] for items, and its keywords.

    `keywords` holds what the field's schema and all that it refers to say, the outermost counting.
    `required` is meant within the mapping that it stands in; `leaf` says that no fields stand below it.
    """

    path: str
    keywords: Mapping[str, Any]
    required: bool
    leaf: bool


def fields(walker: Walker, name: str) -> Iterator[Field]:
    """The fields of a schema file in the order in which it lists them, up to a bound."""
    yield from _Fields(walker).below(walker.root(name), "", 0)


class _Fields:
    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.left = bounds.SUBSCHEMAS

    def below(self, place: Place, path: str, depth: int) -> Iterator[Field]:
        for where in self.walker.merged(place):
            for step, below in self._children(where):
                self.left -= 1
                if self.left < 0:
                    return
                under = list(self.below(below, f"{path}{step}", depth + 1)) if depth < _DEPTH else []
                keywords = self._keywords(below)
                # Keys of no further description are part of the mapping that they stand in.
                if step not in ("[]", "") and (step != ".NAME" or "description" in keywords):
                    required = step.removeprefix(".") in where.schema.get("required", ())
                    under.insert(0, Field(f"{path}{step}".removeprefix("."), keywords, required, not under))
                yield from under

    def _children(self, place: Place) -> Iterator[tuple[str, Place]]:
        """The schemas directly below one: by the step of a path that leads to each, none for alternatives."""
        schema, child = place.schema, self.walker.child
        for key in schema.get("properties", ()):
            yield f".{key}", child(place, "properties", key)
        for pattern in schema.get("patternProperties", ()):
            yield ".NAME", child(place, "patternProperties", pattern)
        if isinstance(schema.get("additionalProperties"), dict):
            yield ".NAME", child(place, "additionalProperties")
        for index in range(len(schema.get("prefixItems", ()))):
            yield "[]", child(place, "prefixItems", index)
        if isinstance(schema.get("items"), dict):
            yield "[]", child(place, "items")
        for keyword in ("anyOf", "oneOf"):
            yield from (("", child(place, keyword, index)) for index in range(len(schema.get(keyword, ()))))

    def _keywords(self, place: Place) -> dict[str, Any]:
        keywords: dict[str, Any] = {}
        for where in self.walker.merged(place):
            keywords = where.schema | keywords
        return keywords
