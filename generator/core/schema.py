"""The schema of the values: it completes the tree with defaults, and accepts or rejects it.

JSON Schema 2020-12 (https://json-schema.org/draft/2020-12), read from `schema/values.schema.json`. A `$ref`
reaches other files below `schema/` and nothing else. `jsonschema-rs` validates; `generator.core.violations`
explains what it rejects.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from generator.core import bounds, kept, schema_files, typos
from generator.core.defaults import Defaults, Endless
from generator.core.effort import Effort, effort, widest
from generator.core.kept import Kept
from generator.core.patterns import options
from generator.core.references import Place
from generator.core.schema_files import broken, span
from generator.core.values import Values
from generator.core.violations import Explainer
from generator.core.wording import Violation
from generator.diagnostics import Diagnostic, DiagnosticError, Related, Source, Span

SCHEMAS: Final = ".schema.json"  # how the names of schema files end
NAME: Final = f"values{SCHEMAS}"
_DEFAULTS: Final = "https://gen.invalid/defaults"  # the URI of a schema made up to validate defaults
OVERLAY: Final = f"overlay{SCHEMAS}"  # derived from it for editors, and no part of it


class Schema:
    """The values schema with the files that it refers to, by name below `schema/`.

    Files that `store` knows to be in order are not examined again. Raises `DiagnosticError` where a file is
    no JSON, no JSON Schema, or refers to what is not there.
    """

    def __init__(self, sources: Mapping[str, Source], store: Kept | None = None) -> None:
        self.sources = sources
        key = kept.key("schema", *kept.texts_of((name, source.text) for name, source in sources.items()))
        known = store is not None and store.recall(key) is True
        self.walker = schema_files.known(sources) if known else schema_files.read(sources)
        self.files = self.walker.references.files
        if isinstance(self.files[NAME], bool):
            raise self._broken("a schema that is `true` or `false` says nothing about the values")
        self.root = self.walker.root(NAME)
        self.defaults = Defaults(self.walker, NAME)
        self._written = dict(self.walker.references.resolved())
        self._address = self.walker.references.address(NAME)
        self.validator = self._compile(self._written[self._address], self._address)
        if not known:
            self._refuse_defaults()
            if store is not None:
                store.keep(key, True)

    def _refuse_defaults(self) -> None:
        from generator.core import refused_defaults  # once for each state of the files

        if refused := list(refused_defaults.find(self.walker, NAME, self.sources, self._compile)):
            raise DiagnosticError([*refused, *self.warnings])

    @cached_property
    def warnings(self) -> list[Diagnostic]:
        """What the schema says without effect."""
        return list(typos.warnings(self.walker, self.sources))

    @cached_property
    def _registry(self) -> Any:
        import jsonschema_rs

        return jsonschema_rs.Registry(list(self._written.items()), retriever=schema_files.refuse)

    def _compile(self, schema: Any, base: str = _DEFAULTS) -> Any:
        """The validator of a schema that may refer to the files. Raises `DiagnosticError`."""
        import jsonschema_rs

        try:
            return jsonschema_rs.Draft202012Validator(
                schema,
                registry=self._registry,
                base_uri=base,
                validate_formats=True,
                pattern_options=options(),
                mask="…",
                offline=True,
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise self._broken(str(getattr(error, "message", error))) from None

    @cached_property
    def _width(self) -> float:
        """How many keywords the schema has with every reference written out."""
        try:
            return widest(self.walker, self.root)
        except RecursionError:
            raise self._broken("references are nested too deeply") from None

    def complete(self, values: Values) -> Values:
        """The values with every default of the schema filled in where they have nothing."""
        try:
            tree, filled = self.defaults.complete(values.tree)
        except (Endless, RecursionError) as error:
            place = error.place if isinstance(error, Endless) else self.root
            message = str(error) if isinstance(error, Endless) else "it refers to itself without end"
            raise DiagnosticError([broken(self.sources[place.file], place.path, message)]) from None
        return Values(
            tree,
            values.layers,
            lambda path: self._default(filled.get(path)),
            lambda path: self._default(self.defaults.at(path, tree)),
        )

    def _default(self, place: Place | None) -> Span | None:
        return None if place is None else span(self.sources[place.file], place.path)

    def check(self, values: Values) -> None:
        """Raises `DiagnosticError` with every way in which the complete values break the schema."""
        if self._may_be_much(values):
            self._effort(values.tree)
        if not self.validator.is_valid(values.tree):
            raise DiagnosticError([*self._problems(values), *self.warnings])

    def _may_be_much(self, values: Values) -> bool:
        """Whether the work has to be counted; most schemas are too small for that, whatever the values."""
        characters = sum(len(layer.source.text) for layer in values.layers)
        aliases = any("*" in layer.source.text for layer in values.layers) and bounds.NODES
        return self._width * (characters + aliases + self._width) > bounds.EVALUATIONS * 200

    def _effort(self, tree: Any) -> Effort:
        """What validating a tree costs. Raises `DiagnosticError` beyond the bound."""
        try:
            counted = effort(self.walker, self.root, tree)
        except (RecursionError, OverflowError):
            counted = Effort(bounds.EVALUATIONS + 1, 0)
        if counted.evaluations > bounds.EVALUATIONS:
            message = f"validating these values takes more than {bounds.EVALUATIONS:,} steps"
            help = "look for references that lead to one subschema by several ways"
            raise DiagnosticError([broken(self.sources[NAME], (), message, "too-much", help)])
        return counted

    def _problems(self, values: Values) -> list[Diagnostic]:
        """Every problem with values that are not valid, or the first one where there may be very many."""
        explainer = Explainer(self.walker, NAME)
        if self._effort(values.tree).weight > bounds.EXPLAINED:
            found = explainer.first(self.validator, values.tree)
        else:
            found = explainer.violations(self.validator, values.tree)
        problems = [_diagnostic(violation, values) for violation in found[: bounds.ERRORS]]
        problems.sort(key=lambda d: d.span.place if d.span else ("", 0))
        if len(found) > bounds.ERRORS:
            message = f"{len(found) - bounds.ERRORS:,} more problems; the first {bounds.ERRORS} are shown"
            problems.append(Diagnostic("schema/too-many", message, problems[-1].span))
        return problems

    def _broken(self, message: str) -> DiagnosticError:
        return DiagnosticError([broken(self.sources[NAME], (), message)])


def _diagnostic(violation: Violation, values: Values) -> Diagnostic:
    overridden = [o for o in values.origins(violation.path)[:-1] if not o.removed] if violation.path else []
    at = values.span(violation.path, violation.key)
    return Diagnostic(
        f"schema/{violation.kind}",
        violation.message,
        at,
        related=tuple(Related(origin.span, "overrides this") for origin in overridden),
        found=_as_written(violation, at),
        expected=violation.expected,
        help=_quoted(violation, at) or violation.help,
    )


def _as_written(violation: Violation, at: Span) -> str:
    """What was found; a number as it stands in the file, for `1.10` is not `1.1` to whoever wrote it."""
    return f"the number {at.text}" if _is_number(violation, at) else violation.found


def _quoted(violation: Violation, at: Span) -> str:
    """What to write where a text was meant and its quotes are missing."""
    plain = violation.found.startswith("the boolean ") or _is_number(violation, at)
    if violation.kind != "type" or "a string" not in violation.expected or not plain:
        return ""
    return f'write "{at.text}", in quotes. {violation.help}'.strip()


def _is_number(violation: Violation, at: Span) -> bool:
    return (
        violation.found.startswith("the number ")
        and 0 < len(at.text) < 60
        and "\n" not in at.text
        and not violation.key
    )
