"""Patterns of a schema, matched where no pattern takes for ever.

Python's `re` may need for ever to match `(a+)+$` on sixty letters; the expressions of `jsonschema-rs`
are bounded. The reference implementation, which explains what is wrong, gets its keywords from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any


def linear(validator: Any) -> Any:
    """A class of `jsonschema` validators that matches patterns in Rust, where no pattern takes for ever."""
    import jsonschema

    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    extend: Any = jsonschema.validators.extend
    return extend(validator, keywords)


@cache
def _matcher(pattern: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"pattern": pattern})


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, str) and not _matcher(pattern).is_valid(instance):
        yield _error(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for pattern, below in patterns.items():
            for key in filter(_matcher(pattern).is_valid, instance):
                yield from validator.descend(instance[key], below, path=key, schema_path=pattern)


def _additional_properties(validator: Any, below: Any, instance: Any, schema: Any) -> Iterator[Any]:
    patterns = [_matcher(pattern) for pattern in schema.get("patternProperties", ())]
    known = schema.get("properties", {})
    others = [
        key
        for key in (instance if isinstance(instance, dict) else ())
        if key not in known and not any(pattern.is_valid(key) for pattern in patterns)
    ]
    if below is False and others:
        yield _error(f"additional properties are not allowed: {', '.join(others)}")
    elif isinstance(below, dict):
        for key in others:
            yield from validator.descend(instance[key], below, path=key)


def _error(message: str) -> Any:
    import jsonschema

    return jsonschema.ValidationError(message)
