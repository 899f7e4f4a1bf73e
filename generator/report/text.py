"""A diagnostic for people: the message, the position, the source frame, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from generator.diagnostics import Diagnostic, Severity, Span
from generator.report.line import Line, Painted, printable
from generator.report.places import place

_WIDTH = 160  # a longer source line is cut around its mark


def concise(diagnostic: Diagnostic) -> Iterator[Line]:
    """One line, as editors and grep read it: `path:line:column: severity[rule]: message (notes)`."""
    where = f"{place(diagnostic.span)}: " if diagnostic.span else ""
    notes = {name: getattr(diagnostic, name).partition("\n")[0] for name in ("found", "expected", "help")}
    more = "; ".join(f"{name}: {text}" for name, text in notes.items() if text)
    yield Line(where, _kind(diagnostic), f": {diagnostic.message}{f' ({more})' if more else ''}")


def note(diagnostic: Diagnostic) -> str:
    """The whole diagnostic as text for other programs to show, without its places; safe, line by line."""
    notes = {name: getattr(diagnostic, name) for name in ("found", "expected", "help")}
    notes["only in"] = ", ".join(diagnostic.environments)
    text = "\n".join([diagnostic.message, *(f"{name}: {text}" for name, text in notes.items() if text)])
    return "\n".join(map(printable, text.split("\n")))


def full(diagnostic: Diagnostic) -> Iterator[Line]:
    """The whole diagnostic with a source frame for every place that had a part in it."""
    yield Line(_kind(diagnostic), ": ", Painted("bold", diagnostic.message))
    if diagnostic.span is not None:
        mark = "^" if diagnostic.severity is Severity.ERROR else "~"
        yield from _frame(diagnostic.span, "-->", mark)
    for related in diagnostic.related:
        yield from _frame(related.span, "   ", "-", related.label)
    notes = {name: getattr(diagnostic, name) for name in ("found", "expected", "help")}
    notes["only in"] = ", ".join(diagnostic.environments)
    for name, value in notes.items():
        if value:
            head, *rest = value.split("\n")
            yield Line("  ", Painted("note", f"= {name}:"), f" {head}")
            yield from (Line(f"    {line}") for line in rest)
    yield Line()


def _kind(diagnostic: Diagnostic) -> Painted:
    return Painted(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.rule}]")


def _frame(span: Span, arrow: str, mark: str, label: str = "") -> Iterator[Line]:
    """The place, then its line with the one before it, then the mark under the characters meant."""
    note = f"  {label}" if label else ""
    yield Line(f"  {arrow} ", Painted("path", place(span)), note)
    source = span.source
    if source.sensitive or not source.text:
        return
    lines = source.text.split("\n")
    number, column = span.line, span.column
    gutter = len(str(number))
    if number > 1 and lines[number - 2].strip():
        yield Line(f"  {number - 1:>{gutter}} | {_cut(lines[number - 2], 0)[0]}")
    line = lines[number - 1]
    shown, shift = _cut(line, column - 1)
    before = _columns(line[max(shift, 0) : column - 1]) + (1 if shift else 0)
    width = max(_columns(line[column - 1 : column - 1 + span.end - span.start]), 1)
    yield Line(f"  {number:>{gutter}} | {shown}")
    yield Line(f"  {'':>{gutter}} | {' ' * before}", Painted("mark", mark * min(width, _WIDTH)))


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
