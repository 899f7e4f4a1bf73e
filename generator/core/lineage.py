"""What a value was made from, asked in the ways in which templates use values.

Reading all of a value is something else than counting its items, asking whether it is there, or taking one
item out; each has its function here, and each answers with the `Sources` of just that. `inherit` and `made`
give sources to what a template computes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jinja2 import Undefined
from markupsafe import Markup

from generator.core.bindings import Captured, Fragment, Piece, Token, located
from generator.core.sources import NOTHING, Aspect, At, Read, Sources, reading, union
from generator.core.tracked import SCALARS, Container, List, Map, Pasted, Tracked, Tuple, container, scalar

_NOWHERE: Final = At("", 0)


def own(value: Any) -> Sources:
    """What holds for a value as a whole: of a container, nothing of what is in it."""
    if isinstance(value, Captured | Fragment):
        return union(*(_of_piece(piece) for piece in value.pieces))
    try:
        # Past the attributes that a namespace makes up.
        found = object.__getattribute__(value, "_sources")
    except AttributeError:
        return NOTHING
    return found if isinstance(found, Sources) else NOTHING


def _of_piece(piece: Piece) -> Sources:
    return union(piece.sources, deep(piece.value)) if isinstance(piece, Token) else piece.sources


def deep(value: Any) -> Sources:
    """Everything that a value, and all that is in it, was made from."""
    if isinstance(value, Container) and value._path is not None:
        return union(value._sources, reading(value._path))
    if isinstance(value, dict):
        inside = (deep(part) for entry in value.items() for part in entry)
    elif isinstance(value, list | tuple):
        inside = (deep(item) for item in value)
    else:
        return own(value)
    members = (getattr(value, "_members", None) or {}).values()
    return union(own(value), _made_keys(value), getattr(value, "_order", NOTHING), *members, *inside)


def keys(value: Any) -> Sources:
    """What a container has its keys or its length from; of a text, everything."""
    return union(own(value), _made_keys(value))


def _made_keys(value: Any) -> Sources:
    return value._keys if isinstance(value, Container) else NOTHING


truth = keys  # whether something is there at all; of scalars, everything


def presence(value: Any) -> Sources:
    """What decides that a value is there, whatever it is."""
    if isinstance(value, Container) and value._path is not None:
        return union(value._sources, reading(value._path, Aspect.PRESENCE))
    known = own(value)
    if isinstance(value, Undefined):
        return known
    reads = tuple(Read(read.path, Aspect.PRESENCE) for read in known.data)
    return union(Sources(reads) if reads else NOTHING, *known.decisions)


def membership(value: Any, key: Any) -> Sources:
    """What decides that a container has an entry."""
    if not isinstance(value, Container):
        return NOTHING
    if value._path is not None:
        return reading((*value._path, _plain(key)), Aspect.PRESENCE)
    if value._members is not None and key in value._members:
        return value._members[key]
    return value._keys


def absence(value: Any, key: Any) -> Sources:
    """What decides that a container has no such entry."""
    if isinstance(value, Container) and value._path is not None:
        return union(value._sources, reading((*value._path, _plain(key)), Aspect.PRESENCE))
    possible = value._possible if isinstance(value, Container) else None
    return NOTHING if possible is not None and key not in possible else keys(value)


def picked(value: Any, key: Any) -> Sources:
    """What decides which entry of a container a key or an index finds, beside the entry's own sources."""
    if not isinstance(value, Container):
        return NOTHING
    if value._path is not None:
        return value._sources
    if isinstance(value, Map):
        return union(value._sources, key_sources(value, key))
    return union(value._sources, value._order, value._keys)


def key_sources(value: Any, key: Any) -> Sources:
    """What a key of a computed mapping was made from."""
    if not isinstance(value, Map) or value._path is not None or value._members is None:
        return NOTHING
    return value._members.get(key, value._keys)


def shown(value: Any) -> Sources:
    """What a value was made from that stands on a line of its own; of a container, only its keys."""
    if not isinstance(value, dict | list | tuple):
        return deep(value)
    # With an entry that is always there, the line is the same whatever else there is.
    certain = value and any(membership(value, key) is NOTHING for key in _indexes(value))
    return own(value) if certain else keys(value)


def _indexes(value: Any) -> Any:
    return value if isinstance(value, dict) else range(len(value))


def entries(value: Any) -> Iterator[tuple[Any, Sources]]:
    """What a loop over a value gives: each item, and what decides that there is this one."""
    if isinstance(value, str):
        known = deep(value)
        yield from ((scalar(character, known), known) for character in str.__str__(value))
    elif isinstance(value, dict):
        whole = own(value)
        yield from ((inherit(key, whole), union(whole, membership(value, key))) for key in value)
    elif isinstance(value, list | tuple):
        whole = own(value)
        yield from (
            (inherit(item, whole), union(whole, membership(value, n))) for n, item in enumerate(value)
        )
    else:
        known = own(value)
        yield from ((inherit(item, known), known) for item in value)


def inherit(value: Any, more: Sources) -> Any:
    """The same value, which depends on something more."""
    if more is NOTHING:
        return value
    if isinstance(value, Container):
        return _copied(value, more)
    if isinstance(value, Captured | Fragment):
        return _captured(value, more)
    if isinstance(value, Tracked):
        kind: Any = type(value)
        made = kind(value) if isinstance(value, str | int | float) else kind()
        made._sources = union(value._sources, more)
        return made
    if value is None or type(value) in SCALARS:
        return scalar(value, more)
    if isinstance(value, dict | list | tuple):
        return container(_kind(value)(value), sources=more)
    return _marked(value, more)


def _kind(value: Any) -> Any:
    return Map if isinstance(value, dict) else List if isinstance(value, list) else Tuple


def _copied(value: Any, more: Sources) -> Any:
    made: Any = type(value)(value)
    made._path, made._keys, made._order = value._path, value._keys, value._order
    made._members, made._possible = value._members, value._possible
    made._sources = union(value._sources, more)
    return made


def _captured(value: Any, more: Sources) -> Any:
    made = copy.copy(value) if isinstance(value, Fragment) else Captured(value)
    pieces = value.pieces or (located("", _NOWHERE),)  # text that is empty for a reason
    made.pieces, made.placed = tuple(piece.because(more) for piece in pieces), value.placed
    return made


def _marked(value: Any, more: Sources) -> Any:
    """An object of the template engine; it has a state, so it stays the same one."""
    made_ = _missing(value) if isinstance(value, Undefined) else value
    try:
        object.__setattr__(made_, "_sources", union(own(value), more))
    except AttributeError:
        return value  # a function
    return made_


class _Lenient(Undefined):
    """What a conditional expression without `else` gives, with its sources."""

    __slots__ = ("_sources",)


def _missing(value: Any) -> Any:
    kind: Any = _Lenient if type(value) is Undefined else type(value)
    made_ = kind(value._undefined_hint, value._undefined_obj, value._undefined_name)
    if hasattr(type(value), "_at"):
        made_._at = value._at
    return made_


def made(value: Any, sources: Sources) -> Any:
    """What was computed from `sources`; parts that were only passed on keep their own."""
    if isinstance(value, Tracked | Captured | Fragment | Undefined):
        return value
    if isinstance(value, Mapping):
        entries_ = {made(key, sources): made(child, sources) for key, child in value.items()}
        return _computed(Map(entries_), sources)
    if isinstance(value, list):
        return _computed(List([made(item, sources) for item in value]), sources)
    if isinstance(value, tuple):
        return _computed(Tuple(made(item, sources) for item in value), sources)
    if value is None or type(value) in SCALARS:
        return scalar(value, sources) if sources is not NOTHING else value
    if isinstance(value, Markup):
        value = Pasted(value)
        value._sources = sources
        return value
    return _marked(value, sources) if sources is not NOTHING else value


def _computed(value: Any, sources: Sources) -> Any:
    value = container(value)
    value._keys = sources
    return value


def listed(items: list[Any], members: list[Sources], keys_: Sources, order: Sources = NOTHING) -> List:
    """A list whose items each have their own reason to be there."""
    value: List = container(List(items))
    value._keys, value._order, value._members = keys_, order, dict(enumerate(members))
    return value


def literal(value: Any) -> Any:
    """A list or mapping as a template writes it; keys that are computed make its keys."""
    if not isinstance(value, dict) or not any(isinstance(key, Tracked) for key in value):
        return value
    value = container(Map(value))
    value._members = {key: own(key) for key in value}
    value._keys = union(*value._members.values())
    return value


def _plain(key: Any) -> Any:
    return str.__str__(key) if isinstance(key, str) else int(key) if isinstance(key, int) else key


def tupled(value: List) -> Tuple:
    """A list of this kind as a tuple."""
    return like(value, value, Tuple)  # type: ignore[no-any-return]


def like(value: Any, parts: Any, kind: Any = None) -> Any:
    """A container with other parts, of which all else holds that holds of `value`."""
    if not isinstance(value, Container):
        return type(value)(parts)
    copied: Any = kind or type(value)
    made_ = container(copied(parts))
    for name in ("_path", "_keys", "_order", "_members", "_possible", "_sources"):
        setattr(made_, name, getattr(value, name))
    return made_
