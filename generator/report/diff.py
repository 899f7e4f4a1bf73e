"""A diff for people: signs in front, and behind each new line the source that it comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from generator.core.compare import DiffLine
from generator.report.places import path
from generator.report.reporter import Reporter
from generator.report.text import paint, printable

_STYLES = {"-": "removed", "+": "added", "@": "note", " ": "plain"}


def shown(name: str, lines: Iterable[DiffLine], reporter: Reporter) -> Iterator[str]:
    """The lines of one file's diff."""
    colour = reporter.colour(sys.stdout)
    yield paint("bold", name, colour)
    for line in lines:
        text = printable(line.text) if line.sign == "@" else f"{line.sign} {printable(line.text)}"
        source = f"    {paint('note', f'← {_sources(line)}', colour)}" if line.sources else ""
        yield f"{paint(_STYLES[line.sign], text, colour)}{source}"


def plain(line: DiffLine) -> dict[str, str]:
    """A line as plain data."""
    return {"sign": line.sign, "text": line.text} | ({"source": _sources(line)} if line.sources else {})


def _sources(line: DiffLine) -> str:
    return ", ".join(f"{path(source)}:{number}" for source, number in line.sources)
