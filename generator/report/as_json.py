"""A diagnostic as plain data for `--format json`."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Diagnostic, Span
from generator.report import places


def plain(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic with every field that says something; lines and columns count from 1."""
    shown: dict[str, Any] = {
        "rule": diagnostic.rule,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
    }
    if diagnostic.span is not None:
        shown["position"] = position(diagnostic.span)
    if diagnostic.related:
        shown["related"] = [{**position(r.span), "label": r.label} for r in diagnostic.related]
    for name in ("found", "expected", "help", "object", "path"):
        if value := getattr(diagnostic, name):
            shown[name] = value
    if diagnostic.environments:
        shown["environments"] = list(diagnostic.environments)
    return shown


def position(span: Span) -> dict[str, Any]:
    """A span as path, line and column."""
    return {"path": places.path(span.source), "line": span.line, "column": span.column}
