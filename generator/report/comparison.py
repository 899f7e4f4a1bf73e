"""Two environments side by side, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from generator.core.counting import counted
from generator.core.review.environments import Comparison, Difference, Place
from generator.report.line import Line, Painted
from generator.report.review import some


def lines(compared: Comparison, left: str, right: str) -> Iterator[str | Line]:
    """The fields that differ, object by object, with both values and the lines behind them."""
    width = max(len(left), len(right))
    for label, differences in groupby(compared.differences, key=lambda d: d.object):
        yield Line(Painted("bold", label))
        for difference in differences:
            yield from _difference(difference, (left, right), width)
    yield f"{counted(len(compared.differences), 'difference')} between {left} and {right}"
    if compared.folded:
        yield f"{compared.folded} more differ only in the name of the namespace or the environment"


def _difference(difference: Difference, names: tuple[str, str], width: int) -> Iterator[Line]:
    yield Line(f"  {difference.field or 'the object'}")
    for name, place in zip(names, (difference.left, difference.right), strict=True):
        value = "absent" if place.value is None else place.value
        sources = f"    ← {', '.join(map(str, place.sources))}" if place.sources else ""
        yield Line(f"    {name:{width}}  {value}", Painted("note", sources))


def over_environments(fields: Mapping[str, Mapping[str, list[str]]], count: int) -> Iterator[str]:
    """Each field with its values, and the environments that have them."""
    for label, values in fields.items():
        yield label
        for value, names in values.items():
            where = "all environments" if len(names) == count > 1 else some(names)
            yield f"  {value}  ({where})"


def plain(compared: Comparison, left: str, right: str) -> dict[str, Any]:
    """The comparison as plain data."""
    return {
        "environments": [left, right],
        "differences": [
            {"object": d.object, "field": d.field, "values": [_plain(d.left), _plain(d.right)]}
            for d in compared.differences
        ],
        "folded": compared.folded,
    }


def _plain(place: Place) -> dict[str, Any]:
    sources = [{"path": s.path, "line": s.line, "column": s.column} for s in place.sources]
    return {"value": place.value, "sources": sources}
