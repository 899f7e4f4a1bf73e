"""Templates: which of them make manifests, and what a user sees when one of them fails."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import Any, Final

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.utils import missing

from generator.core import paths, tracked
from generator.core.bindings import RESERVED, Bindings, RenderedText, TooMuch, Uncounted
from generator.core.engine import Engine, UndefinedValueError
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.core.sources import At
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span

TOOL: Final = ".config.j2"  # makes a file for a tool beside the manifests, which kubectl does not read
ENDINGS: Final = (".yaml.j2", ".yml.j2", ".yaml", ".yml", TOOL)
_CLOSING: Final = ("-}}", "+}}", "}}", "-%}", "+%}", "%}")


class Templates:
    """Every file below `templates/` by its name there. Compiled when first used, once a process."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self.engine = Engine(self._load)
        self._tracked: tuple[Mapping[str, Any], Any] | None = None

    @property
    def names(self) -> list[str]:
        """The templates that make files: YAML, and no part of their name begins with an underscore."""
        return sorted(
            n
            for n in self.sources
            if n.endswith(ENDINGS) and not any(p.startswith("_") for p in n.split("/"))
        )

    def render(self, name: str, values: Mapping[str, Any]) -> RenderedText:
        """What one template makes of values. Raises `DiagnosticError` where it fails."""
        return self._run(self.engine, name, values, Bindings())

    def trace(self, name: str, values: Mapping[str, Any]) -> RenderedText:
        """The same text, in which everything knows its sources."""
        if self._tracked is None or self._tracked[0] is not values:
            self._tracked = values, tracked.track(dict(values))
        return self._run(self.tracer, name, self._tracked[1], Uncounted())

    @cached_property
    def tracer(self) -> Engine:
        """An engine like the other one, which notes sources."""
        from generator.core.tracer import Tracer  # only where somebody asks

        return Tracer(self._load)

    def _load(self, name: str) -> str | None:
        return self.sources[name].text if name in self.sources else None

    def _run(self, engine: Engine, name: str, values: Mapping[str, Any], bindings: Bindings) -> RenderedText:
        try:
            parts = engine.run(name, values, bindings)
            return RenderedText(name, parts, bindings.made, self.span, lambda: self.trace(name, values))
        except UndefinedValueError as error:
            if engine is self.engine:  # the tracer knows the whole path of what is not there
                self.trace(name, values)
            problem = self._jinja_problem(error, self._where(error, name, bindings), values)
            raise DiagnosticError([problem]) from None
        except TemplateError as error:
            problem = self._jinja_problem(error, self._where(error, name, bindings), values)
            raise DiagnosticError([problem]) from None
        except (RecursionError, MemoryError) as error:
            # The latter is what Python's compiler says of tags that are nested too deeply.
            deep = "calls itself without end" if isinstance(error, RecursionError) else "nests too deeply"
            problem = Diagnostic("template/recursion", f"the template {deep}", self._line(None, name))
            raise DiagnosticError([problem]) from None
        except Exception as error:
            # Whatever Python raises was raised by an expression; the tracer only runs what ran before.
            if engine is not self.engine:
                raise
            raise DiagnosticError([_problem(error, self._where(error, name, bindings))]) from None

    def span(self, start: At, end: At | None = None) -> Span:
        """The characters from one place to another, or those of the expression that begins at `start`."""
        source = self.sources[start.template]
        if end is not None and end.template == start.template and end.offset >= start.offset:
            return source.span(start.offset, end.offset)
        stops = [at for closing in _CLOSING if (at := source.text.find(closing, start.offset)) >= 0]
        stop = min(stops, default=start.offset)
        return source.span(
            start.offset, start.offset + len(source.text[start.offset : stop].split("\n")[0].rstrip())
        )

    def _jinja_problem(self, error: TemplateError, place: Span, values: Mapping[str, Any]) -> Diagnostic:
        if isinstance(error, UndefinedValueError):
            return self._undefined(error, place, values)
        if isinstance(error, TemplateSyntaxError):
            return Diagnostic("template/syntax", f"not a valid template: {error.message}", place)
        if isinstance(error, TemplateNotFound):
            wanted = error.message or str(error)
            hint = did_you_mean(wanted, self.sources)
            return Diagnostic(
                "template/not-found", f"there is no `{wanted}` below templates/", place, help=hint
            )
        if isinstance(error, SecurityError):
            return Diagnostic("template/forbidden", str(error), place, help="templates run in a sandbox")
        rule = "template/undefined" if isinstance(error, UndefinedError) else "template/failed"
        return Diagnostic(rule, str(error), place)

    def _undefined(self, error: UndefinedValueError, place: Span, values: Mapping[str, Any]) -> Diagnostic:
        path = _path(error)
        known = error.obj if isinstance(error.obj, dict) else values if path and len(path) == 1 else ()
        what = f"`{paths.show(path)}` is not defined" if path else str(error)
        span = self.span(error.at) if error.at else place
        hint = did_you_mean(error.name, known) if isinstance(error.name, str) else ""
        return Diagnostic("template/undefined", what, span, help=hint)

    def _where(self, error: Exception | None, name: str, bindings: Bindings) -> Span:
        """The expression that failed, where one was being evaluated; else the line of the template."""
        if isinstance(error, TemplateSyntaxError):
            return self._place(error.lineno, error.name or name)
        line = self._line(error.__traceback__ if error else None, name)
        running = bindings.running[-1]
        if running.template and (here := self.span(running)).source is line.source and here.line == line.line:
            return here
        return line

    def _line(self, trace: TracebackType | None, name: str) -> Span:
        """The line of the innermost template that was running."""
        place = self._place(1, name)
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            if template is not None and template.name in self.sources:
                place = self._place(template.get_corresponding_lineno(trace.tb_lineno), template.name)
            trace = trace.tb_next
        return place

    def _place(self, line: int, name: str) -> Span:
        source = self.sources[name]
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


def _problem(error: Exception, place: Span) -> Diagnostic:
    if isinstance(error, TooMuch):
        return Diagnostic("template/too-much", f"the template asks for too much: {error}", place)
    if isinstance(error, tracked.Unbindable):
        return Diagnostic("template/value", f"{error} cannot be worked on as text here", place)
    return Diagnostic("template/failed", f"{type(error).__name__}: {error}", place)


def context(values: Values) -> dict[str, Any]:
    """What templates see of the values: the tree itself. Raises `DiagnosticError`."""
    for path, value in paths.leaves(values.tree):
        for text in (*path, value):
            if isinstance(text, str) and RESERVED.search(text):
                message = f"`{paths.show(path)}` holds characters that gen reserves for itself"
                raise DiagnosticError([Diagnostic("values/reserved", message, values.span(path))])
    return values.tree
