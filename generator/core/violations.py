"""What is wrong with data by a JSON Schema, in words.

The reference implementation, `jsonschema`, finds the errors; it is imported only here, when a faster
validator has already said no. Each error becomes one or more violations, each with the path of the very key
or value at fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple

from generator.core import paths
from generator.core.nearest import did_you_mean
from generator.core.paths import Path


class Violation(NamedTuple):
    """One thing that a schema forbids. `key` says that the key at the path is at fault, not its value."""

    path: Path
    kind: str
    message: str
    found: str = ""
    expected: str = ""
    help: str = ""
    key: bool = False


_TYPES: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

_CAPITAL: Final = re.compile("(?=[A-Z])")  # rules are named in kebab-case: min-length

_LIMITS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} keys",
    "maxProperties": "at most {} keys",
    "pattern": "text that matches {}",
    "format": "text in the format {}",
    "const": "{}",
}


def violations(validator: Any, data: Any) -> list[Violation]:
    """Everything that a `jsonschema` validator finds in data, in the order of the data's paths."""
    found = [violation for error in validator.iter_errors(data) for violation in explain(error)]
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda v: [(isinstance(s, str), str(s).zfill(9)) for s in v.path])


def plainly(validator: Any, data: Any) -> list[Violation]:
    """What a `jsonschema-rs` validator says itself, where the reference finds nothing, as on some formats."""
    return [Violation(tuple(e.instance_path), "value", e.message) for e in validator.iter_errors(data)]


def explain(error: Any) -> Iterator[Violation]:
    """One error of `jsonschema` as violations."""
    path: Path = tuple(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str):
        rule = _expected(error)
        yield Violation(
            (*path, error.instance),
            "key",
            f"`{error.instance}` is no name for a key here",
            "",
            rule,
            "",
            True,
        )
        return
    yield from _EXPLAINED.get(error.validator, _plain)(error, path)


def _unknown_keys(error: Any, path: Path) -> Iterator[Violation]:
    known = error.schema.get("properties", {})
    if error.validator_value is not False or error.schema.get("patternProperties"):
        yield from _plain(error, path)
        return
    for key in error.instance:
        if key not in known:
            where = f" in `{paths.show(path)}`" if path else ""
            hint = did_you_mean(key, known)
            yield Violation((*path, key), "unknown-key", f"there is no `{key}`{where}", help=hint, key=True)


def _missing(error: Any, path: Path) -> Iterator[Violation]:
    for key in error.validator_value:
        if key not in error.instance:
            about = error.schema.get("properties", {}).get(key, {})
            text = about.get("description", "") if isinstance(about, dict) else ""
            where = f"`{paths.show((*path, key))}`"
            yield Violation(
                path, "missing", f"{where} is missing", help=f"`{key}`: {text}" if text else "", key=True
            )


def _type(error: Any, path: Path) -> Iterator[Violation]:
    yield Violation(
        path, "type", _of_wrong(path, "type"), shown(error.instance), _expected(error), _help(error)
    )


def _enum(error: Any, path: Path) -> Iterator[Violation]:
    yield _one_of(path, error.instance, error.validator_value, _help(error))


def _one_of(path: Path, value: Any, values: list[Any], help: str) -> Violation:
    allowed = [text if isinstance(text, str) else json.dumps(text) for text in values]
    near = did_you_mean(str(value), allowed)
    hint = near if near.startswith("did") or len(allowed) > 9 else ""
    listed = "one of " + ", ".join(f"`{text}`" for text in allowed[:20]) + (" …" if len(allowed) > 20 else "")
    return Violation(path, "enum", _of_wrong(path, "value"), shown(value), listed, hint or help)


def _alternatives(error: Any, path: Path) -> Iterator[Violation]:
    """The errors of the one alternative that was most likely meant."""
    branches = [list(group) for _, group in groupby(error.context, key=lambda e: e.schema_path[0])]
    if not branches:
        yield Violation(
            path, "one-of", _of_wrong(path, "value"), "data that fits more than one form", "", _help(error)
        )
        return
    if all(len(b) == 1 and b[0].validator == "type" and not b[0].path for b in branches):
        expected = " or ".join(dict.fromkeys(_expected(b[0]) for b in branches))
        yield Violation(path, "type", _of_wrong(path, "type"), shown(error.instance), expected, _help(error))
        return
    if tags := _wrong_tags(branches):
        allowed = [error.validator_value for error in tags]
        yield _one_of(tuple(tags[0].absolute_path), tags[0].instance, allowed, "")
        return
    for problem in min(branches, key=_distance):
        yield from explain(problem)


def _wrong_tags(branches: list[list[Any]]) -> list[Any]:
    """The error of each alternative about the one field that tells them apart, where none has its value."""
    tags = [[e for e in errors if e.validator == "const" and len(e.path) == 1] for errors in branches]
    places = {tuple(e.absolute_path) for errors in tags for e in errors}
    return [errors[0] for errors in tags] if all(tags) and len(places) == 1 else []


def _distance(errors: list[Any]) -> tuple[int, int]:
    """How far data is from an alternative: a wrong tag or type weighs more than a wrong field."""
    heavy = sum(
        (e.validator in ("const", "enum") and len(e.path) <= 1) or (e.validator == "type" and not e.path)
        for e in errors
    )
    return heavy, len(errors)


def _plain(error: Any, path: Path) -> Iterator[Violation]:
    expected = _expected(error)
    message = _of_wrong(path, "value") if expected else error.message
    kind = _CAPITAL.sub("-", str(error.validator or "forbidden")).lower()
    yield Violation(path, kind, message, shown(error.instance), expected, _help(error))


_EXPLAINED: Final[dict[str | None, Callable[[Any, Path], Iterator[Violation]]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing,
    "type": _type,
    "enum": _enum,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}


def _of_wrong(path: Path, what: str) -> str:
    return f"`{paths.show(path)}` has the wrong {what}" if path else f"the whole has the wrong {what}"


def _expected(error: Any) -> str:
    value = error.validator_value
    if error.validator == "type":
        return " or ".join(_TYPES.get(name, name) for name in ([value] if isinstance(value, str) else value))
    template = _LIMITS.get(error.validator, "")
    return (
        template.format(value if isinstance(value, str | int | float) else json.dumps(value))
        if template
        else ""
    )


def _help(error: Any) -> str:
    schema = error.schema
    return str(schema.get("description", "")) if isinstance(schema, dict) else ""


def shown(value: Any) -> str:
    """A value for a message: its type in words, and the value itself where it is short."""
    if isinstance(value, dict | list):
        return f"{_TYPES['object' if isinstance(value, dict) else 'array']} of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= 60 else text[:57] + "…"
    kinds = {bool: "the boolean", str: "the string", int: "the number", float: "the number"}
    return f"{kinds.get(type(value), '')} {text}".strip()
