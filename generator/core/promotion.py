"""What is carried from one environment to another, and what still differs between the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from generator.core import paths
from generator.core.canonical import canonical
from generator.core.paths import Path

ABSENT: Final = object()  # in the place of a value that is not there
ANY: Final = "*"  # a step of a path that stands for every name there


class Difference(NamedTuple):
    """A value that two environments do not share; `ABSENT` where one has none."""

    path: Path
    first: Any
    second: Any


def expand(patterns: Iterable[Path], *trees: Any) -> Iterator[Path]:
    """The paths that patterns stand for; `*` for the names that every tree has at its place."""
    for pattern in patterns:
        yield from _expand(pattern, trees, ())


def _expand(pattern: Sequence[str | int], trees: Sequence[Any], done: Path) -> Iterator[Path]:
    if not pattern:
        yield done
        return
    steps: Iterable[str | int] = pattern[:1]
    if pattern[0] == ANY:
        first, *others = ({**_mapping(at(tree, done))} for tree in trees)
        steps = [name for name in first if all(name in other for other in others)]
    for step in steps:
        yield from _expand(pattern[1:], trees, (*done, step))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def at(tree: Any, path: Path) -> Any:
    """The value at a path, or `ABSENT`."""
    try:
        return paths.get(tree, path)
    except KeyError:
        return ABSENT


def carried(patterns: Iterable[Path], tree: Any) -> dict[str, Any]:
    """The values that patterns stand for in one environment, by their paths as people write them."""
    found = ((path, at(tree, path)) for path in expand(patterns, tree))
    return {paths.show(path): value for path, value in found if value is not ABSENT}


def differences(first: Any, second: Any, path: Path = ()) -> Iterator[Difference]:
    """Where two values differ; mappings entry by entry, everything else as a whole."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in dict.fromkeys([*first, *second]):
            yield from differences(first.get(key, ABSENT), second.get(key, ABSENT), (*path, key))
    elif not same(first, second):
        yield Difference(path, first, second)


def same(first: Any, second: Any) -> bool:
    """Whether two values are the same, types included."""
    if first is ABSENT or second is ABSENT:
        return first is second
    return canonical(first) == canonical(second)
