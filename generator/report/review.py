"""A review for people on a terminal: each change with its impact, its fields and the lines behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.core.review.effects import Impact
from generator.core.review.entries import Cell, Entry, Group, Reason, Reviewed, grouped
from generator.core.review.totals import Total
from generator.report.line import Line, Painted

_STYLES = {Impact.REFUSED: "error", Impact.OUTAGE: "error", Impact.EXPOSURE: "error", Impact.DATA: "error"}
_NAMED = 3  # so many environments are named; of the others the number is given


class Review(NamedTuple):
    """What is compared with what, and every environment of either side."""

    before: str
    after: str
    environments: Sequence[Reviewed]

    @property
    def groups(self) -> list[Group]:
        return grouped(self.environments)

    @property
    def counts(self) -> dict[Impact, int]:
        """How many objects change with each impact, the worst first."""
        impacts = [entry.impact for one in self.environments for entry in one.entries]
        return {impact: impacts.count(impact) for impact in Impact if impact in impacts}


def lines(review: Review) -> Iterator[str | Line]:
    """The lines to show."""
    yield headline(review)
    for group in review.groups:
        yield ""
        yield from _entry(group)
    if last := list(rest(review)):
        yield ""
        yield from last


def headline(review: Review) -> str:
    """What was compared, and what came of it."""
    counts = ", ".join(f"{impact.title} {number}" for impact, number in review.counts.items())
    return f"{review.after} against {review.before}: {counts or 'no change'}"


def _entry(group: Group) -> Iterator[Line]:
    entry, impact = group.entry, group.entry.impact
    title = Painted(_STYLES.get(impact, "bold"), impact.title)
    yield Line(title, f"  {entry.kind} {entry.name}  ({some(group.environments)})")
    for reason in entry.reasons:
        worse = "" if reason.impact is impact else f"{reason.impact.title}: "
        yield Line(f"  {worse}{reason.text}")
        yield from map(_cell, cells(entry, reason))
        if reason.help:
            yield Line(f"    = help: {reason.help}")


def cells(entry: Entry, reason: Reason) -> Iterator[Cell]:
    """The fields of an entry that a reason names."""
    return (cell for cell in entry.cells if cell.name in reason.fields)


def _cell(cell: Cell) -> Line:
    sources = f"    ← {', '.join(map(str, cell.sources))}" if cell.sources else ""
    return Line(f"    {cell.name}: {arrow(cell)}", Painted("note", sources))


def arrow(cell: Cell) -> str:
    """The value before and after."""
    old, new = ("absent" if value is None else value for value in (cell.before, cell.after))
    return f"{old} → {new}"


def some(environments: Sequence[str]) -> str:
    """The first of many environments, and how many others there are."""
    named = ", ".join(environments[:_NAMED])
    others = len(environments) - _NAMED
    return f"{named} and {others} other{'s' if others > 1 else ''}" if others > 0 else named


def rest(review: Review) -> Iterator[str]:
    """Sums that differ, and environments that are not compared or do not change."""
    for one in review.environments:
        if one.totals:
            yield f"{one.environment}: {', '.join(map(total, one.totals))}"
    for state, said in STATES.items():
        names = [one.environment for one in review.environments if one.state == state]
        if names:
            yield f"{said}: {some(names)}"


STATES = {
    "added": "new environment",
    "removed": "environment removed",
    "unknown": "could not be compared",
    "unchanged": "unchanged",
}


def total(found: Total) -> str:
    """A sum before and after, such as `memory limits 2 → 4 GiB`."""
    unit = " GiB" if found.name.startswith("memory") else ""
    return f"{found.name} {found.before:g} → {found.after:g}{unit}"
