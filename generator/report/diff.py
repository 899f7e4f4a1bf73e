"""A diff for people: signs in front, and behind each new line the source that it comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from generator.core.compare import DiffLine
from generator.report.reporter import Reporter
from generator.report.text import paint, printable

_STYLES = {"-": "removed", "+": "added", "@": "note", " ": "plain"}


def shown(name: str, lines: Iterable[DiffLine], reporter: Reporter) -> Iterator[str]:
    """The lines of one file's diff."""
    colour = reporter.colour(sys.stdout)
    yield paint("bold", name, colour)
    for line in lines:
        text = printable(line.text) if line.sign == "@" else f"{line.sign} {printable(line.text)}"
        source = f"    {paint('note', f'← {line.source}', colour)}" if line.source else ""
        yield f"{paint(_STYLES[line.sign], text, colour)}{source}"
