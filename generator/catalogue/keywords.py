"""Rules named after a keyword of JSON Schema, for values (`schema/…`) and objects (`check/api-…`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from generator.catalogue.records import Rule

# What is wrong with a value, by the keyword in kebab-case, and what to do about it.
_KEYWORDS: Final = {
    "unknown-key": ("Unknown key", "Correct the spelling, or remove the key."),
    "missing": ("Missing required key", "Add the key."),
    "key": ("Invalid key name", "Rename the key."),
    "forbidden": ("Value not allowed here", "Remove it."),
    "value": ("Value not allowed by the schema", "Change the value as the message says."),
    "type": ("Value of the wrong type", "Use a value of the expected type; quotes make a string."),
    "enum": ("Value not in the list of allowed values", "Use one of the values in the message."),
    "const": ("Value other than the required constant", "Use the value in the message."),
    "one-of": (
        "Value that matches none, or more than one, of several forms",
        "Choose one form. The errors shown are those of the form that was most likely meant.",
    ),
    "pattern": ("String that does not match a pattern", "Write it as the message or the description says."),
    "format": ("String in the wrong format", "Use the format named in the message."),
    "minimum": ("Number too small", "Use a larger number."),
    "maximum": ("Number too large", "Use a smaller number."),
    "exclusive-minimum": ("Number too small", "Use a larger number."),
    "exclusive-maximum": ("Number too large", "Use a smaller number."),
    "multiple-of": ("Number that is not a multiple", "Use a multiple of the number in the message."),
    "min-length": ("String too short", "Use a longer string."),
    "max-length": ("String too long", "Use a shorter string."),
    "min-items": ("Too few list items", "Add items."),
    "max-items": ("Too many list items", "Remove items."),
    "unique-items": ("Duplicate list item", "Remove one of the two."),
    "items": ("Too many list items", "Remove the items that the schema does not describe."),
    "contains": ("Missing required list item", "Add the item."),
    "min-contains": ("Too few matching list items", "Add items of the required form."),
    "max-contains": ("Too many matching list items", "Remove some of them."),
    "min-properties": ("Too few keys", "Add keys."),
    "max-properties": ("Too many keys", "Remove keys."),
    "additional-properties": ("Key that matches no allowed pattern", "Rename or remove the key."),
    "unevaluated-properties": ("Key not described by the schema", "Rename or remove the key."),
    "unevaluated-items": ("List item not described by the schema", "Remove the item."),
    "dependent-required": ("Missing key that another key requires", "Add the key, or remove the other one."),
    "not": ("Value of a forbidden form", "Change the value."),
}

_WHY_VALUES: Final = "The project's schema rejects the values of this environment."
_WHY_OBJECTS: Final = "The API server rejects the object, or silently drops the field."


def values() -> Iterator[Rule]:
    """A rule for each keyword that a schema of values can hold."""
    for kind, (title, fix) in _KEYWORDS.items():
        yield Rule(f"schema/{kind}", title, _WHY_VALUES, fix)


def objects() -> Iterator[Rule]:
    """A rule for each keyword that the schema of a Kubernetes object can hold."""
    for kind, (title, fix) in _KEYWORDS.items():
        yield Rule(f"check/api-{kind}", title.replace("schema", "API"), _WHY_OBJECTS, fix)
