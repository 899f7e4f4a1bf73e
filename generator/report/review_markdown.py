"""A review as the comment on a pull request: a summary first, details folded, within the limit of a comment.

GitHub takes 65,536 characters. A review that is longer loses its least important changes first, and says
how many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from generator.core.review.entries import Cell, Group
from generator.report.line import printable
from generator.report.review import Review, arrow, cells, rest, some

LIMIT: Final = 65_536
_MARKER: Final = "<!-- gen review -->"  # by which a workflow finds the comment that it wrote before
# Signs of Markdown, HTML and mentions; the colon of an address and of an emoji; the point of `www.`.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&$]|:(?=//|\w+:)|(?<=www)\.)")


def page(review: Review, limit: int = LIMIT) -> str:
    """The comment, in at most `limit` characters."""
    head = "\n".join(_head(review)) + "\n"
    tail = "\n".join(_tail(review)) + "\n"
    groups = review.groups
    room = limit - len(head) - 200  # for the line that says what is missing
    if len(tail) > room // 2:
        tail = ""
    room -= len(tail)
    shown, used = [], 0
    for group in groups:
        text = "\n".join(_group(group)) + "\n"
        if used + len(text) > room:
            break
        used += len(text)
        shown.append(text)
    missing = len(groups) - len(shown)
    note = (
        f"\n{missing} less important changes are not shown here; run `gen review` for all.\n"
        if missing
        else ""
    )
    return head + "".join(shown) + note + tail


def _head(review: Review) -> Iterator[str]:
    yield _MARKER
    yield f"### gen review: {_text(review.after)} against {_text(review.before)}"
    yield ""
    if not review.counts:
        yield "No change in any rendered object."
        return
    yield "| impact | objects |"
    yield "|---|---|"
    for impact, number in review.counts.items():
        yield f"| {impact.title} | {number} |"
    yield ""


def _group(group: Group) -> Iterator[str]:
    entry = group.entry
    what = f"{_text(entry.kind)} {_text(entry.name)} ({_text(some(group.environments))})"
    yield f"<details><summary><b>{entry.impact.title}</b>: {what}: {_text(entry.reasons[0].text)}</summary>"
    yield ""
    for reason in entry.reasons:
        yield f"- **{reason.impact.title}**: {_text(reason.text)}"
        yield from (f"  - {_cell(cell)}" for cell in cells(entry, reason))
        if reason.help:
            yield f"  - what to do: {_text(reason.help)}"
    yield ""
    yield "</details>"


def _cell(cell: Cell) -> str:
    sources = ", ".join(_text(str(source)) for source in cell.sources)
    return f"{_text(cell.name)}: {_text(arrow(cell))}" + (f" ← {sources}" if sources else "")


def _tail(review: Review) -> Iterator[str]:
    return (f"- {_text(line)}" for line in rest(review))


def _text(text: str) -> str:
    """Text that Markdown shows as it is: no link, no mention, no HTML, no table cell, no line break."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[1])};", printable(text))
