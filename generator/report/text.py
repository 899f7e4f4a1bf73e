"""A diagnostic for people: the message, the position, the source frame, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Severity, Span
from generator.report.places import place

_COLOURS = {
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
_WIDTH = 160  # a longer source line is cut around its mark


def concise(diagnostic: Diagnostic, colour: bool = False) -> str:
    """One line, as editors and grep read it: `path:line:column: severity[rule]: message (notes)`."""
    where = f"{place(diagnostic.span)}: " if diagnostic.span else ""
    kind = paint(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.rule}]", colour)
    notes = {name: getattr(diagnostic, name).partition("\n")[0] for name in ("found", "expected", "help")}
    more = "; ".join(f"{name}: {printable(text)}" for name, text in notes.items() if text)
    return f"{where}{kind}: {printable(diagnostic.message)}{f' ({more})' if more else ''}\n"


def full(diagnostic: Diagnostic, colour: bool = False) -> str:
    """The whole diagnostic with a source frame for every place that had a part in it."""
    kind = paint(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.rule}]", colour)
    lines = [f"{kind}: {paint('bold', printable(diagnostic.message), colour)}"]
    if diagnostic.span is not None:
        mark = "^" if diagnostic.severity is Severity.ERROR else "~"
        lines += _frame(diagnostic.span, "-->", mark, colour)
    for related in diagnostic.related:
        lines += _frame(related.span, "   ", "-", colour, related.label)
    notes = {name: getattr(diagnostic, name) for name in ("found", "expected", "help")}
    notes["only in"] = ", ".join(diagnostic.environments)
    for name, value in notes.items():
        if value:
            head, *rest = printable(value, keep_lines=True).split("\n")
            lines.append(f"  {paint('note', f'= {name}:', colour)} {head}")
            lines += [f"    {line}" for line in rest]
    return "\n".join(lines) + "\n\n"


def _frame(span: Span, arrow: str, mark: str, colour: bool, label: str = "") -> Iterator[str]:
    """The place, then its line with the one before it, then the mark under the characters meant."""
    note = f"  {label}" if label else ""
    yield f"  {arrow} {paint('path', place(span), colour)}{note}"
    source = span.source
    if source.sensitive or not source.text:
        return
    lines = source.text.split("\n")
    number, column = span.line, span.column
    gutter = len(str(number))
    if number > 1 and lines[number - 2].strip():
        yield f"  {number - 1:>{gutter}} | {_cut(lines[number - 2], 0)[0]}"
    line = lines[number - 1]
    shown, shift = _cut(line, column - 1)
    before = _columns(line[max(shift, 0) : column - 1]) + (1 if shift else 0)
    width = max(_columns(line[column - 1 : column - 1 + span.end - span.start]), 1)
    yield f"  {number:>{gutter}} | {shown}"
    yield f"  {'':>{gutter}} | {' ' * before}{paint('mark', mark * min(width, _WIDTH), colour)}"


def _cut(line: str, column: int) -> tuple[str, int]:
    """A line short enough to show, and how many characters were cut off in front."""
    if len(line) <= _WIDTH:
        return printable(line), 0
    start = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
    piece = printable(line[start : start + _WIDTH])
    return f"{'…' if start else ''}{piece}{'…' if start + _WIDTH < len(line) else ''}", start


def _columns(text: str) -> int:
    """How many terminal columns a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else len(printable(c))
        for c in text
    )


def printable(text: str, keep_lines: bool = False) -> str:
    """The text without control characters, so that no input can drive the terminal or forge a line."""
    return "".join(
        c if c.isprintable() or (keep_lines and c == "\n") else " " if c == "\t" else f"\\u{ord(c):04x}"
        for c in text
    )


def paint(name: str, text: str, colour: bool) -> str:
    """The text in a named style, where colour is wanted."""
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if colour else text
