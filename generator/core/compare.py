"""What differs between a file as it is and as it would be rendered, and the source of each difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from generator.core.layout import File
from generator.core.sources import paths_of
from generator.core.values import Values
from generator.diagnostics import Source

_CONTEXT = 2  # unchanged lines shown around a change


Sources = tuple[tuple[Source, int], ...]


class DiffLine(NamedTuple):
    """A line of a diff: its sign (`-`, `+`, blank, `@`), its text, and for a new line where it comes from.

    `sources` are the lines of sources behind it; the texts of the sources are left out.
    """

    sign: str
    text: str
    sources: Sources = ()


def diff(before: bytes | None, file: File | None, values: Values) -> Iterator[DiffLine]:
    """The lines that differ; `file` is None where none is rendered any more."""
    new = [line for line, _ in file.lines] if file else []
    return of_lines(_lines(before), new, _CONTEXT, lambda number: _sources(file, number, values))


def of_lines(
    old: Sequence[str], new: Sequence[str], context: int, sources: Callable[[int], Sources] = lambda _: ()
) -> Iterator[DiffLine]:
    """The lines that differ, with so many unchanged ones around; `sources` takes the index of a new line."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(context):
        yield DiffLine("@", f"@@ -{group[0][1] + 1} +{group[0][3] + 1} @@")
        for _, start, end, new_start, new_end in group:
            if old[start:end] == new[new_start:new_end]:
                yield from (DiffLine(" ", line) for line in old[start:end])
                continue
            yield from (DiffLine("-", line) for line in old[start:end])
            for number in range(new_start, new_end):
                yield DiffLine("+", new[number], sources(number))


def _lines(content: bytes | None) -> list[str]:
    return content.decode("utf-8", "replace").removesuffix("\n").split("\n") if content else []


def _sources(file: File | None, number: int, values: Values) -> Sources:
    """Where a rendered line comes from: the lines of the values that made it or decided over it.

    Of those that decided, the schema's defaults are left out. Where there are none, the line of the template.
    """
    path = file.lines[number][1] if file else None
    if file is None or path is None:
        return ()
    trace = file.manifest.trace(path)
    sources = trace.sources
    spans = [values.span(value) for value in paths_of(sources.data)]
    spans += [span for read in sources.decisions for span in values.said(paths_of(read.read))]
    spans = spans or [trace.span]
    return tuple(dict.fromkeys((span.source._replace(text=""), span.line) for span in spans))
