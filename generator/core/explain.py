"""Where an output line, an output field or a value comes from: its whole chain of origins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.core import paths
from generator.core.layout import File
from generator.core.paths import Path
from generator.core.values import Origin, Values
from generator.diagnostics import Span


class ValueChain(NamedTuple):
    """A value and every place that had a say in it, the one that counts last."""

    path: Path
    value: Any
    origins: tuple[Origin, ...]


class LineChain(NamedTuple):
    """A rendered line: the field that it shows, its place in a template, and the values bound there."""

    file: File
    line: int
    field: Path
    template: Span
    values: tuple[ValueChain, ...]


def line(file: File, number: int, values: Values) -> LineChain | None:
    """The chain of a line of a file, counted from 1; None for the header, which shows no field."""
    path = file.lines[number - 1][1]
    if path is None:
        return None
    trace = file.manifest.trace(path)
    return LineChain(file, number, path, trace.span, tuple(value(p, values) for p in trace.values))


def field(file: File, path: Path, values: Values) -> LineChain | None:
    """The chain of a field of an object; None where the object has no such field."""
    number = next(
        (n for n, (_, shown) in enumerate(file.lines, 1) if shown and shown[: len(path)] == path), None
    )
    return None if number is None else line(file, number, values)


def value(path: Path, values: Values) -> ValueChain:
    """The chain of a value. Raises KeyError where the environment has no such value."""
    found = paths.get(values.tree, path)
    origins = values.origins(path)
    below = values.overridden(path)
    if below is not None and all(below != origin.span for origin in origins):
        origins = [Origin(below), *origins]
    return ValueChain(path, found, tuple(origins))


def uses(path: Path, files: tuple[File, ...]) -> Iterator[tuple[File, int]]:
    """Every rendered line that a value, or something inside it, has a part in."""
    for file in files:
        for number, (_, shown) in enumerate(file.lines, 1):
            if shown and any(p[: len(path)] == path for p in file.manifest.trace(shown).values):
                yield file, number
