"""The words for what a schema forbids: values, types and limits as people write them, and what to change."""

from __future__ import annotations

import json
import re
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


TYPES: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

LIMITS: Final = {
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
    "format": "text in the format {}",
    "const": "{}",
    "uniqueItems": "a list without two items that are the same",
    "contains": "a list with an item of another form",
    "minContains": "a list with more items of a certain form",
    "maxContains": "a list with fewer items of a certain form",
    "not": "anything but what the schema rules out",
    "contentEncoding": "text in the encoding {}",
    "contentMediaType": "text of the media type {}",
}


def wrong_type(path: Path, value: Any, types: list[str], help: str) -> Violation:
    hint = other_quotes(value, types)
    return Violation(
        path,
        "type",
        of_wrong(path, "type"),
        shown(value),
        typed(types),
        " ".join(filter(None, (hint, help))),
    )


def typed(types: list[str]) -> str:
    """Types in words, in one order."""
    return " or ".join(text for name, text in TYPES.items() if name in types)


def other_quotes(value: Any, types: list[str]) -> str:
    """What to write where only the quotes, or a blank, are wrong."""
    if isinstance(value, str):
        numbers = {"integer": r"-?(0|[1-9][0-9]{0,17})", "number": r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"}
        fits = any(name in types and re.fullmatch(pattern, value) for name, pattern in numbers.items())
        if fits or ("boolean" in types and value in ("true", "false")):
            return f"write {value}, without quotes."
        if "boolean" in types and value.lower() in ("yes", "on", "no", "off", "y", "n", "true", "false"):
            return (
                f"write {'true' if value.lower() in ('yes', 'on', 'y', 'true') else 'false'}, without quotes."
            )
        if "object" in types and (match := re.fullmatch(r"([A-Za-z_][\w.-]*):(\S.*)", value)):
            return f"a space is missing after the colon: `{match[1]}: {match[2]}`."
        if "array" in types and "," in value:
            items = ", ".join(part.strip() for part in value.split(","))
            return f"write a list: [{items}]."
    if "array" in types and isinstance(value, str | int | float):
        return f"write a list: [{json.dumps(value, ensure_ascii=False)}]."
    return ""


def one_of(path: Path, value: Any, values: list[Any], help: str) -> Violation:
    allowed = [text if isinstance(text, str) else json.dumps(text) for text in values]
    near = did_you_mean(str(value), allowed)
    hint = near if near.startswith("did") or len(allowed) > 9 else ""
    if not isinstance(value, str) and json.dumps(value) in values:
        hint = f'write "{json.dumps(value)}", in quotes'
    elif isinstance(value, str) and value not in values and value in allowed:
        hint = f"write {value}, without quotes"
    return Violation(path, "enum", of_wrong(path, "value"), shown(value), listed(allowed), hint or help)


def listed(allowed: list[str]) -> str:
    return "one of " + ", ".join(f"`{text}`" for text in allowed[:20]) + (" …" if len(allowed) > 20 else "")


def of_wrong(path: Path, what: str) -> str:
    return f"`{paths.show(path)}` has the wrong {what}" if path else f"the document has the wrong {what}"


def slug(keyword: str) -> str:
    """A keyword in the spelling of rule ids: `min-length`."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"([A-Z])", r"-\1", keyword).lower()).strip("-") or "value"


def shown(value: Any) -> str:
    """A value for a message: its type in words, and the value itself where it is short."""
    if isinstance(value, dict | list):
        return f"{TYPES['object' if isinstance(value, dict) else 'array']} of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= 60 else text[:57] + "…"
    kinds = {bool: "the boolean", str: "the string", int: "the number", float: "the number"}
    return f"{kinds.get(type(value), '')} {text}".strip()
