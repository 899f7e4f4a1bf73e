"""Sets of fields as managedFields writes them (FieldsV1), and what they name in an object.

`f:NAME` is a field, `k:{…}` the entry of a list with these merge keys, `v:…` that of a set, `i:N` one by its
index, and `.` the field, or the entry, itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.core.paths import Path

Fields = Mapping[str, Any]

_ENTRY: Final = re.compile(r'\[((?:"(?:[^"\\]|\\.)*"|[^]"])*)\]')
_KEY: Final = re.compile(r'([^=,]*)=("(?:[^"\\]|\\.)*"|[^,]*),?')


def has(fields: Any, steps: tuple[str, ...]) -> bool:
    """Whether a field is in a set."""
    for step in steps:
        if not isinstance(fields, Mapping) or step not in fields:
            return False
        fields = fields[step]
    return True


def union(one: Fields, other: Fields) -> Fields:
    """The fields of two sets."""
    return {**one, **{step: union(one.get(step, {}), below) for step, below in other.items()}}


def cut(value: Any, fields: Fields, kept: Fields) -> None:
    """Take the fields of a set out of a value, but those that are kept."""
    for step, below in _last_first(value, fields):
        if step in kept:
            cut(value[_place(value, step)], below, kept[step])
        elif not below or "." in below:
            del value[_place(value, step)]
        else:
            cut(value[_place(value, step)], below, {})


def path(body: Any, field: str) -> Path:
    """The path of a field in a body, as far as the body has it, from the way that conflicts name it.

    They write `.metadata.labels.app.kubernetes.io/name` and `.spec.ports[port=80,protocol="TCP"].name`.
    """
    found: list[str | int] = []
    while (step := _step(body, field)) is not None:
        name, field = step
        body = body[name]
        found.append(name)
    return tuple(found)


def _step(body: Any, field: str) -> tuple[str | int, str] | None:
    """The first step of a field, and the rest of it; a key may have dots in it."""
    if match := _ENTRY.match(field):
        number = _index(body, match[1])
        return None if number is None else (number, field[match.end() :])
    keys = body if isinstance(body, dict) else ()
    fits = [
        key for key in keys if field.startswith(f".{key}") and field[len(key) + 1 :][:1] in ("", ".", "[")
    ]
    longest = max(fits, key=len, default=None)
    return None if longest is None else (longest, field[len(longest) + 1 :])


def _index(body: Any, inside: str) -> int | None:
    """Which entry of a list `name="server"`, `="value"` or `0` stands for."""
    if inside.isdecimal():
        return int(inside)
    keys = {key: json.loads(value) for key, value in _KEY.findall(inside)}
    for number, entry in enumerate(body if isinstance(body, list) else ()):
        if keys == {"": entry} or (isinstance(entry, dict) and keys.items() <= entry.items()):
            return number
    return None


def _last_first(value: Any, fields: Fields) -> Iterator[tuple[str, Fields]]:
    """The steps that lead somewhere; entries of a list from its end, so that those before them stay."""
    found = [(step, below) for step, below in fields.items() if _place(value, step) is not None]
    yield from sorted(found, key=lambda one: str(_place(value, one[0])).zfill(12), reverse=True)


def _place(value: Any, step: str) -> Any:
    """The key or the index that a step of FieldsV1 stands for, or None where there is nothing."""
    kind, _, told = step.partition(":")
    if kind == "f":
        return told if isinstance(value, dict) and told in value else None
    if not isinstance(value, list) or kind not in ("k", "v", "i"):
        return None
    wanted = json.loads(told)
    if kind == "i":
        return wanted if wanted < len(value) else None
    for number, entry in enumerate(value):
        same = entry == wanted if kind == "v" else isinstance(entry, dict) and wanted.items() <= entry.items()
        if same:
            return number
    return None
