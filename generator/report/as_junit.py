"""Diagnostics as JUnit XML, which most CI systems show as test results: a test case for each rule and place.

Format: the schema of the Jenkins xUnit plugin, https://github.com/jenkinsci/xunit-plugin (junit-10.xsd)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from generator.diagnostics import Diagnostic, Severity
from generator.report.line import printable
from generator.report.places import place
from generator.report.text import note

_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # of XML 1.0


def document(diagnostics: Iterable[Diagnostic]) -> str:
    """The XML of one run; without problems it is one test case that passes."""
    found = list(diagnostics)
    failures = sum(diagnostic.severity is Severity.ERROR for diagnostic in found)
    return "\n".join(_lines(found, failures)) + "\n"


def _lines(found: list[Diagnostic], failures: int) -> Iterator[str]:
    count = max(len(found), 1)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuite name="gen" tests="{count}" failures="{failures}" errors="0">'
    for diagnostic in found:
        where = place(diagnostic.span) if diagnostic.span else "gen"
        case = (
            f'<testcase classname="{_text(diagnostic.rule)}" name="{_text(f"{where}: {diagnostic.message}")}"'
        )
        body = _text(note(diagnostic))
        if diagnostic.severity is Severity.ERROR:
            head = f'<failure type="error" message="{_text(diagnostic.message)}">'
            yield f"  {case}>{head}{body}</failure></testcase>"
        else:
            yield f"  {case}><system-out>{body}</system-out></testcase>"
    if not found:
        yield '  <testcase classname="gen" name="no problems"/>'
    yield "</testsuite>"


def _text(text: str) -> str:
    """A text as XML 1.0 takes it. What is not printable, or opens a command to a CI system, is an escape."""
    fit = _UNFIT.sub("\ufffd", "\n".join(map(printable, text.split("\n"))))
    return re.sub('[&<>"\n#]', lambda match: f"&#{ord(match[0])};", fit)
