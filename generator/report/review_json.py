"""A review as plain data, in the form that `generator/report/review.schema.json` describes."""

from __future__ import annotations

from typing import Any

from generator.core.review.entries import Cell, Entry, Position, Reviewed
from generator.report import as_json
from generator.report.review import Review


def plain(review: Review) -> dict[str, Any]:
    """Everything that was found, environment by environment."""
    return {
        "before": review.before,
        "after": review.after,
        "counts": {impact.label: number for impact, number in review.counts.items()},
        "environments": [_environment(one) for one in review.environments],
    }


def _environment(one: Reviewed) -> dict[str, Any]:
    return {
        "environment": one.environment,
        "state": one.state,
        "objects": [_entry(entry) for entry in one.entries],
        "totals": [{"name": t.name, "before": t.before, "after": t.after} for t in one.totals],
        "problems": [as_json.plain(problem) for problem in one.problems],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "name": entry.name,
        "impact": entry.impact.label,
        "effects": [
            {"impact": r.impact.label, "reason": r.text, "help": r.help, "fields": list(r.fields)}
            for r in entry.reasons
        ],
        "fields": [_cell(cell) for cell in entry.cells],
        "position": _position(entry.position),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "name": cell.name,
        "before": cell.before,
        "after": cell.after,
        "sources": [_position(source) for source in cell.sources],
    }


def _position(position: Position) -> dict[str, Any]:
    side = "before" if position.of_base else "after"
    return {"path": position.path, "line": position.line, "column": position.column, "side": side}
