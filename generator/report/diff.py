"""A diff for people: signs in front, and behind each new line the source that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.core.compare import DiffLine
from generator.report.line import Line, Painted
from generator.report.places import path

_STYLES = {"-": "removed", "+": "added", "@": "note", " ": "plain"}


def shown(name: str, lines: Iterable[DiffLine]) -> Iterator[Line]:
    """The lines of one file's diff."""
    yield Line(Painted("bold", name))
    for line in lines:
        text = line.text if line.sign == "@" else f"{line.sign} {line.text}"
        source = ("    ", Painted("note", f"← {_sources(line)}")) if line.sources else ()
        yield Line(Painted(_STYLES[line.sign], text), *source)


def plain(line: DiffLine) -> dict[str, str]:
    """A line as plain data."""
    return {"sign": line.sign, "text": line.text} | ({"source": _sources(line)} if line.sources else {})


def _sources(line: DiffLine) -> str:
    return ", ".join(f"{path(source)}:{number}" for source, number in line.sources)
