"""What a user sees of a template that fails: the problem at its place, and how the template came there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Protocol

from jinja2 import TemplateError, TemplateNotFound, TemplatesNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.utils import missing

from generator.core import idioms, paths, tracked
from generator.core.bindings import Bindings, TooMuch
from generator.core.engine import UndefinedValueError
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.core.sources import At
from generator.diagnostics import Diagnostic, Related, Source, Span


class Sources(Protocol):
    """The templates of a project, which show their places."""

    @property
    def sources(self) -> Mapping[str, Source]: ...

    def span(self, start: At, end: At | None = None) -> Span: ...


class Failure:
    """An exception that the template `name` ended with, while it rendered some values."""

    def __init__(
        self, error: Exception, templates: Sources, name: str, values: Mapping[str, Any], bindings: Bindings
    ) -> None:
        self.error = error
        self.templates = templates
        self.name = name
        self.values = values
        self.running = bindings.running[1:]

    def problem(self) -> Diagnostic:
        """The problem at its place, with the calls that led there, outermost first."""
        error = self.error
        if isinstance(error, TemplateSyntaxError):
            return self._syntax(error)
        if isinstance(error, RecursionError | MemoryError):
            # The latter is what Python's compiler says of tags that are nested too deeply.
            deep = "calls itself without end" if isinstance(error, RecursionError) else "nests too deeply"
            return Diagnostic("template/recursion", f"the template {deep}", self._line(1, self.name))
        found = self._undefined(error) if isinstance(error, UndefinedValueError) else self._other(error)
        assert found.span is not None
        return found._replace(related=tuple(self._calls(found.span)))

    def _other(self, error: Exception) -> Diagnostic:
        place = self._where()
        if isinstance(error, TemplateNotFound):
            return _not_found(error, self.templates.sources, place)
        if isinstance(error, SecurityError):
            return Diagnostic("template/forbidden", str(error), place, help="templates run in a sandbox")
        if isinstance(error, TooMuch):
            return Diagnostic("template/too-much", f"the template asks for too much: {error}", place)
        if isinstance(error, tracked.Unbindable):
            return Diagnostic("template/value", f"{error} cannot be used as text here", place)
        if isinstance(error, UndefinedError):
            return Diagnostic("template/undefined", str(error), place)
        # Whatever Python raises here was raised by an expression of the template.
        kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
        return Diagnostic("template/failed", f"{kind}{error}", place)

    def _undefined(self, error: UndefinedValueError) -> Diagnostic:
        path = _path(error)
        what = f"`{paths.show(path)}` is not defined" if path else str(error)
        span = self.templates.span(error.at) if error.at else self._where()
        line = span.source.text.split("\n")[span.line - 1]
        help = self._meant(error, path) or idioms.of_syntax(line)
        return Diagnostic("template/undefined", what, span, help=help)

    def _meant(self, error: UndefinedValueError, path: Path | None) -> str:
        """What the template may have meant by a name that is not defined."""
        if not isinstance(error.name, str):
            return ""
        is_top = path is not None and len(path) == 1
        if is_top and error.name in self.values:
            return (
                f"`{error.name}` is a value, and this file was imported without the values; write"
                ' `{% import "…" as … with context %}`'
            )
        if is_top and error.name in idioms.NAMES:
            return idioms.NAMES[error.name]
        known = error.obj if isinstance(error.obj, dict) else self.values if is_top else ()
        return did_you_mean(error.name, (name for name in known if name != error.name))

    def _syntax(self, error: TemplateSyntaxError) -> Diagnostic:
        place = self._line(error.lineno, error.name or self.name)
        message = error.message or ""
        if (opened := getattr(error, "opened", None)) is not None:
            tag, line = opened
            start = self._line(line, error.name or self.name)
            unknown = getattr(error, "unknown", None)
            help = f"close it with `{{% end{tag} %}}`"
            if unknown is None:
                return Diagnostic("template/syntax", f"`{tag}` is never closed", start, help=help)
            wrong = f"`{unknown}` appears while `{tag}` is still open"
            related = (Related(start, "opened here"),)
            return Diagnostic("template/syntax", wrong, place, related=related, help=help)
        unknown_filter = message.removeprefix("No filter named '").removesuffix("'.")
        text = place.source.text.split("\n")[place.line - 1]
        help = idioms.FILTERS.get(unknown_filter, "") or idioms.of_syntax(text)
        return Diagnostic("template/syntax", f"not a valid template: {message}", place, help=help)

    def _where(self) -> Span:
        """The expression that failed, where one was being evaluated; else the line of the template."""
        frames = list(self._frames())
        line = self._line(frames[-1][1], frames[-1][0]) if frames else self._line(1, self.name)
        here = self.templates.span(self.running[-1]) if self.running else line
        return here if here.source is line.source and here.line == line.line else line

    def _calls(self, place: Span) -> Iterator[Related]:
        """Where each template and macro was called that was running, outermost first."""
        exact = {(span.source.path, span.line): span for span in map(self.templates.span, self.running)}
        seen = {(place.source.path, place.line)}
        for name, line in self._frames():
            span = self._line(line, name)
            key = span.source.path, span.line
            if key not in seen:
                seen.add(key)
                yield Related(exact.get(key, span), "called here")

    def _frames(self) -> Iterator[tuple[str, int]]:
        """The lines of templates that were running, outermost first."""
        trace: TracebackType | None = self.error.__traceback__
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            if template is not None and template.name in self.templates.sources:
                yield template.name, template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next

    def _line(self, line: int, name: str) -> Span:
        source = self.templates.sources[name]
        if (offset := getattr(line, "offset", None)) is not None:
            return source.span(offset, offset + 1)
        start = source.at(line).start
        text = source.text[start:].split("\n")[0]
        return source.span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _path(error: UndefinedValueError) -> Path | None:
    """The value path that does not exist; None where the look-up was not in the values."""
    if not isinstance(error.name, str | int):
        return None
    if error.within is not None:
        return (*error.within, error.name)
    return (error.name,) if error.obj is missing and error.name else None


def _not_found(error: TemplateNotFound, known: Iterable[str], place: Span) -> Diagnostic:
    """`{% include %}` may name several templates, and values of any type."""
    tried = error.templates if isinstance(error, TemplatesNotFound) else [error.name]
    names = [name if isinstance(name, str) else type(name).__name__ for name in tried]
    if not names:
        return Diagnostic("template/not-found", "the list of templates is empty", place)
    message = f"there is {', '.join(f'no `{name}`' for name in names)} below templates/"
    return Diagnostic("template/not-found", message, place, help=did_you_mean(names[-1], known))
