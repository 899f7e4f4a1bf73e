"""A review as one page that needs nothing else: no network, no server; filters and keys are in it."""

from __future__ import annotations

from collections.abc import Iterator
from pkgutil import get_data
from typing import Any, Final

from generator.core.review.effects import Impact
from generator.core.review.entries import Cell, Group
from generator.report.line import json_text, printable
from generator.report.review import Review, headline, rest

_PAGE: Final = "review.html"
_MARK: Final = "__REVIEW__"
_YAML: Final = 2_000_000  # characters of YAML in one page; beyond them, changes are shown field by field
_BAD: Final = (Impact.REFUSED, Impact.OUTAGE, Impact.EXPOSURE, Impact.DATA)
_WARN: Final = (Impact.RESTART, Impact.REMOVED)


def page(review: Review) -> str:
    """The page. Whatever the sources hold reaches it as JSON, and is shown as text only."""
    template = get_data("generator.report", _PAGE)
    assert template is not None
    # `</script>` and `<!--` would end the element; as escapes they are the same JSON.
    safe = json_text(_plain(review), ascii_only=False, compact=True).replace("<", "\\u003c")
    return template.decode().replace(_MARK, safe, 1)


def _plain(review: Review) -> dict[str, Any]:
    names = [one.environment for one in review.environments]
    index = {name: number for number, name in enumerate(names)}
    return {
        "headline": printable(headline(review)),
        "impacts": {impact.label: {"title": impact.title, "level": _level(impact)} for impact in Impact},
        "counts": {impact.label: number for impact, number in review.counts.items()},
        "environments": [printable(name) for name in names],
        "groups": list(_groups(review.groups, index)),
        "rest": [printable(line) for line in rest(review)],
    }


def _level(impact: Impact) -> str:
    return "bad" if impact in _BAD else "warn" if impact in _WARN else "calm"


def _groups(groups: list[Group], index: dict[str, int]) -> Iterator[dict[str, Any]]:
    room = _YAML
    for group in groups:
        entry = group.entry
        rows = [[_safe(r.before), _safe(r.after), printable(r.source)] for r in entry.rows]
        room -= sum(len(text or "") for row in rows for text in row)
        yield {
            "kind": printable(entry.kind),
            "name": printable(entry.name),
            "impact": entry.impact.label,
            "environments": [index[name] for name in group.environments],
            "effects": [
                {
                    "impact": r.impact.label,
                    "reason": printable(r.text),
                    "help": printable(r.help),
                    "fields": [printable(name) for name in r.fields],
                }
                for r in entry.reasons
            ],
            "fields": [_field(cell) for cell in entry.cells],
            "rows": rows if room > 0 else [],
            "exposed": any(r.impact is Impact.EXPOSURE for r in entry.reasons),
            "restarts": any("restart" in r.text for r in entry.reasons),
        }


def _field(cell: Cell) -> dict[str, Any]:
    return {
        "name": printable(cell.name),
        "before": _safe(cell.before),
        "after": _safe(cell.after),
        "sources": [printable(str(source)) for source in cell.sources],
    }


def _safe(text: str | None) -> str | None:
    return None if text is None else printable(text)
