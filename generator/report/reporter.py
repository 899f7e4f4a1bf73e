"""The streams: problems go to standard error, results to standard output, a document for programs too.

Commands hand over diagnostics and results; which shape they take is decided here, once.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any

from generator.diagnostics import Diagnostic, Severity, Span
from generator.report.line import Line, json_text
from generator.report.streams import put, write

_ALIKE = 3  # so many problems of one rule at one place are shown, as a fleet may have a thousand


class Format(StrEnum):
    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


DOCUMENTS = (Format.JSON, Format.SARIF, Format.JUNIT)  # written at the end, and alone on their stream


def _kind(diagnostic: Diagnostic) -> tuple[Severity, str, Span | None, str]:
    """What is alike in problems that many environments have at one place: all but the message."""
    return diagnostic.severity, diagnostic.rule, diagnostic.span, diagnostic.path


class Reporter:
    """Writes in the chosen format; a command's context carries one."""

    def __init__(self) -> None:
        self.format = Format.TEXT
        self._json: dict[str, Any] = {}
        self._found: list[Diagnostic] = []  # for a document

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show problems, in the order given."""
        if self.format in DOCUMENTS:
            self._found += diagnostics
            return
        if not (found := list(diagnostics)):
            return
        self.flush()  # so that what was said before stays before it, wherever both streams end up
        if self.format is Format.GITHUB:
            from generator.report import as_github

            write(sys.stderr, "".join(map(as_github.line, found)))
        else:
            self._one_by_one(found)

    def _one_by_one(self, found: Sequence[Diagnostic]) -> None:
        """Show problems to people; of those that are alike, the first few and how many more there are."""
        from generator.report import places, text

        form = text.concise if self.format is Format.CONCISE else text.full
        colour = self.colour(sys.stderr)
        alike: Counter[tuple[Severity, str, Span | None, str]] = Counter()
        for diagnostic in found:
            alike[kind := _kind(diagnostic)] += 1
            if alike[kind] <= _ALIKE or diagnostic.span is None:
                put(sys.stderr, form(diagnostic), colour)
        for (severity, rule, span, _), count in alike.items():
            if count > _ALIKE and span is not None:
                where = places.place(span)
                more = f"{count - _ALIKE} more like this at {where}; --format json shows all of them"
                put(sys.stderr, form(Diagnostic(rule, more, severity=severity)), colour)

    def result(self, lines: Iterable[str | Line], data: Mapping[str, Any]) -> None:
        """Show what a command found or did: `lines` to people, `data` to programs.

        A text is one line, whatever it holds.
        """
        if self.format in DOCUMENTS:
            self._json.update(data if self.format is Format.JSON else {})
            return
        put(sys.stdout, lines, self.colour(sys.stdout))

    def progress(self, lines: Iterable[str | Line]) -> None:
        """Show people what has happened so far, at once."""
        self.result(lines, {})
        with suppress(OSError):  # the end of the run tells
            sys.stdout.flush()

    def items(self, lines: Iterable[str | Line], name: str, data: Any) -> None:
        """Show one of several results: `lines` to people, `data` to programs in the list `name`."""
        if self.format in DOCUMENTS:
            self._json.setdefault(name, []).extend([data] if self.format is Format.JSON else [])
            return
        self.result(lines, {})

    @staticmethod
    def flush() -> None:
        """Let everybody see what was said so far."""
        with suppress(OSError):  # the end of the run tells
            sys.stdout.flush()

    @staticmethod
    def page(text: str) -> None:
        """Write a page that is made for another program and safe as it is."""
        write(sys.stdout, text)

    @staticmethod
    def colour(stream: Any) -> bool:
        """Colour only on a terminal, and not against https://no-color.org."""
        return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def close(self) -> None:
        """Write the document of a run whose format is one: JSON on one line, as CI systems want it."""
        if self.format is Format.JUNIT:
            from generator.report import as_junit

            write(sys.stdout, as_junit.document(self._found))
        elif self.format is Format.SARIF:
            from generator.report import as_sarif

            self._write(as_sarif.log(self._found))
        elif self.format is Format.JSON:
            from generator.report import as_json

            self._json["diagnostics"] = [as_json.plain(diagnostic) for diagnostic in self._found]
            if self._found:
                from generator.report import rule

                self._json["rules"] = rule.described({diagnostic.rule for diagnostic in self._found})
            self._write(self._json)

    @staticmethod
    def _write(data: dict[str, Any]) -> None:
        is_utf8 = sys.stdout.encoding.lower() == "utf-8"
        write(sys.stdout, json_text(data, ascii_only=not is_utf8) + "\n")
