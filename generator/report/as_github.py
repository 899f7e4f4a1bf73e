"""Diagnostics as annotations of GitHub Actions.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from generator.diagnostics import Diagnostic, Severity
from generator.report import places
from generator.report.line import printable
from generator.report.text import note


def line(diagnostic: Diagnostic) -> str:
    """One workflow command; nothing in it can end it or begin another."""
    properties: dict[str, str] = {}
    if (span := diagnostic.span) is not None:
        properties["file"] = places.path(span.source)
        if span.source.text:
            properties |= {"line": str(span.line), "col": str(span.column)}
    properties["title"] = diagnostic.rule
    command = "error" if diagnostic.severity is Severity.ERROR else "warning"
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {given}::{_data(note(diagnostic))}\n"


def _data(text: str) -> str:
    """A text that holds line breaks and nothing else that is not printable."""
    return text.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
