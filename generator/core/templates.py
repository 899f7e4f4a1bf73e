"""Templates: which of them make files, and what each makes of values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from jinja2 import TemplateError

from generator.core import paths, tracked
from generator.core.bindings import RESERVED, Bindings, RenderedText, Uncounted
from generator.core.engine import Engine, UndefinedValueError
from generator.core.kept import Kept
from generator.core.sources import At
from generator.core.values import ENVIRONMENT, Values
from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span

TOOL: Final = ".config.j2"  # makes a file for a tool beside the manifests, which kubectl does not read
ENDINGS: Final = (".yaml.j2", ".yml.j2", ".yaml", ".yml", TOOL)
_CLOSING: Final = ("-}}", "+}}", "}}", "-%}", "+%}", "%}")


class Templates:
    """Every file below `templates/` by its name there. Compiled when first used, once a process."""

    def __init__(self, sources: Mapping[str, Source], store: Kept | None = None, salt: str = "") -> None:
        self.sources = sources
        self.engine = Engine(self._load, store, salt)
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
        except Exception as error:
            if engine is self.engine and isinstance(error, UndefinedValueError):
                self.trace(name, values)  # the tracer knows the whole path of what is not there
            if engine is not self.engine and not isinstance(error, TemplateError):
                raise  # it runs what ran before
            from generator.core.failures import Failure  # not needed by templates that do not fail

            failure = Failure(error, self, name, values, bindings)
            raise DiagnosticError([failure.problem()]) from None
        return RenderedText(name, parts, bindings.made, self.span, lambda: self.trace(name, values))

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


def context(values: Values) -> dict[str, Any]:
    """What templates see: the values, and which environment they are of. Raises `DiagnosticError`."""
    if ENVIRONMENT in values.tree:
        message = f"no value can be called `{ENVIRONMENT}`: templates see the environment itself by that name"
        help = f"give the value another name; the name of the environment is `{ENVIRONMENT}.name`"
        raise DiagnosticError(
            [Diagnostic("values/environment", message, values.span((ENVIRONMENT,), True), help=help)]
        )
    for path, value in paths.leaves(values.tree):
        for text in (*path, value):
            if isinstance(text, str) and RESERVED.search(text):
                message = f"`{paths.show(path)}` holds characters that gen reserves for itself"
                raise DiagnosticError([Diagnostic("values/reserved", message, values.span(path))])
    return values.context
