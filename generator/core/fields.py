"""Every field that a schema knows, with what it says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.core.defaults import Defaults, Place

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


def fields(defaults: Defaults, name: str) -> Iterator[Field]:
    """The fields of a schema file in the order in which it lists them."""
    yield from _below(defaults, Place(name, (), defaults.files[name]), "", 0)


def _below(defaults: Defaults, place: Place, path: str, depth: int) -> Iterator[Field]:
    for where in defaults.merged(place):
        for step, below in _children(where):
            under = list(_below(defaults, below, f"{path}{step}", depth + 1)) if depth < _DEPTH else []
            keywords = _keywords(defaults, below)
            # Keys of no further description are part of the mapping that they stand in.
            if step not in ("[]", "") and (step != ".NAME" or "description" in keywords):
                required = step.removeprefix(".") in where.schema.get("required", ())
                yield Field(f"{path}{step}".removeprefix("."), keywords, required, not under)
            yield from under


def _children(place: Place) -> Iterator[tuple[str, Place]]:
    """The schemas directly below one: by the step of a path that leads to each, none for alternatives."""
    for key, schema in place.schema.get("properties", {}).items():
        yield f".{key}", Place(place.file, (*place.path, "properties", key), schema)
    others = place.schema.get("additionalProperties")
    if isinstance(others, dict):
        yield ".NAME", Place(place.file, (*place.path, "additionalProperties"), others)
    if isinstance(items := place.schema.get("items"), dict):
        yield "[]", Place(place.file, (*place.path, "items"), items)
    for keyword in ("anyOf", "oneOf"):
        for index, schema in enumerate(place.schema.get(keyword, ())):
            yield "", Place(place.file, (*place.path, keyword, index), schema)


def _keywords(defaults: Defaults, place: Place) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    for where in defaults.merged(place):
        keywords = where.schema | keywords
    return keywords
