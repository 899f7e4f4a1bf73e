"""One-field mistakes made of valid objects: each is an object that differs from a valid one in one place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from generator.core import paths
from generator.core.paths import Path

Body = dict[str, Any]

# What no mutation touches: kubectl reads these before it asks the server.
_ADDRESS = (("apiVersion",), ("kind",), ("metadata", "namespace"))
_NUMBERS = (-1, 0, 1, 101, 65536, 2**31, 2**63)
_NAMES = ("Bad_Name", "a b", "-a", "a.b", "a/b", "ü", "1", "a" * 64, "a" * 254)
_QUANTITIES = ("-1", "1GB", "1.5.2", "1 Gi", "lots", "0", "1.5")
_ADDRESSES = ("999.1.1.1", "10.0.0.0/33", "10.0.0", "fe80::/129", "10.0.0.5/8", "010.0.0.1")
_WRONG_TYPES: dict[type, tuple[Any, ...]] = {
    str: (7, True, ["x"], {"x": "y"}),
    bool: ("yes", 1, []),
    int: ("x", 1.5, True, [1]),
    float: ("x", True, [1]),
    type(None): (7, "x", {}),
    list: ("x", {"x": 1}, 3),
    dict: ("x", ["x"], 3),
}
_EMPTY: dict[type, Any] = {str: "", list: [], dict: {}}


class Mutation(NamedTuple):
    """A mistake: what was done, at which field, and the whole object with it."""

    what: str
    path: Path
    body: Body

    def __str__(self) -> str:
        name = (self.body.get("metadata") or {}).get("name")
        return f"{self.body['kind']} {name} {self.what} {paths.show(self.path)}"


def of(body: Body) -> Iterator[Mutation]:
    """Every mutation of an object, in the order of its fields."""
    for path, value in _places(body, ()):
        if path not in _ADDRESS:
            yield _removed(body, path)
            for what, other in _others(path, value):
                if other != value or type(other) is not type(value):
                    yield _set(body, path, f"{what} {_short(other)}", other)
        if isinstance(value, list) and value:
            yield _set(body, path, "duplicated", [*value, copy.deepcopy(value[-1])])
        if isinstance(value, dict):
            yield _set(body, path, "unknown field", {**value, "unknownField": "x"})
            yield from _swapped(body, path, value)


def _places(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _places(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _places(child, (*path, index))


def _others(path: Path, value: Any) -> Iterator[tuple[str, Any]]:
    for other in _WRONG_TYPES[type(value)]:
        yield "wrong type", other
    if type(value) in _EMPTY:
        yield "empty", _EMPTY[type(value)]
    if isinstance(value, int) and not isinstance(value, bool):
        for number in _NUMBERS:
            yield "range", number
    elif isinstance(value, str):
        yield from _strings(value)


def _strings(value: str) -> Iterator[tuple[str, str]]:
    yield "enum", f"{value}x"
    yield "enum", value.swapcase()
    for name in _NAMES:
        yield "name", name
    if value[:1].isdigit():
        for quantity in _QUANTITIES:
            yield "quantity", quantity
    if value.count(".") == 3 or ":" in value:
        for address in _ADDRESSES:
            yield "address", address


def _swapped(body: Body, path: Path, value: dict[str, Any]) -> Iterator[Mutation]:
    """Neighbours with values of one type change places."""
    keys = [
        key for key, child in value.items() if isinstance(child, str | int) and (*path, key) not in _ADDRESS
    ]
    for one, other in pairwise(keys):
        if type(value[one]) is type(value[other]) and value[one] != value[other]:
            yield _set(body, path, f"swapped {one} {other}", {**value, one: value[other], other: value[one]})


def _set(body: Body, path: Path, what: str, value: Any) -> Mutation:
    made = copy.deepcopy(body)
    holder = paths.get(made, path[:-1]) if path else None
    if holder is not None:
        holder[path[-1]] = value
    return Mutation(what, path, made if holder is not None else value)


def _removed(body: Body, path: Path) -> Mutation:
    made = copy.deepcopy(body)
    del paths.get(made, path[:-1])[path[-1]]
    return Mutation("removed", path, made)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 20 else f"{text[:16]}… ({len(text)})"
