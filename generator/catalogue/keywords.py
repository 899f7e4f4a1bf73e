"""Rules named after a keyword of JSON Schema, for values (`schema/…`) and objects (`check/api-…`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from generator.catalogue.records import Rule

# What is wrong with a value, by the keyword in kebab-case, and what to do about it.
_KEYWORDS: Final = {
    "unknown-key": ("Key that the schema does not have", "Correct the spelling, or remove the key."),
    "missing": ("Required key that is missing", "Add the key."),
    "key": ("Key with a name that the schema does not allow", "Rename the key."),
    "forbidden": ("Value where the schema allows none", "Remove it."),
    "value": ("Value that the schema does not allow", "Change the value to what the message says."),
    "type": ("Value of the wrong type", "Write a value of the expected type; quotes make a string."),
    "enum": ("Value that is not in the list of allowed values", "Use one of the values in the message."),
    "const": ("Value other than the only one allowed", "Use the value in the message."),
    "one-of": (
        "Value that fits none, or more than one, of several forms",
        "Decide for one form. The errors of the one that was most likely meant are shown.",
    ),
    "pattern": ("Text that does not match a pattern", "Write it as the message or the description says."),
    "format": ("Text that is not in the expected format", "Write it in the format that the message names."),
    "minimum": ("Number that is too small", "Use a larger number."),
    "maximum": ("Number that is too large", "Use a smaller number."),
    "exclusive-minimum": ("Number that is too small", "Use a larger number."),
    "exclusive-maximum": ("Number that is too large", "Use a smaller number."),
    "multiple-of": ("Number that is not a multiple of another", "Use a multiple."),
    "min-length": ("Text that is too short", "Write a longer text."),
    "max-length": ("Text that is too long", "Write a shorter text."),
    "min-items": ("List with too few items", "Add items."),
    "max-items": ("List with too many items", "Remove items."),
    "unique-items": ("List that holds the same item twice", "Remove one of the two."),
    "items": ("List with too many items", "Remove the items that have no place in the schema."),
    "contains": ("List that lacks an item it must contain", "Add such an item."),
    "min-contains": ("List with too few items of a certain form", "Add such items."),
    "max-contains": ("List with too many items of a certain form", "Remove some of them."),
    "min-properties": ("Mapping with too few keys", "Add keys."),
    "max-properties": ("Mapping with too many keys", "Remove keys."),
    "additional-properties": ("Key that matches no pattern of the schema", "Rename or remove the key."),
    "unevaluated-properties": ("Key that no part of the schema describes", "Rename or remove the key."),
    "unevaluated-items": ("Item that no part of the schema describes", "Remove the item."),
    "dependent-required": ("Key that another key requires", "Add the key, or remove the other one."),
    "not": ("Value of a form that the schema forbids", "Change the value."),
}

_WHY_VALUES: Final = "The schema of the project does not accept the values of this environment."
_WHY_OBJECTS: Final = "The API server refuses the object, or silently drops the field."


def values() -> Iterator[Rule]:
    """A rule for each keyword that a schema of values can hold."""
    for kind, (title, fix) in _KEYWORDS.items():
        yield Rule(f"schema/{kind}", title, _WHY_VALUES, fix)


def objects() -> Iterator[Rule]:
    """A rule for each keyword that the schema of a Kubernetes object can hold."""
    for kind, (title, fix) in _KEYWORDS.items():
        yield Rule(f"check/api-{kind}", title.replace("schema", "API"), _WHY_OBJECTS, fix)
