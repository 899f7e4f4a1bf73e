"""Diagnostics as a SARIF 2.1.0 log, which code scanning reads.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from generator import __version__, catalogue
from generator.diagnostics import Diagnostic, Severity, Span
from generator.report import places
from generator.report.line import printable
from generator.report.text import note

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def log(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The log of one run."""
    found = list(diagnostics)
    rules = sorted({diagnostic.rule for diagnostic in found})
    driver = {
        "name": "gen",
        "version": __version__,
        "rules": [_rule(id) for id in rules],
    }
    results = [_result(diagnostic, rules) for diagnostic in found]
    # Columns count characters of Unicode, as everywhere in gen.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(id: str) -> dict[str, Any]:
    """What the catalogue says of a rule; a project's own rule has its id alone."""
    rule = catalogue.rules_by_id().get(id)
    if rule is None:
        return {"id": id}
    texts = {"shortDescription": rule.title, "fullDescription": rule.why or rule.title, "help": rule.fix}
    return {"id": id} | {name: {"text": text} for name, text in texts.items()}


def _result(diagnostic: Diagnostic, rules: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": rules.index(diagnostic.rule),
        "level": "error" if diagnostic.severity is Severity.ERROR else "warning",
        "message": {"text": note(diagnostic)},
    }
    if diagnostic.span is not None:
        result["locations"] = [{"physicalLocation": _location(diagnostic.span)}]
    if diagnostic.related:
        result["relatedLocations"] = [
            {"physicalLocation": _location(r.span), "message": {"text": printable(r.label)}}
            for r in diagnostic.related
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(places.path(span.source))}}
    if span.source.text:
        end = span.source.span(max(span.end, span.start))
        location["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span._replace(start=end.end).line,
            "endColumn": span._replace(start=end.end).column,
        }
    return location


def _uri(path: str) -> str:
    """A path as a relative reference (RFC 3986): a colon in its first part would make it a scheme."""
    uri = quote(PurePath(path).as_posix(), errors="surrogateescape")
    return f"./{uri}" if ":" in uri.partition("/")[0] else uri
