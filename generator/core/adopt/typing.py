"""A schema for the values that were lifted: closed mappings, types as they were found, a description each."""

from __future__ import annotations

from typing import Any, Final

from generator.core.adopt.lifted import Lifted, Value
from generator.core.paths import Path

_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def schema(lifted: Lifted) -> dict[str, Any]:
    """A JSON Schema of the complete values; what every environment sets is required."""
    made = _group((), list(lifted.values.values()), len(lifted.environments))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Values", **made}


def _group(path: Path, values: list[Value], everywhere: int) -> dict[str, Any]:
    """The schema of a mapping that holds values, or mappings of them."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for step in dict.fromkeys(value.path[len(path)] for value in values):
        inside = [value for value in values if value.path[len(path)] == step]
        inner = (*path, step)
        is_leaf = inside[0].path == inner
        made = _leaf(inside[0]) if is_leaf else _group(inner, inside, everywhere)
        if any(len(value.given) == everywhere and not value.flag for value in inside):
            required.append(str(step))
        elif not is_leaf:
            made["default"] = {}
        properties[str(step)] = made
    about = {"description": f"Values of `{'.'.join(map(str, path))}`."} if path else {}
    needs = {"required": required} if required else {}
    return {"type": "object", **about, "properties": properties, **needs, "additionalProperties": False}


def _leaf(value: Value) -> dict[str, Any]:
    described = {"description": value.about, **_typed(list(value.given.values()))}
    if value.flag:
        return {**described, "default": False}
    if value.path[-1] == "replicas":
        return {**described, "minimum": 0}
    return described


def _typed(values: list[Any]) -> dict[str, Any]:
    """The types of some values, and of what is in them where that is alike."""
    types = [name for kind, name in _TYPES if any(_type(value) is kind for value in values)]
    if "number" in types and "integer" in types:
        types.remove("integer")
    stated: dict[str, Any] = {"type": types[0] if len(types) == 1 else types} if types else {}
    if types == ["object"] and (inner := [child for value in values for child in value.values()]):
        stated["additionalProperties"] = _typed(inner)
    if types == ["array"] and (inner := [item for value in values for item in value]) and None not in inner:
        stated["items"] = _typed(inner)
    return stated


def _type(value: Any) -> type:
    return next((kind for kind, _ in _TYPES if isinstance(value, kind)), type(None))
