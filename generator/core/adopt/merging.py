"""One object as several environments have it becomes one body.

What differs is lifted, and what some of them lack gets a condition.

In the body, texts of `Lifted.expression` stand where a template writes an expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count
from typing import Any, Final, NamedTuple

from generator.core import serialise
from generator.core.adopt.lifted import Lifted, code, literal, shortened
from generator.core.adopt.obvious import Obvious, holds_null
from generator.core.canonical import canonical
from generator.core.paths import Path

TAG: Final = re.compile("{[{%#]")  # where a template begins to be more than text
_ENDRAW: Final = re.compile(r"{%[-+]?\s*endraw")


class Merged(NamedTuple):
    """The body of one object, and under which condition the fields at some paths are there."""

    body: dict[str, Any]
    conditions: dict[Path, str]


class Merger:
    """Merges one object; `key` is the name of its values, `what` that of the object in descriptions."""

    def __init__(self, lifted: Lifted, obvious: Obvious, kind: str, key: str, what: str) -> None:
        self.lifted, self.obvious = lifted, obvious
        self.kind, self.key, self.what = kind, key, what
        self.conditions: dict[Path, str] = {}

    def merge(self, given: Mapping[str, dict[str, Any]]) -> Merged:
        """The object as every environment in `given` has it."""
        body = self._any((), (), given)
        if len(given) < len(self.lifted.environments):
            self.conditions[()] = self._flag((), given)
        return Merged(body, self.conditions)

    def _any(self, at: Path, name: Path, given: Mapping[str, Any]) -> Any:
        """What stands at a path of the body; `name` is the path with names of items for their indexes."""
        if (text := self.obvious.lift(self.kind, self.key, at, name, given)) is not None:
            return text
        values = list(given.values())
        if all(isinstance(value, dict) for value in values):
            return self._mapping(at, name, given)
        if all(isinstance(value, list) for value in values):
            return self._list(at, name, given)
        if len({canonical(value) for value in values}) == 1:
            return self._literal(values[0])
        return self._lift(at, name, given)

    def _literal(self, value: Any) -> Any:
        """A scalar that all have; an expression for text that would end a `raw` block."""
        is_end = isinstance(value, str) and _ENDRAW.search(value)
        return self.lifted.expression(literal(value)) if is_end else value

    def _mapping(self, at: Path, name: Path, given: Mapping[str, dict[str, Any]]) -> Any:
        union = {key: self._key(key) for value in given.values() for key in value}
        common = {key for key in union if all(key in value for value in given.values())}
        # The first key of an item stands behind its dash, so it has to be there in any case.
        first = serialise.ordered({written: key for key, written in union.items()})[:1]
        dangling = (
            bool(at) and isinstance(at[-1], int) and first != [] and first[0] not in map(union.get, common)
        )
        if union and (not common or dangling):
            return self._lift(at, name, given)
        having = {key: {e: value[key] for e, value in given.items() if key in value} for key in union}
        return {
            written: self._entry((*at, written), (*name, key), having[key], given)
            for key, written in union.items()
        }

    def _key(self, key: str) -> str:
        """A key; an expression for one that looks like a tag."""
        return self.lifted.expression(literal(key)) if TAG.search(key) else key

    def _list(self, at: Path, name: Path, given: Mapping[str, list[Any]]) -> Any:
        names = {environment: _names(items) for environment, items in given.items()}
        if all(names.values()):
            order = _order([list(found) for found in names.values() if found])
            common = order and set(order).intersection(*(set(found or ()) for found in names.values()))
            if order and common:
                alone = len(order) == 1 and at[-1] == "containers"
                return [
                    self._entry(
                        (*at, index),
                        (*name[:-1], "") if alone else (*name, item),
                        {e: given[e][found[item]] for e, found in names.items() if found and item in found},
                        given,
                    )
                    for index, item in enumerate(order)
                ]
        if len({len(items) for items in given.values()}) == 1 and self._is_alike(given):
            length = len(next(iter(given.values())))
            return [
                self._any((*at, n), (*name, str(n)), {e: items[n] for e, items in given.items()})
                for n in range(length)
            ]
        return self._lift(at, name, given)

    @staticmethod
    def _is_alike(given: Mapping[str, list[Any]]) -> bool:
        """Whether items can be compared one by one: they are equal, or all of them have fields."""
        items = [item for several in given.values() for item in several]
        return len({canonical(several) for several in given.values()}) == 1 or all(
            isinstance(i, dict) for i in items
        )

    def _entry(self, at: Path, name: Path, given: Mapping[str, Any], all_: Mapping[str, Any]) -> Any:
        """What stands at a path that perhaps not every environment has."""
        if len(given) == len(all_):
            return self._any(at, name, given)
        if all(map(_is_simple, given.values())):
            path = self._add(at, name, given)
            self.conditions[at] = f"{code(path)} is defined"
            return self.lifted.bound(path)
        self.conditions[at] = self._flag(name, given)
        return self._any(at, name, given)

    def _flag(self, name: Path, given: Mapping[str, Any]) -> str:
        """A condition that holds in the environments of `given`."""
        paths = (
            (*shortened(self.key, name), "enabled") if name else (self.key, "enabled"),
            (self.key, *map(str, name), "enabled"),
        )
        field = ".".join(map(str, name))
        about = f"Whether {self.what} has `{field}`." if name else f"Whether {self.what} is there."
        return code(self.lifted.add(paths, dict.fromkeys(given, True), about, flag=True))

    def _lift(self, at: Path, name: Path, given: Mapping[str, Any]) -> str:
        """A value for what differs; null is what an expression gives where the value is not set."""
        nulls = any(value is None for value in given.values())
        path = self._add(at, name, {e: value for e, value in given.items() if value is not None})
        return self.lifted.expression(f"{code(path)} | default(none)" if nulls else code(path))

    def _add(self, at: Path, name: Path, given: Mapping[str, Any]) -> Path:
        if any(map(holds_null, given.values())):
            raise Unliftable(at)
        full = (self.key, *(str(step) for step in name if step))
        numbered = ((*full[:-1], f"{full[-1]}{number}") for number in count(2))
        field = ".".join(str(step) for step in name if step)
        candidates = chain((shortened(self.key, name), full), numbered)
        return self.lifted.add(candidates, given, f"`{field}` of {self.what}.")


class Unliftable(Exception):
    """A field that differs between environments, and holds null in one of them, which no value can be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(path)


def _is_simple(value: Any) -> bool:
    """Whether a value reads well as a whole: a scalar, or a list or mapping of scalars; and holds no null."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    return not any(v is None or isinstance(v, dict | list) for v in inner)


def _names(items: list[Any]) -> dict[str, int] | None:
    """The index of each item by its name; None where an item has none, or one that another has."""
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    if not names or not all(isinstance(name, str) for name in names) or len({*names}) < len(names):
        return None
    return {str(name): index for index, name in enumerate(names)}


def _order(orders: list[list[str]]) -> list[str] | None:
    """One order that all of several agree with; None where they do not agree."""
    merged: list[str] = []
    for order in orders:
        at = 0
        for name in order:
            if name in merged:
                if merged.index(name) < at:
                    return None
                at = merged.index(name) + 1
            else:
                merged.insert(at, name)
                at += 1
    fits = all([name for name in merged if name in order] == order for order in orders)
    return merged if fits else None
