"""The examples of a project's rules: each has to break its rule when it is laid over `values/base.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.core import templates, values
from generator.core.rules import Rules
from generator.core.schema import Schema
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Source


def wrong(rules: Rules, schema: Schema, base: Source) -> Iterator[Diagnostic]:
    """A finding for every example that is not valid by the schema, or does not break its rule.

    Where `base` is not complete without an environment, neither are examples, and only their rules are run.
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
            message = f"the example of `{name}` is not valid by the schema: {invalid[0].message}"
            yield Diagnostic(
                "rules/example", message, span, found=invalid[0].found, expected=invalid[0].expected
            )
            continue
        found = _findings(rules, schema.complete(laid))
        if any(d.rule == f"rule/{name}" for d in found) or (not is_complete and _failed(found)):
            continue
        why = f": {found[0].message}" if _failed(found) else ""
        help = "change the example, or what `when` and `assert` of the rule say"
        yield Diagnostic(
            "rules/example", f"the example of `{name}` does not break the rule{why}", span, help=help
        )


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
