"""An environment that `gen explain` is asked about: rendered once, whatever is asked about it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from generator.core import paths
from generator.core.effects import Index
from generator.core.explain import Explainer
from generator.core.layout import File
from generator.core.paths import Path
from generator.pipeline import Pipeline, Rendering
from generator.project import DiskProject
from generator.report import explanation
from generator.report.reporter import Reporter


class Explained:
    """The rendering of an environment, and what is known of it."""

    def __init__(self, line: Pipeline, rendering: Rendering) -> None:
        self.line = line
        self.rendering = rendering
        self.explainer = Explainer(rendering.files, rendering.values)

    @classmethod
    def of(cls, project: DiskProject, name: str, known: dict[str, Explained]) -> Explained:
        """An environment of a project. Raises `DiagnosticError` where it cannot be rendered."""
        if name not in known:
            known[name] = cls(project.line, project.line.render(name, project.layers(name)))
        return known[name]

    @cached_property
    def index(self) -> Index:
        """What every value of the environment does."""
        return Index(self.explainer.files, self.rendering.texts)

    @cached_property
    def _context(self) -> dict[str, Any]:
        """What the templates of the environment see."""
        return self.rendering.values.context

    def object(self, target: str, reporter: Reporter) -> bool:
        """Explain an object, or a field of one; whether there is one that is called so."""
        told = False
        for file in self.explainer.files:
            named = address(file)
            if target.lower() == named.lower():
                self.whole(file, reporter)
                told = True
            elif target.lower().startswith(f"{named.lower()}:"):
                path = paths.parse(target[len(named) + 1 :])
                told |= path is not None and self._field(file, path, reporter)
        return told

    def whole(self, file: File, reporter: Reporter) -> None:
        """Explain an object as a whole."""
        chain, where = self.explainer.whole(file), f"{self.rendering.environment}/{file.name}"
        reporter.items(explanation.of_object(chain, where), "objects", explanation.plain_object(chain, where))

    def _field(self, file: File, path: Path, reporter: Reporter) -> bool:
        chain, where = self.explainer.field(file, path), f"{self.rendering.environment}/{file.name}"
        if chain is not None:
            reporter.items(explanation.of_line(chain, where), "lines", explanation.plain_line(chain, where))
        return chain is not None

    def value(self, target: str, reporter: Reporter) -> bool:
        """Explain a value; whether there is one, or something asks for one that is not set."""
        return self.at(paths.parse(target) or (target,), reporter)

    def at(self, path: Path, reporter: Reporter) -> bool:
        """Explain the value at a path."""
        chain = self.explainer.value(path)
        if not chain.known and not chain.origins and not any(r.path == path for r in self.index.reads):
            return False
        effects, environment = self.index.effects(path), self.rendering.environment
        rules = self.line.rules.reading(path, self._context)
        reporter.items(
            explanation.of_value(chain, environment, effects, rules),
            "values",
            explanation.plain_value(chain, environment, effects, rules),
        )
        return True

    def addresses(self) -> Iterator[str]:
        """What can be asked about, as it is typed."""
        yield from (paths.show(path) for path, _ in paths.leaves(self._context))
        for file in self.explainer.files:
            yield address(file)
            yield from (f"{address(file)}:{paths.show(path)}" for _, path in file.lines if path)


def address(file: File) -> str:
    """What an object is called on the command line: `deployment/gan`."""
    manifest = file.manifest
    name = manifest.identity.name or str(manifest.body.get("name") or file.name)
    return f"{manifest.identity.kind.lower()}/{name}"
