"""Values that know what they were made from, for renderings that somebody asks about.

An ordinary rendering works on plain data. One that is asked for sources (`generator.core.tracer`) works on
these: mappings, lists, strings and numbers that behave as the plain ones do and carry their `Sources`.
Nothing in a template can read those. `untrack` gives the plain data back.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final

from markupsafe import Markup

from generator.core.paths import Path
from generator.core.sources import NOTHING, Aspect, Sources, reading

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Tracked:
    """What the tracked types share: `_sources`, what decided that the value is this one, or made it."""

    __slots__ = ()
    _sources: Sources


class Text(str, Tracked):
    __slots__ = ("_sources",)


class Integer(int, Tracked):
    pass


class Real(float, Tracked):
    __slots__ = ("_sources",)


class Flag(int, Tracked):
    """A boolean; `bool` itself takes no subclass. Written as JSON writes it."""

    def __str__(self) -> str:
        return "true" if self else "false"

    __repr__ = __str__
    __format__ = object.__format__


class Nothing(Tracked):
    """None; it takes no subclass either."""

    __slots__ = ("_sources",)

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Nothing)

    def __hash__(self) -> int:
        return hash(None)

    def __repr__(self) -> str:
        return "None"


class Pasted(Markup, Tracked):
    """YAML source that is pasted on purpose."""


class Container(Tracked):
    """What mappings, lists and tuples share.

    `_sources` holds for all that is inside. `_path` is the place in the values where the container stands
    unchanged; of others, `_keys` made its keys or its length, `_order` the order, and `_members` each entry.
    `_possible` names every key that it could ever have, where that is known.
    """

    __slots__ = ()
    _path: Path | None
    _keys: Sources
    _order: Sources
    _members: dict[Any, Sources] | None
    _possible: frozenset[Any] | None


class Map(dict[str, Any], Container):
    __slots__ = ("_keys", "_members", "_order", "_path", "_possible", "_sources")


class List(list[Any], Container):
    __slots__ = ("_keys", "_members", "_order", "_path", "_possible", "_sources")


class Tuple(tuple[Any, ...], Container):
    pass  # a tuple takes no slots


SCALARS: Final[dict[type, Any]] = {str: Text, int: Integer, float: Real, bool: Flag}


def track(value: Any, path: Path = ()) -> Any:
    """A deep copy of plain data in which every value and every key knows its path."""
    if isinstance(value, dict):
        entries = {
            scalar(k, reading((*path, k), Aspect.PRESENCE)): track(v, (*path, k)) for k, v in value.items()
        }
        return container(Map(entries), path)
    if isinstance(value, list):
        return container(List([track(v, (*path, i)) for i, v in enumerate(value)]), path)
    return scalar(value, reading(path))


def container(made: Any, path: Path | None = None, sources: Sources = NOTHING) -> Any:
    """A container with nothing known of it but where it stands in the values, or that it stands nowhere."""
    made._path, made._sources = path, sources
    made._keys = NOTHING if path is None else reading(path, Aspect.KEYS)
    made._order, made._members, made._possible = NOTHING, None, None
    return made


def scalar(value: Any, sources: Sources) -> Any:
    """A plain scalar made from `sources`; what is no plain scalar is returned as it is."""
    made: Any
    if value is None:
        made = Nothing()
    else:
        kind = SCALARS.get(type(value))
        if kind is None:
            return value
        made = kind(value)
    made._sources = sources
    return made


class Unbindable(Exception):
    """A value that has no place in a manifest, such as a function."""


def untrack(value: Any) -> Any:
    """Plain data again: dict, list, str, int, float, bool, None. Raises `Unbindable` for anything else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Flag):
        return bool(value)
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
    if isinstance(value, Nothing):
        return None
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
    for kind, name in _NAMES:
        if isinstance(value, kind):
            raise Unbindable(name)
    str(value)  # what is undefined, or captured and no text, says so itself
    raise Unbindable(type(value).__name__)


_NAMES: Final = ((type(None) | Nothing, "null"), (dict, "a mapping"), (list, "a list"))


def _number(value: int | float) -> int | float:
    """A plain number that every reader of YAML and JSON takes. Raises `Unbindable` for any other."""
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise Unbindable("an integer beyond 64 bits")
        return int(value)
    if not isfinite(value):
        raise Unbindable("a number that is not finite")
    return float(value)
