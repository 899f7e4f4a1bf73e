"""Where output comes from, and where values go: chains of origins, and the reasons for what is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from generator.core import mask, paths
from generator.core.layout import File
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.core.secrets import hides
from generator.core.sources import Sources, paths_of, union
from generator.core.values import Origin, Values
from generator.diagnostics import Span


class ValueChain(NamedTuple):
    """A value and every place that had a say in it, the one that counts last; one not `known` is not set."""

    path: Path
    value: object
    origins: tuple[Origin, ...]
    known: bool = True


class Reason(NamedTuple):
    """A condition, a loop or a look-up of a template that something depends on, and the values it read."""

    span: Span
    values: tuple[ValueChain, ...]


class LineChain(NamedTuple):
    """A rendered line: the field that it shows, its place in a template, the values bound there, and why."""

    file: File
    line: int
    field: Path
    template: Span
    values: tuple[ValueChain, ...]
    reasons: tuple[Reason, ...]


class ObjectChain(NamedTuple):
    """An object: the template that makes it, the values that it is called by, and why it is there."""

    file: File
    template: Span
    values: tuple[ValueChain, ...]
    reasons: tuple[Reason, ...]


class Explainer:
    """Explains the files and the values of an environment; what Secrets are made of stays hidden."""

    def __init__(self, files: Iterable[File], values: Values) -> None:
        self.files = tuple(mask.lines(file) for file in files)
        self.values = values
        self._secret = {
            path
            for file in self.files
            for shown in dict.fromkeys(path for _, path in file.lines if path)
            if hides(file.manifest.identity.kind, shown)
            for path in file.manifest.trace(shown).values
        }

    def line(self, file: File, number: int) -> LineChain | None:
        """The chain of a line of a file, counted from 1; None for the header, which shows no field."""
        path = file.lines[number - 1][1]
        if path is None:
            return None
        trace = file.manifest.trace(path)
        sources = trace.sources
        span = _hidden(trace.span) if hides(file.manifest.identity.kind, path) else trace.span
        return LineChain(
            file, number, path, span, self._chains(sources), self.reasons(file.manifest, sources)
        )

    def field(self, file: File, path: Path) -> LineChain | None:
        """The chain of a field of an object; None where the object has no such field."""
        number = next(
            (n for n, (_, shown) in enumerate(file.lines, 1) if shown and shown[: len(path)] == path), None
        )
        return None if number is None else self.line(file, number)

    def whole(self, file: File) -> ObjectChain:
        """The chain of an object as a whole."""
        manifest = file.manifest
        sources = identity(manifest)
        span = manifest.trace(()).span
        return ObjectChain(file, span, self._chains(sources), self.reasons(manifest, sources))

    def value(self, path: Path) -> ValueChain:
        """The chain of a value, or of one that is not set."""
        chain = _chain(path, self.values)
        if not any(path[: len(secret)] == secret or secret[: len(path)] == path for secret in self._secret):
            return chain
        origins = tuple(origin._replace(span=_hidden(origin.span)) for origin in chain.origins)
        return chain._replace(value="***", origins=origins)

    def reasons(self, manifest: Manifest, sources: Sources) -> tuple[Reason, ...]:
        """The decisions behind something, each place once, with the values that were read there."""
        by_place: dict[Span, dict[Path, None]] = {}
        for decision in sources.decisions:
            if read := paths_of(decision.read):
                span = manifest.rendered.show(decision.at, None)
                by_place.setdefault(span, {}).update(dict.fromkeys(read))
        return tuple(Reason(span, tuple(map(self.value, read))) for span, read in by_place.items())

    def _chains(self, sources: Sources) -> tuple[ValueChain, ...]:
        return tuple(map(self.value, paths_of(sources.data)))


def _hidden(span: Span) -> Span:
    """A span whose text is never quoted."""
    return span._replace(source=span.source._replace(sensitive=True))


def identity(manifest: Manifest) -> Sources:
    """What an object is called by, and what decided that it is there."""
    named = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"), ("name",))
    return union(*(manifest.trace(path).sources for path in named if _has(manifest, path)))


def _has(manifest: Manifest, path: Path) -> bool:
    try:
        paths.get(manifest.body, path)
    except KeyError:
        return False
    return True


def _chain(path: Path, values: Values) -> ValueChain:
    try:
        found = paths.get(values.context, path)
    except KeyError:
        removed = [origin for origin in values.origins(path) if origin.removed]
        return ValueChain(path, None, tuple(removed), known=False)
    origins = values.origins(path)
    below = None if values.tells_environment(path) else values.overridden(path)
    if below is not None and all(below != origin.span for origin in origins):
        origins = [Origin(below), *origins]
    return ValueChain(path, found, tuple(origins))
