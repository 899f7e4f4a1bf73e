"""What a schema says without effect: misspelled keywords and formats, and what excludes itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.core.dialect import FOREIGN, FORMATS, KEYWORDS
from generator.core.nearest import did_you_mean
from generator.core.patterns import matches
from generator.core.schema_files import span
from generator.core.walker import Walker
from generator.diagnostics import Diagnostic, Severity, Source


def warnings(walker: Walker, sources: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """Every such thing, in the order of the files."""
    for place in walker.references.places:
        for steps, rule, message, help in _of(place.schema):
            at = span(sources[place.file], place.path + steps)
            yield Diagnostic(f"schema/{rule}", message, at, Severity.WARNING, help=help)


def _of(schema: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    for keyword in (keyword for keyword in schema if keyword not in KEYWORDS):
        if not keyword.startswith("x-"):
            near = FOREIGN.get(keyword) or did_you_mean(keyword, KEYWORDS)
            message = f"`{keyword}` is not a keyword of JSON Schema 2020-12, and has no effect"
            yield (keyword,), "unknown-keyword", message, near or "begin keywords of your own with `x-`"
    if "format" in schema and schema["format"] not in FORMATS:
        message = f"`{schema['format']}` is not a format that gen checks"
        yield ("format",), "unknown-format", message, did_you_mean(schema["format"], FORMATS)
    if schema.get("additionalProperties") is False:
        for index, key in enumerate(schema.get("required", ())):
            known = schema.get("properties", {})
            if key not in known and not any(matches(p, key) for p in schema.get("patternProperties", ())):
                message = f"`{key}` is required, and not allowed"
                hint = did_you_mean(key, known)
                yield ("required", index), "impossible", message, hint or f"describe `{key}` under properties"
    for low, high in _RANGES:
        if low in schema and high in schema and schema[low] > schema[high]:
            message = f"`{low}` is above `{high}`, so nothing is allowed"
            yield (low,), "impossible", message, "swap the two, or correct one of them"


_RANGES = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
