"""A question to whoever sits at the terminal."""

from __future__ import annotations

import sys

from generator.report.line import printable
from generator.report.streams import write


def can_ask() -> bool:
    """Whether somebody can see a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str | None:
    """The line that somebody types, or None at the end of the input."""
    sys.stdout.flush()
    write(sys.stderr, f"{printable(question)} ")
    sys.stderr.flush()  # it ends no line
    line = sys.stdin.readline()
    return line.strip() if line else None


def agreed(question: str) -> bool:
    """Ask for `yes`; everything else is no, the end of the input too."""
    return (ask(f"{question} [y/N]") or "").lower() in ("y", "yes")
