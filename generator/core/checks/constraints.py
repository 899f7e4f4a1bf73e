"""A small language for what the API server asks of the fields of one type, beyond their types.

A rule looks at one value of a type, a mapping whose shape is right already, and yields faults with paths
relative to it. Tables of such rules by the name of the type are in `kinds/`. To the server an empty text,
list or mapping is mostly the same as none, so `given` treats it so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.core.checks.forms import Form
from generator.core.nearest import did_you_mean
from generator.core.paths import Path


class Fault(NamedTuple):
    """What is wrong, where inside of the value, and what would be right."""

    rule: str
    path: Path
    message: str
    found: str = ""
    expected: str = ""
    help: str = ""
    key: bool = False


Value = Mapping[str, Any]
Faults = Iterator[Fault]
Rule = Callable[[Value], Faults]


def given(value: Value, field: str) -> bool:
    """Whether a field says something: numbers and booleans always do, the others unless they are empty."""
    found = value.get(field)
    return found is not None and found not in ("", [], {})


def show(value: Any) -> str:
    """A value in a message."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text) - 2} characters)"


def needs(*fields: str, because: str = "") -> Rule:
    """Each of these fields is given."""

    def rule(value: Value) -> Faults:
        for field in fields:
            if not given(value, field):
                reason = f" {because}" if because else ""
                state = "empty" if field in value else "missing"
                yield Fault("required", (field,) if field in value else (), f"`{field}` is {state}{reason}")

    return rule


def form(field: str, wanted: Form, rule_id: str = "value", empty: bool = True) -> Rule:
    """The text of a field has a form; with `empty`, the empty text counts as no text."""

    def rule(value: Value) -> Faults:
        text = value.get(field)
        if isinstance(text, str) and (text or not empty) and not wanted.test(text):
            yield _wrong(rule_id, (field,), text, wanted.expected)

    return rule


def each(field: str, wanted: Form, rule_id: str = "value") -> Rule:
    """Every text in a list has a form."""

    def rule(value: Value) -> Faults:
        for index, text in enumerate(value.get(field) or ()):
            if isinstance(text, str) and not wanted.test(text):
                yield _wrong(rule_id, (field, index), text, wanted.expected)

    return rule


def keys(field: str, wanted: Form, rule_id: str = "key", what: str = "not a valid key") -> Rule:
    """Every key of a mapping has a form."""

    def rule(value: Value) -> Faults:
        for key in value.get(field) or ():
            if not wanted.test(key):
                yield Fault(rule_id, (field, key), what, show(key), wanted.expected, key=True)

    return rule


def among(field: str, *values: str, empty: bool = True) -> Rule:
    """A field holds one of these texts; with `empty`, the empty text counts as no text."""

    def rule(value: Value) -> Faults:
        found = value.get(field)
        if found is not None and (found or not empty) and found not in values:
            listed = (
                "one of " + ", ".join(f"`{one}`" for one in values) if len(values) > 1 else f"`{values[0]}`"
            )
            hint = did_you_mean(str(found), list(values))
            yield Fault("value", (field,), "not a valid value", show(found), listed, hint)

    return rule


def each_among(field: str, *values: str) -> Rule:
    """Every entry of a list is one of these texts."""

    def rule(value: Value) -> Faults:
        for index, found in enumerate(value.get(field) or ()):
            if found not in values:
                listed = "one of " + ", ".join(f"`{one}`" for one in values)
                hint = did_you_mean(str(found), list(values))
                yield Fault("value", (field, index), "not a valid value", show(found), listed, hint)

    return rule


def between(field: str, least: int, most: int | None = None) -> Rule:
    """A number lies in a range; a text in its place is for other rules."""
    expected = f"at least {least}" if most is None else f"from {least} to {most}"

    def rule(value: Value) -> Faults:
        found = value.get(field)
        if isinstance(found, int | float) and (found < least or (most is not None and found > most)):
            yield Fault("range", (field,), "out of range", show(found), expected)

    return rule


def at_most(field: str, length: int) -> Rule:
    """A text or list is not longer than this."""

    def rule(value: Value) -> Faults:
        size = len(value.get(field) or ())
        if size > length:
            yield Fault("range", (field,), "too long", f"{size}", f"at most {length}")

    return rule


def one_of(*fields: str, least: int = 1, most: int = 1, what: str = "") -> Rule:
    """Some of these fields are there, if only as empty mappings."""

    def rule(value: Value) -> Faults:
        there = [field for field in fields if value.get(field) is not None]
        listed = ", ".join(f"`{field}`" for field in fields)
        if len(there) < least:
            yield Fault("required", (), f"{what or 'it'} needs one of {listed}")
        elif len(there) > most:
            message = f"it cannot be combined with `{there[0]}`; set only one of them"
            yield Fault("exclusive", (there[-1],), message, "", f"one of {listed}")

    return rule


def when(condition: Callable[[Value], object], *rules: Rule) -> Rule:
    """Rules that hold for some values only."""

    def rule(value: Value) -> Faults:
        if condition(value):
            for one in rules:
                yield from one(value)

    return rule


def has(field: str, *values: Any, default: Any = None) -> Callable[[Value], bool]:
    """The condition that a field has one of these values, or its default where it is not given."""
    return lambda value: (value[field] if given(value, field) else default) in values


def there(field: str) -> Callable[[Value], bool]:
    """The condition that a field is given."""
    return lambda value: given(value, field)


def none_of(*fields: str, because: str) -> Rule:
    """None of these fields is given."""

    def rule(value: Value) -> Faults:
        for field in fields:
            if given(value, field):
                yield Fault("exclusive", (field,), because, show(value[field]))

    return rule


def distinct(field: str, *names: str) -> Rule:
    """No two entries of a list have the same values in these fields, or are the same."""

    def rule(value: Value) -> Faults:
        seen = set()
        for index, entry in enumerate(value.get(field) or ()):
            same = tuple(str(entry.get(name)) for name in names) if names else (str(entry),)
            if names and not any(given(entry, name) for name in names):
                continue
            if same in seen:
                what = f" with this {' and '.join(names)}" if names else ""
                yield Fault(
                    "duplicate-entry", (field, index), f"there is an earlier entry{what}", show(entry)
                )
            seen.add(same)

    return rule


def inside(field: str, *rules: Rule) -> Rule:
    """Rules for the mapping in a field, or for each mapping of the list there."""

    def rule(value: Value) -> Faults:
        found = value.get(field)
        entries = enumerate(found) if isinstance(found, list) else [(None, found)]
        for index, entry in entries:
            if isinstance(entry, Mapping):
                at: Path = (field,) if index is None else (field, index)
                for one in rules:
                    for fault in one(entry):
                        yield fault._replace(path=(*at, *fault.path))

    return rule


def absent(field: str, because: str = "") -> Rule:
    """The server asks for a field even where it is an empty mapping or list."""

    def rule(value: Value) -> Faults:
        if value.get(field) is None:
            yield Fault("required", (), f"`{field}` is missing{because}")

    return rule


def _wrong(rule_id: str, path: Path, found: str, expected: str) -> Fault:
    return Fault(rule_id, path, "not a valid value", show(found), expected)
