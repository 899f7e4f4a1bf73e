"""The examples of a project's rules: each has to break its rule when it is laid over `values/base.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator.core import templates, values
from generator.core.rules import Rules
from generator.core.schema import Schema
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span


def wrong(
    rules: Rules, schema: Schema, base: Source, environments: Sequence[str] = ()
) -> Iterator[Diagnostic]:
    """A finding for every example that is not valid under the schema, or does not break its rule.

    A rule may ask for the name of the environment, so one environment that breaks it is enough. Where `base`
    is not complete without an environment, neither are examples, and only their rules are run.
    Raises `DiagnosticError` where `base` cannot be read.
    """
    lowest = values.merge([base])
    is_complete = not list(_invalid(schema, lowest))
    for name, rule in rules.by_name.items():
        if "example" not in rule:
            continue
        laid = lowest._replace(tree=values.overlay(lowest.tree, rule["example"]))
        invalid = list(_invalid(schema, laid)) if is_complete else []
        span = rules.span((name, "example"))
        if invalid:
            message = f"the example of `{name}` is not valid under the schema: {invalid[0].message}"
            yield Diagnostic(
                "rules/example", message, span, found=invalid[0].found, expected=invalid[0].expected
            )
            continue
        complete = schema.complete(laid)
        several = (complete._replace(environment=one) for one in environments or ("",))
        found: list[Diagnostic] = []
        for one in several:
            found = _findings(rules, one)
            if any(d.rule == f"rule/{name}" for d in found) or (not is_complete and _failed(found)):
                break
        else:
            yield _unbroken(name, found, span)


def _unbroken(name: str, found: list[Diagnostic], span: Span) -> Diagnostic:
    """The finding that an example does not break its rule."""
    why = f": {found[0].message}" if _failed(found) else ""
    help = "change the example, or what `when` and `assert` of the rule say"
    message = f"the example of `{name}` does not break the rule{why}"
    return Diagnostic("rules/example", message, span, help=help)


def _invalid(schema: Schema, laid: Values) -> Iterator[Any]:
    try:
        schema.check(schema.complete(laid))
    except DiagnosticError as error:
        yield from error.diagnostics


def _findings(rules: Rules, complete: Values) -> list[Diagnostic]:
    try:
        return rules.check(complete, templates.context(complete))
    except DiagnosticError as error:
        return list(error.diagnostics)


def _failed(found: list[Diagnostic]) -> bool:
    return any(d.rule == "rules/failed" for d in found)
