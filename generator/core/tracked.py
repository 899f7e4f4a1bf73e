"""Values that remember their paths while a template works on them.

A template sees plain-looking data: mappings, lists, strings, numbers. Each is of a subclass that carries the
value paths it came from, so that a value keeps its path through a loop, `set` or a macro argument. Nothing
in a template can read the paths, and nothing but `explain` and diagnostics depends on them. `untrack` gives
the plain data back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, Final, TypeAlias

from generator.core.paths import Path

Paths: TypeAlias = tuple[Path, ...]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Tracked:
    """What the tracked types share: `_paths`, the value paths that a value was made from."""

    __slots__ = ()
    _paths: Paths


class Text(str, Tracked):
    __slots__ = ("_paths",)


class Integer(int, Tracked):
    pass


class Real(float, Tracked):
    __slots__ = ("_paths",)


class Flag(int, Tracked):
    """A boolean; `bool` itself takes no subclass. Written as JSON writes it."""

    def __str__(self) -> str:
        return "true" if self else "false"

    __repr__ = __str__
    __format__ = object.__format__


class Map(dict[str, Any], Tracked):
    __slots__ = ("_paths",)


class List(list[Any], Tracked):
    __slots__ = ("_paths",)


_SCALARS: dict[type, Any] = {str: Text, int: Integer, float: Real, bool: Flag}


def track(value: Any, path: Path = ()) -> Any:
    """A deep copy of plain data in which every value and every key knows its path."""
    tracked: Any
    if isinstance(value, dict):
        tracked = Map({mark(k, ((*path, k),)): track(v, (*path, k)) for k, v in value.items()})
    elif isinstance(value, list):
        tracked = List([track(v, (*path, i)) for i, v in enumerate(value)])
    else:
        return mark(value, (path,))
    tracked._paths = (path,)
    return tracked


def mark(value: Any, paths: Paths) -> Any:
    """A plain scalar made from the values at `paths`; what is no plain scalar is returned as it is."""
    kind = _SCALARS.get(type(value))
    if kind is None:
        return value
    marked = kind(value)
    marked._paths = paths
    return marked


class Unbindable(Exception):
    """A value that has no place in a manifest, such as a function."""


def untrack(value: Any) -> Any:
    """Plain data again: dict, list, str, int, float, bool, None. Raises `Unbindable` for anything else."""
    if isinstance(value, Flag):
        return bool(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        data = {text(k): untrack(v) for k, v in value.items()}
        if len(data) < len(value):
            raise Unbindable("a mapping with two keys that are the same text")
        return data
    if isinstance(value, list | tuple):
        return [untrack(v) for v in value]
    raise Unbindable(type(value).__name__)


def text(value: Any) -> str:
    """A scalar as it is written inside a longer string: numbers and booleans as in JSON.

    Raises `Unbindable` for what has no such form: null, a mapping or a list, a number or text that JSON
    cannot hold.
    """
    if isinstance(value, str):
        plain = str.__str__(value)
        if not plain.isascii() and _SURROGATE.search(plain):
            raise Unbindable("text with half of a surrogate pair")
        return plain
    if isinstance(value, bool | Flag):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(_number(value))
    names = {type(None): "null", dict: "a mapping", Map: "a mapping", list: "a list", List: "a list"}
    if type(value) not in names:
        str(value)  # what is undefined, or captured and no text, says so itself
    raise Unbindable(names.get(type(value), type(value).__name__))


def _number(value: int | float) -> int | float:
    """A plain number that every reader of YAML and JSON takes. Raises `Unbindable` for any other."""
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise Unbindable("an integer beyond 64 bits")
        return int(value)
    if not isfinite(value):
        raise Unbindable("a number that is not finite")
    return float(value)


def paths_inside(value: Any, path: Path = ()) -> Iterable[tuple[Path, Paths]]:
    """For every tracked value inside a container: where it sits there, and the value paths it came from."""
    if isinstance(value, Tracked):
        yield path, value._paths
    if isinstance(value, dict):
        for key, child in value.items():
            yield from paths_inside(child, (*path, text(key)))
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from paths_inside(child, (*path, index))
