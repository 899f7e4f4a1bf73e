"""The rules of a project: what its schema cannot say, because it holds between values.

They belong to the project, in `schema/rules.yaml`: a mapping of names to rules, in the form of
`rules.schema.json` beside this module. Conditions are expressions of the template language and run in the
same sandbox, so that what they read is known and a finding shows every value that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final, TypeGuard

from generator.core import kept, own_schemas, paths, values
from generator.core.bindings import RenderedText
from generator.core.conditions import Conditions
from generator.core.kept import Kept
from generator.core.paths import Path
from generator.core.sources import Read, paths_of
from generator.core.values import Values
from generator.core.wording import shown
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Judge, Severity, Source, Span

NAME: Final = "rules.yaml"
_FIELDS: Final = frozenset(("message", "assert", "at", "help"))


class Rules:
    """The rules in a source, compiled; None for a project that has none.

    Those that `store` knows to be in order are not looked at again. Raises `DiagnosticError` where they are
    not in their form.
    """

    def __init__(self, source: Source | None, store: Kept | None = None) -> None:
        self._source = source
        self.by_name: dict[str, dict[str, Any]] = {}
        if source is not None:
            key = kept.key("rules", source.text)
            known = store.recall(key) if store is not None else None
            self.by_name = known if _is_kept(known) else self._values.tree
            if store is not None and self.by_name is not known:
                store.keep(key, self.by_name)
        self._conditions = Conditions(self.by_name, store)

    @cached_property
    def _values(self) -> Values:
        return _read(self._source) if self._source is not None else Values({}, ())

    def span(self, path: Path) -> Span:
        """Where a part of the rules stands in their file."""
        return self._values.span(path)

    def check(
        self, complete: Values, context: Mapping[str, Any], judge: Judge | None = None
    ) -> list[Diagnostic]:
        """The warnings about complete values, which are `context` to templates.

        `judge` may change a diagnostic, or drop it. Raises `DiagnosticError` with every rule that is broken.
        """
        with Collector(judge=judge) as problems:
            rendered = self._run(context)
            for number, (name, rule) in enumerate(self.by_name.items()):
                if rendered is not None and not rendered.bindings[number].value:
                    problems.add(_broken(name, rule, paths_of(_reads(rendered, number)), complete))
        return problems.diagnostics

    def reading(self, path: Path, context: Mapping[str, Any]) -> list[str]:
        """The names of the rules whose conditions depend on the value at a path."""
        rendered = self._run(context)
        if rendered is None:
            return []
        return [
            name
            for number, name in enumerate(self.by_name)
            if any(read.concerns(path) for read in _reads(rendered, number))
        ]

    def _run(self, context: Mapping[str, Any]) -> RenderedText | None:
        """What the condition of each rule gives, in the order of the rules."""
        if not self.by_name:
            return None
        try:
            return self._conditions.run(context)
        except DiagnosticError as error:
            raise DiagnosticError([self._failed(problem) for problem in error.diagnostics]) from None

    def _failed(self, problem: Diagnostic) -> Diagnostic:
        """A problem of a condition, shown where the condition stands in the project."""
        part = self._conditions.part(problem.span.line if problem.span else 1)
        message = f"the condition of `{part.rule}` failed: {problem.message}"
        span = self.span((part.rule, part.field))
        if problem.span is not None and span.text == part.text:  # no quotes and no folded lines
            offset = min(max(problem.span.start - part.start, 0), len(part.text) - 1)
            word = re.compile(r"[\w.]+|.").match(part.text, offset)
            start = span.start + offset
            span = span.source.span(start, start + (len(word[0]) if word else 1))
        return Diagnostic("rules/failed", message, span, help=problem.help)


def _is_kept(record: object) -> TypeGuard[dict[str, dict[str, Any]]]:
    """Whether a record holds rules that were found in order."""
    return isinstance(record, dict) and all(
        isinstance(rule, dict)
        and rule.keys() >= _FIELDS
        and all(isinstance(text, str) for text in (name, rule.get("when", ""), *map(rule.get, _FIELDS)))
        and rule.get("severity", Severity.ERROR) in tuple(Severity)
        for name, rule in record.items()
    )


def _read(source: Source) -> Values:
    layer = values.read(source)
    rules = Values(layer.data, (layer,))
    own_schemas.check(rules, "rules")
    with Collector() as problems:
        for name, rule in rules.tree.items():
            if paths.parse(rule["at"]) is None:
                span = rules.span((name, "at"))
                problems.add(
                    Diagnostic(
                        "rules/path", f"`{rule['at']}` is not the path of a value", span, found=rule["at"]
                    )
                )
    return rules


def _reads(rendered: RenderedText, number: int) -> tuple[Read, ...]:
    """What the condition of a rule depends on."""
    from generator.core.lineage import deep  # only where a rule is broken

    return deep(rendered.traced.bindings[number].value).reads_all


def _broken(name: str, rule: Mapping[str, Any], reads: Iterable[Path], complete: Values) -> Diagnostic:
    at = paths.parse(rule["at"]) or ()
    span = complete.span(at)
    # Several values that come from one place, such as a default, are shown once.
    others = dict.fromkeys(complete.related(reads))
    return Diagnostic(
        f"rule/{name}",
        rule["message"],
        span,
        Severity(rule.get("severity", Severity.ERROR)),
        related=tuple(other for other in others if other.span != span),
        found=_found(complete, at),
        help=rule["help"],
        path=paths.show(at),
    )


def _found(complete: Values, at: Path) -> str:
    try:
        return shown(paths.get(complete.tree, at))
    except KeyError:
        return "nothing"
