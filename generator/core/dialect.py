"""The keywords of JSON Schema 2020-12: which hold schemas, which hold data, and what is no keyword at all.

Source: https://json-schema.org/draft/2020-12/json-schema-core and json-schema-validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from generator.core.paths import Path

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

IN_PLACE: Final = frozenset(("if", "then", "else", "not"))  # one schema, for the same value
BELOW: Final = frozenset(  # one schema, for the keys, entries or items of the value
    "additionalProperties contains items propertyNames unevaluatedItems unevaluatedProperties".split()
)
ALTERNATIVES: Final = frozenset(("allOf", "anyOf", "oneOf"))
_ONE: Final = IN_PLACE | BELOW | {"contentSchema"}
_LISTS: Final = ALTERNATIVES | {"prefixItems"}
MAPPINGS: Final = frozenset("$defs definitions dependentSchemas patternProperties properties".split())
DATA: Final = frozenset(("enum", "const", "examples", "default"))  # whose contents are no schemas
REFERENCES: Final = ("$ref", "$dynamicRef")

KEYWORDS: Final = (
    _ONE
    | _LISTS
    | MAPPINGS
    | DATA
    | frozenset(REFERENCES)
    | frozenset(
        (
            "$schema $id $anchor $dynamicAnchor $vocabulary $comment type multipleOf maximum "
            "exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems "
            "uniqueItems maxContains minContains maxProperties minProperties required dependentRequired "
            "format contentEncoding contentMediaType title description deprecated readOnly writeOnly"
        ).split()
    )
)
# Keywords of other drafts and dialects, which mean nothing here, and what to write in their place.
FOREIGN: Final = {
    "id": "write `$id`",
    "dependencies": "write `dependentRequired` or `dependentSchemas`",
    "additionalItems": "write `prefixItems`, with `items` for the others",
    "$recursiveRef": "write `$dynamicRef`",
    "$recursiveAnchor": "write `$dynamicAnchor`",
    "divisibleBy": "write `multipleOf`",
    "nullable": 'write `"type": ["…", "null"]`',
    "example": "write `examples`, a list",
    "min": "write `minimum`, `minLength`, `minItems` or `minProperties`",
    "max": "write `maximum`, `maxLength`, `maxItems` or `maxProperties`",
    "regex": "write `pattern`",
    "optional": "list the keys that are not optional under `required`",
}
FORMATS: Final = frozenset(  # those that the validator asserts
    (
        "date date-time duration email hostname idn-email idn-hostname ipv4 ipv6 iri iri-reference "
        "json-pointer regex relative-json-pointer time uri uri-reference uri-template uuid"
    ).split()
)


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas directly inside one, each with the steps that lead to it."""
    for keyword, value in schema.items():
        if keyword in _ONE:
            yield (keyword,), value
        elif keyword in _LISTS and isinstance(value, list):
            for index, child in enumerate(value):
                yield (keyword, index), child
        elif keyword in MAPPINGS and isinstance(value, dict):
            for name, child in value.items():
                yield (keyword, name), child
