"""One line of output, made safe for a terminal and a log: all that is written to a standard stream.

Text from a project, a cluster or a server can hold anything. Shown, it can neither drive the terminal, nor
reorder or hide what stands beside it, nor begin a line of its own, nor be a command to the CI system that
reads the log. Colours are given by `Painted`, never by characters of the text.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

_COLOURS: Final = {
    "error": "1;31",
    "warning": "1;33",
    "path": "36",
    "mark": "1;31",
    "note": "2",
    "bold": "1",
    "removed": "31",
    "added": "32",
    "plain": "0",
}

# Letters and marks to Unicode, nothing at all on a terminal: fillers, and selectors that can carry a text.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\U000e0100-\U000e01ef]"
)

# A runner carries these out wherever they stand in a line: GitHub Actions and Azure Pipelines `##[group]`,
# Azure Pipelines `##vso[task.setvariable …]`, TeamCity `##teamcity[…]`.
_COMMAND: Final = re.compile(r"(##\w*)\[")


class Painted(NamedTuple):
    """A text in a named style."""

    style: str
    text: str


class Line:
    """A line of parts, each a text from anywhere or a painted one."""

    __slots__ = ("parts",)

    def __init__(self, *parts: str | Painted) -> None:
        self.parts = parts

    def shown(self, colour: bool) -> str:
        """The line without its end, in colour where that is wanted."""
        if not colour:
            return str(self)
        return "".join(
            f"\x1b[{_COLOURS[part.style]}m{_no_command(printable(part.text))}\x1b[0m"
            if isinstance(part, Painted)
            else _no_command(printable(part))
            for part in self.parts
        )

    def __str__(self) -> str:
        texts = (part.text if isinstance(part, Painted) else part for part in self.parts)
        return _no_command(printable("".join(texts)))


def printable(text: str) -> str:
    """The text on one line, with control, format and invisible characters as escapes."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c == "\t" else _escaped(c) for c in text)
    return text if text.isascii() else _INVISIBLE.sub(lambda match: _escaped(match[0]), text)


def json_text(data: Any, ascii_only: bool, compact: bool = False) -> str:
    """JSON on one line, where a string holds what is not printable, or would be a command, as an escape.

    It reads as the same data.
    """
    text = json.dumps(data, ensure_ascii=ascii_only, separators=(",", ":") if compact else None)
    if not text.isprintable() or not text.isascii():
        text = "".join(c if c.isprintable() and not _INVISIBLE.match(c) else _json_escaped(c) for c in text)
    return _COMMAND.sub(r"\1\\u005b", text)


def _no_command(text: str) -> str:
    """The text, where it would be a command to a CI system, with the sign that makes it one as an escape.

    GitHub Actions carries out `::set-output …` at the beginning of a line, blanks before it left out.
    """
    if "##" in text:
        text = _COMMAND.sub(r"\1\\x5b", text)
    start = text.lstrip(" ")
    return f"{text[: -len(start)]}\\x3a{start[1:]}" if start.startswith("::") else text


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _json_escaped(character: str) -> str:
    return json.dumps(character)[1:-1]
