"""The line: from the sources of a project and the layers of an environment to the files of its folder.

Everything here is a function of its inputs. Nothing reads a disk, a clock, an environment variable or a
network; the same bytes in give the same bytes out on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from generator.core import (
    accepted,
    checks,
    gitops,
    layout,
    manifests,
    removals,
    rules,
    secrets,
    settings_file,
    templates,
    tree,
    values,
)
from generator.core.accepted import Acceptance, Ignored
from generator.core.bindings import RenderedText
from generator.core.checks.crds import resources as custom_resources
from generator.core.gitops import Engine
from generator.core.kept import Kept
from generator.core.layout import File
from generator.core.manifests import Manifest
from generator.core.nodes import Node
from generator.core.rules import Rules
from generator.core.schema import NAME, OVERLAY, SCHEMAS, Schema
from generator.core.settings import NAME as SETTINGS
from generator.core.settings import Settings
from generator.core.templates import Templates
from generator.core.tree import Tree
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Source


class Rendering(NamedTuple):
    """What an environment renders to, what is worth a warning about it, and what the project accepts."""

    environment: str
    files: tuple[File, ...]
    values: Values
    warnings: tuple[Diagnostic, ...]
    ignored: tuple[Ignored, ...] = ()
    settings: Settings = Settings()
    texts: tuple[RenderedText, ...] = ()  # of all templates, those too that make no object here


class Pipeline:
    """The line of one project: schema and templates are compiled once, for any number of environments.

    What is compiled comes from `store` where it is there, and goes to it. Raises `DiagnosticError` where one
    of them is broken or cannot be read.
    """

    def __init__(self, project: Tree, store: Kept | None = None) -> None:
        configured = project.holds(SETTINGS)
        self.settings = settings_file.read(project.read(SETTINGS) if configured else None)
        resources = custom_resources.load(project, self.settings.custom_resources, self.settings.span)
        self.target = self.settings.target._replace(resources=resources)
        schemas = tree.sources(project, "schema", _is_read)
        if NAME not in schemas:
            raise DiagnosticError([Diagnostic("project/no-schema", f"there is no schema/{NAME}")])
        self.schema = Schema({name: s for name, s in schemas.items() if name != rules.NAME}, store)
        self.rules = Rules(schemas.get(rules.NAME), store)
        accepted.check(self.settings, self.rules.by_name)
        self.templates = Templates(tree.sources(project, "templates"), store)
        self._last: dict[str, tuple[str, list[Node]]] = {}

    def values(self, environment: str, layers: Iterable[Source]) -> Values:
        """The complete, valid values of an environment. Raises `DiagnosticError` with all that is wrong."""
        complete = self.schema.complete(values.merge(layers))._replace(environment=environment)
        self.schema.check(complete)
        return complete

    def render(self, environment: str, layers: Iterable[Source]) -> Rendering:
        """Render an environment. Raises `DiagnosticError` with all problems of the first bad stage."""
        complete = self.values(environment, layers)
        context = templates.context(complete)
        judge = Acceptance(self.settings, environment)
        with Collector(judge=judge) as noticed:
            noticed.add(*self.schema.warnings, *removals.warnings(complete))
        warnings = noticed.diagnostics + self.rules.check(complete, context, judge)
        made = self.made(context)
        objects = [manifest for _, manifests_ in made for manifest in manifests_]
        if said := self.settings.engine(environment):
            with Collector(judge=judge) as noticed:
                noticed.add(*gitops.undelivered(objects))
            warnings += noticed.diagnostics
            objects = list(map(gitops.in_waves, objects)) if said.engine == "argocd" else objects
        secrets.check(objects, complete)
        warnings += checks.run([o for o in objects if o.applied], complete, judge, self.target)
        return Rendering(
            environment,
            layout.files(objects),
            complete,
            tuple(warnings),
            tuple(judge.ignored),
            self.settings,
            tuple(text for text, _ in made),
        )

    def engine(self, environment: str | None, environments: Iterable[str] = ()) -> Rendering:
        """What the GitOps engine needs for an environment; without one, what it needs for all of them.

        Raises `DiagnosticError` for names that no object can have.
        """
        made = (
            self._engine.of_all(environments)
            if environment is None
            else self._engine.of_environment(environment)
        )
        return Rendering(environment or "", *made, (), settings=self.settings)

    @cached_property
    def _engine(self) -> Engine:
        assert self.settings.gitops is not None, "nobody asks for objects of no engine"
        return Engine(self.settings, self.settings.gitops)

    def made(self, context: Mapping[str, Any]) -> list[tuple[RenderedText, list[Manifest]]]:
        """The text that each template makes of the values, and the objects in it, in the order of names.

        Raises `DiagnosticError` with the problems of all templates.
        """
        made: list[tuple[RenderedText, list[Manifest]]] = []
        with Collector() as problems:
            for name in self.templates.names:
                with problems.catch():
                    rendered = self.templates.render(name, context)
                    made.append((rendered, manifests.bind(self._parsed(rendered), rendered)))
        return made

    def _parsed(self, rendered: RenderedText) -> list[Node]:
        """The documents of a rendered text; environments that differ in values alone share one text."""
        text, roots = self._last.get(rendered.template, ("", []))
        if text != rendered.text:
            roots = manifests.parse(rendered)
            self._last[rendered.template] = rendered.text, roots
        return roots


def _is_read(name: str) -> bool:
    """Whether a file below `schema/` is a schema or the rules; what is derived from them is neither."""
    return name == rules.NAME or (name.endswith(SCHEMAS) and name.rpartition("/")[2] != OVERLAY)
