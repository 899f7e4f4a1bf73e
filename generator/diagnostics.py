"""What a problem is: data with a position, never a printed line and never a bare exception.

Stages collect diagnostics in a `Collector` and raise one `DiagnosticError` at their end, so that a user
sees every problem of a stage at once. `generator.report` turns diagnostics into text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple


class Exit(IntEnum):
    """What the exit status of every command means."""

    FINE = 0
    NO = 1  # the answer is no: invalid, drifted, differs, verification failed
    USAGE = 2  # wrong usage
    UNKNOWN = 3  # could not find out: cluster unreachable, tool missing, a bug of ours


EXIT_CODES: Final = {
    Exit.FINE: "success",
    Exit.NO: "the answer is no: invalid input, drift, a difference, a failed verification",
    Exit.USAGE: "wrong usage",
    Exit.UNKNOWN: "no answer: unreachable, not installed, or a bug in gen",
}


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Source(NamedTuple):
    """A text that people can open, and what it held when it was read.

    `path` identifies it: relative to the project for what belongs to one. `home` is where the project was
    read from: its folder, a git revision with a colon behind it, or nothing. How both are shown is up to
    `generator.report`. A `sensitive` source is never quoted; its positions are still shown.
    """

    path: str
    text: str = ""
    sensitive: bool = False
    home: str = ""

    def span(self, start: int = 0, end: int | None = None) -> Span:
        return Span(self, start, start if end is None else end)

    def at(self, line: int, column: int = 1) -> Span:
        """The empty span at a line and column, both from 1, as far as the text reaches."""
        start = 0
        for _ in range(line - 1):
            newline = self.text.find("\n", start)
            if newline < 0:
                break
            start = newline + 1
        start = min(start + column - 1, len(self.text))
        return Span(self, start, start)


class Span(NamedTuple):
    """Characters `start` up to `end` of a source, counted from 0."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.start - (self.source.text.rfind("\n", 0, self.start) + 1) + 1

    @property
    def place(self) -> tuple[str, int]:
        """What spans are sorted by."""
        return self.source.path, self.start

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def __str__(self) -> str:
        return f"{self.source.path}:{self.line}:{self.column}" if self.source.text else self.source.path


class Related(NamedTuple):
    """A further place that had a part in the problem, and which part."""

    span: Span
    label: str


class Diagnostic(NamedTuple):
    """One problem. `rule` is a slug, family first, with a heading in docs/reference/diagnostics.md.

    `object` is the Kubernetes object that it is about, as Kind/namespace/name or Kind/name, and `path` the
    field of it. Without an object, `path` is that of a value.
    """

    rule: str
    message: str
    span: Span | None = None
    severity: Severity = Severity.ERROR
    related: tuple[Related, ...] = ()
    found: str = ""
    expected: str = ""
    help: str = ""
    environments: tuple[str, ...] = ()  # where it arises, when others were looked at that do not have it
    object: str = ""
    path: str = ""


class DiagnosticError(Exception):
    """The diagnostics that ended a stage, and the exit status they ask for."""

    def __init__(self, diagnostics: Iterable[Diagnostic], status: Exit = Exit.NO) -> None:
        self.diagnostics = tuple(diagnostics)
        self.status = status
        super().__init__("; ".join(f"{d.rule}: {d.message}" for d in self.diagnostics))

    def __reduce__(self) -> tuple[type[DiagnosticError], tuple[tuple[Diagnostic, ...], Exit]]:
        return DiagnosticError, (self.diagnostics, self.status)


def usage(rule: str, message: str, help: str = "") -> DiagnosticError:
    """Wrong usage of the command line."""
    return DiagnosticError([Diagnostic(rule, message, help=help)], Exit.USAGE)


def unknown(rule: str, message: str, help: str = "", found: str = "") -> DiagnosticError:
    """Something outside could not be asked, so there is no answer."""
    return DiagnosticError([Diagnostic(rule, message, found=found, help=help)], Exit.UNKNOWN)


def not_installed(purpose: str, error: ImportError, extra: str, instead: str = "") -> DiagnosticError:
    """A command needs a package that only an extra of the distribution installs."""
    help = f"pip install 'gen-manifests[{extra}]'" + (f", or {instead}" if instead else "")
    return unknown("install/extra", f"{purpose} needs the package {error.name}, which is not installed", help)


Judge = Callable[[Diagnostic], Diagnostic | None]  # may change a diagnostic, or drop it with None


class Collector:
    """Gathers the diagnostics of one stage; as a context manager it raises the errors at the end.

    A `DiagnosticError` raised inside the block joins what was gathered before it. What is added goes through
    `judge` first.
    """

    def __init__(
        self,
        diagnostics: list[Diagnostic] | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.diagnostics = [] if diagnostics is None else diagnostics
        self.judge = judge
        self.status = Exit.NO

    def add(self, *diagnostics: Diagnostic) -> None:
        if self.judge is None:
            self.diagnostics.extend(diagnostics)
        else:
            self.diagnostics.extend(d for given in diagnostics if (d := self.judge(given)) is not None)

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    @contextmanager
    def catch(self) -> Iterator[None]:
        """Go on after a part of the stage has failed, with its problems added."""
        try:
            yield
        except DiagnosticError as error:
            self.diagnostics.extend(error.diagnostics)
            self.status = max(self.status, error.status)

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DiagnosticError):
            if self.diagnostics:
                status = max(self.status, error.status)
                raise DiagnosticError([*self.diagnostics, *error.diagnostics], status) from error
        elif error is None and self.failed:
            raise DiagnosticError(self.diagnostics, self.status)
