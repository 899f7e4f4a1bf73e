"""What libyaml lets pass although YAML 1.2 (https://yaml.org/spec/1.2.2/) forbids it, or reads otherwise."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, Final

from generator.core.nodes import Located
from generator.diagnostics import Diagnostic

JOINED_COMMENT: Final = re.compile(r"(?<=[^\s#])#")
_HEADER: Final = re.compile(r"[|>][-+0-9]*[ \t]*(?:(?<=[ \t])#[^\n]*)?(?:\n|\Z)")
_OUTDENTED: Final = re.compile(r"\n(?:\t|(?=[^\s#]))")
_COMMENT: Final = ("a comment needs a space before it", "write a space before the #")
_ANCHOR: Final = re.compile(r"[&*][^\s,\[\]{}]*")


def scalar(source: Located, event: Any, depth: int) -> Diagnostic | None:
    """What is wrong with how a scalar is written."""
    text, start, end = source.text, event.start_mark.index, event.end_mark.index
    if event.style in ("|", ">"):
        return _block(source, text.find(event.style, start, end), end)
    if event.style:
        return collection(source, start, end) if depth else None
    if event.value == "-":
        return _finding(source, start, end, "a dash on its own is not a string", 'write "-" for the string')
    if start and text[start - 1] == "?":
        return _finding(
            source,
            start - 1,
            end,
            "some readers take this question mark for the start of a key",
            "put quotes around it",
        )
    return None


def collection(source: Located, start: int, end: int) -> Diagnostic | None:
    """What is wrong with the lines of a flow collection or a quoted text that stands inside of a mapping."""
    if (
        source.text.find("\n", start, end) < 0
        or (match := _OUTDENTED.search(source.text, start, end)) is None
    ):
        return None
    message = "the line continues the one above, and must be indented with spaces"
    return _finding(source, match.start() + 1, match.start() + 2, message, "indent it")


def anchor(source: Located, event: Any) -> Diagnostic | None:
    """What is wrong with the name of an anchor or alias."""
    match = _ANCHOR.match(source.text, event.start_mark.index)
    if match is None or match[0][1:] == event.anchor:
        return None
    return _finding(
        source, *match.span(), "readers differ on where this name ends", "use letters, digits and dashes only"
    )


def comments(source: Located, spans: list[tuple[int, int]]) -> Diagnostic | None:
    """A comment that touches what stands before it; `spans` are those of the scalars, in order."""
    starts = [start for start, _ in spans]
    commented = -1  # the end of the last line known to hold a comment before what touches it
    for match in JOINED_COMMENT.finditer(source.text):
        at = match.start()
        near = bisect_right(starts, at) - 1
        if at < commented or (near >= 0 and at < spans[near][1]):
            continue
        line = source.text.rfind("\n", 0, at) + 1
        if re.search(r"(?:^|\s)#", source.text[line:at]):
            commented = source.text.find("\n", at)
            commented = len(source.text) if commented < 0 else commented
        else:
            return _finding(
                source, at, at + 1, "a comment needs a space before it", "write a space before the #"
            )
    return None


def _block(source: Located, start: int, end: int) -> Diagnostic | None:
    """What is wrong with a block scalar."""
    header = _HEADER.match(source.text, start)
    if header is None:
        return _finding(
            source, start, start + 1, "a comment needs a space before it", "write a space before the #"
        )
    lines = source.text[header.end() : end].split("\n")
    if lines[-1] and not lines[-1].strip() and end == len(source.text):
        message = "the text ends in a line of spaces only, which readers treat differently"
        return _finding(
            source, end - len(lines[-1]), end, message, "remove the spaces at the end of the file"
        )
    count = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    indent = len(lines[count]) - len(lines[count].lstrip(" ")) if count < len(lines) else 0
    has_own = any(character.isdigit() for character in header[0].partition("#")[0])
    if not has_own and any(len(line) > indent for line in lines[:count]):
        message = "the text begins with an empty line that has more spaces than its first line"
        return _finding(source, start, start + 1, message, "remove the spaces of the empty line")
    return None


def _finding(source: Located, start: int, end: int, message: str, help: str) -> Diagnostic:
    return Diagnostic("yaml/disputed", message, source.span(start, end), help=help)
