"""A review as it is shown: plain, small, and the same for environments that change alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from generator.core import mask, paths, serialise
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.core.review.effects import ABSENT, Field, Impact
from generator.core.review.objects import ObjectChange, Objects
from generator.core.review.totals import Total, totals
from generator.core.sources import Sources, paths_of
from generator.core.values import Values
from generator.diagnostics import Diagnostic, Span

_LONGEST = 160  # characters of a value; a longer one is cut
_LEAVES = 50  # so many scalars of a field are asked where they come from
_POSITIONS = 4  # so many lines behind a field are named


class Position(NamedTuple):
    """A line of a source, from 1; `of_base` where it is the base that has it."""

    path: str
    line: int
    column: int
    of_base: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" + (" in the base" if self.of_base else "")


class Cell(NamedTuple):
    """A field that differs: its value on either side as text (None: absent), and the lines behind it."""

    name: str
    before: str | None
    after: str | None
    sources: tuple[Position, ...]


class Row(NamedTuple):
    """A line of an object before and after (None: absent there), and where the new one comes from."""

    before: str | None
    after: str | None
    source: str


class Reason(NamedTuple):
    """An effect, with the names of the fields that cause it."""

    impact: Impact
    text: str
    help: str
    fields: tuple[str, ...]


class Entry(NamedTuple):
    """One object that changes, without its namespace: environments that differ in that alone change alike."""

    kind: str
    name: str
    reasons: tuple[Reason, ...]
    cells: tuple[Cell, ...]
    position: Position
    rows: tuple[Row, ...] = ()

    @property
    def impact(self) -> Impact:
        return self.reasons[0].impact

    @property
    def alike(self) -> tuple[Any, ...]:
        """What entries of several environments have in common: all but where it comes from."""
        cells = tuple(cell._replace(sources=()) for cell in self.cells)
        return self.kind, self.name, self.reasons, cells


class Reviewed(NamedTuple):
    """What changes in one environment.

    `state` is `changed`, `unchanged`, `added`, `removed`, or `unknown` where one side does not render; then
    `problems` says why.
    """

    environment: str
    state: str
    entries: tuple[Entry, ...] = ()
    totals: tuple[Total, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


class Side(NamedTuple):
    """An environment as one of the two trees renders it."""

    manifests: Sequence[Manifest]
    values: Values


class Group(NamedTuple):
    """An entry with every environment that has it."""

    entry: Entry
    environments: tuple[str, ...]


def entries(found: Iterable[ObjectChange], before: Side, after: Side, whole: bool = False) -> Iterator[Entry]:
    """The changes of an environment as they are shown; `whole` with every line of each object."""
    for change in found:
        reasons = tuple(
            Reason(e.impact, e.reason, e.help, tuple(f.name for f in e.fields)) for e in change.effects
        )
        cells = tuple(_cell(change, field, before, after) for field in change.fields)
        rows = tuple(_rows(change, after)) if whole else ()
        yield Entry(change.identity.kind, change.identity.name, reasons, cells, _position(change), rows)


def summed(before: Side, after: Side) -> tuple[Total, ...]:
    """What the environment asks for in all, where that differs."""
    return tuple(totals(Objects(before.manifests), Objects(after.manifests)))


def grouped(reviewed: Iterable[Reviewed]) -> list[Group]:
    """Equal entries of several environments once, the worst first."""
    groups: dict[tuple[Any, ...], tuple[Entry, list[str]]] = {}
    for one in reviewed:
        for entry in one.entries:
            groups.setdefault(entry.alike, (entry, []))[1].append(one.environment)
    made = [Group(entry, tuple(names)) for entry, names in groups.values()]
    return sorted(made, key=lambda group: group.entry.impact)


def _cell(change: ObjectChange, field: Field, before: Side, after: Side) -> Cell:
    if field.after is not ABSENT and change.after is not None:
        behind = tuple(sources(change.after, field.after_at, after.values))
    else:
        assert change.before is not None  # a field differs only where both sides have the object
        found = _made(change.before, field.before_at)
        old = [span for made in found for span in map(before.values.span, paths_of(made.data))]
        new = [span for made in found for span in _decided(made, after.values)]
        behind = (*_positions(new), *(position._replace(of_base=True) for position in _positions(old)))
    return Cell(field.name, shown(field.before), shown(field.after), behind)


def _position(change: ObjectChange) -> Position:
    """Where the object itself stands: its kind in a template."""
    manifest = change.after or change.before
    assert manifest is not None
    span = manifest.trace(("kind",)).span
    return Position(span.source.path, span.line, span.column, change.after is None)


def _rows(change: ObjectChange, after: Side) -> Iterator[Row]:
    """The whole object, line beside line; the values of a Secret are hidden."""
    from difflib import SequenceMatcher

    old, new = (list(serialise.lines(b)) if b else [] for b in mask.objects(change.old, change.new))
    texts = [[text for text, _ in lines] for lines in (old, new)]
    matcher = SequenceMatcher(None, texts[0], texts[1], autojunk=False)
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        for step in range(max(end - start, new_end - new_start)):
            before = texts[0][start + step] if start + step < end else None
            number = new_start + step
            if number >= new_end or change.after is None:
                yield Row(before, None, "")
                continue
            path = new[number][1]
            behind = sources(change.after, path, after.values) if path else ()
            yield Row(before, texts[1][number], ", ".join(map(str, behind)))


def sources(manifest: Manifest, path: Path, values: Values) -> Iterator[Position]:
    """The lines of values behind a field and all that is in it: of those that it was computed from.

    Where there are none, of those that decided that it is there; and without any, its line in the template.
    """
    found = _made(manifest, path)
    spans = [values.span(read) for made in found for read in paths_of(made.data)]
    spans = spans or [span for made in found for span in _decided(made, values)]
    yield from _positions(spans or [manifest.trace(path).span])


def _made(manifest: Manifest, path: Path) -> list[Sources]:
    """What a field was made from, and each scalar in it."""
    try:
        below = [leaf for leaf, _ in paths.leaves(paths.get(manifest.body, path)) if leaf]
    except KeyError:  # a mask has put another field here
        below = []
    return [manifest.trace((*path, *leaf)).sources for leaf in ((), *below[:_LEAVES])]


def _decided(made: Sources, values: Values) -> Iterator[Span]:
    """Where the values files say what decided that something is there, or not."""
    for decision in made.decisions:
        yield from values.said(paths_of(decision.read))


def _positions(spans: Iterable[Span]) -> Iterator[Position]:
    places = (Position(span.source.path, span.line, span.column) for span in spans)
    return iter(list(dict.fromkeys(places))[:_POSITIONS])


def shown(value: Any) -> str | None:
    """A value as one line of text; None where it is absent."""
    if value is ABSENT:
        return None
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
