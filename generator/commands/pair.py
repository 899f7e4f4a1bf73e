"""Two states of a project, rendered side by side, environment by environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from generator.core.review import review
from generator.core.review.entries import Position, Reviewed, Side, entries, summed
from generator.core.settings import NAME as SETTINGS
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Severity, Source, Span
from generator.pipeline import Pipeline
from generator.project import Project

NOTHING: Final = Side((), Values({}, ()))


class Pair:
    """A project before and after a change."""

    def __init__(self, before: Project, after: Project) -> None:
        self.before = before
        self.after = after

    @cached_property
    def share(self) -> bool:
        """Whether both states have the same templates, schema and settings, so that one line serves both."""
        return _common(self.before) == _common(self.after)

    def review(self, names: Sequence[str], whole: bool) -> list[Reviewed]:
        """What changes in each environment; `whole` with every line of the objects that do."""
        return [self._environment(name, whole) for name in names]

    def _environment(self, name: str, whole: bool) -> Reviewed:
        known = [name in project.environments for project in (self.before, self.after)]
        if all(known) and self.share and _layers(self.before, name) == _layers(self.after, name):
            return Reviewed(name, "unchanged")
        try:
            after = rendered(self.after, self.after.line, name) if known[1] else NOTHING
        except DiagnosticError as error:
            return Reviewed(name, "unknown", problems=error.diagnostics)
        try:
            line = self.after.line if self.share else self.before.line
            before = rendered(self.before, line, name) if known[0] else NOTHING
        except DiagnosticError as error:
            return Reviewed(name, "unknown", problems=tuple(_of_base(name, error, after)))
        found = tuple(entries(review(before.manifests, after.manifests), before, after, whole))
        state = (
            "added" if not known[0] else "removed" if not known[1] else "changed" if found else "unchanged"
        )
        return Reviewed(name, state, found, summed(before, after))

    def span(self, position: Position) -> Span:
        """A position in the text of its source, or in a source that cannot be read any more."""
        project = self.before if position.of_base else self.after
        try:
            return project.tree.read(position.path).at(position.line, position.column)
        except DiagnosticError:
            return Source(position.path).span()


def rendered(project: Project, line: Pipeline, name: str) -> Side:
    """An environment as a project renders it. Raises `DiagnosticError`."""
    rendering = line.render(name, project.layers(name))
    return Side([file.manifest for file in rendering.files], rendering.values)


def _of_base(name: str, error: DiagnosticError, after: Side) -> Iterator[Diagnostic]:
    """The warning that the base does not render, and what is wrong with it."""
    made = ", ".join(str(manifest.identity) for manifest in after.manifests)
    message = f"the base of {name} does not render, so what changes is unknown"
    yield Diagnostic(
        "review/base", message, severity=Severity.WARNING, found=f"now rendered: {made or 'nothing'}"
    )
    yield from (problem._replace(severity=Severity.WARNING) for problem in error.diagnostics)


def _common(project: Project) -> dict[str, str]:
    """The texts that every environment of a project is rendered with, by name."""
    tree = project.tree
    names = [name for folder in ("schema", "templates") for name in tree.names(folder)]
    names += [SETTINGS] if tree.holds(SETTINGS) else []
    return {name: tree.read(name).text for name in names}


def _layers(project: Project, name: str) -> list[tuple[str, str]]:
    return [(source.path, source.text) for source in project.layers(name)]
