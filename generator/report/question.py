"""A question to whoever sits at the terminal."""

from __future__ import annotations

import sys

from generator.report.streams import write


def can_ask() -> bool:
    """Whether somebody can see a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: str) -> bool:
    """Ask for `yes`; everything else is no, the end of the input too."""
    sys.stdout.flush()
    write(sys.stderr, f"{question} [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
