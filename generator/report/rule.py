"""A rule of the catalogue, or one of the project's own, for people and for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from generator import catalogue
from generator.catalogue.records import Rule

_WIDTH = 88


def lines(rule: Rule) -> Iterator[str]:
    """What the catalogue says of a rule."""
    yield f"{rule.id} ({rule.severity}): {rule.title}"
    yield ""
    yield from _wrapped(rule.why)
    yield ""
    yield from _wrapped(rule.fix)
    if rule.lowerable:
        yield ""
        yield from _wrapped("gen.yaml can lower this rule, or accept single findings of it.")


def own_lines(name: str, rule: Mapping[str, Any]) -> Iterator[str]:
    """What a project says of a rule of its own."""
    yield f"rule/{name} ({rule.get('severity', 'error')}): {rule['message']}"
    yield ""
    for key in ("when", "assert", "at", "help"):
        if key in rule:
            head, *rest = str(rule[key]).strip().split("\n")
            yield f"  {key}: {head}"
            yield from (f"    {line}" for line in rest)


def plain(rule: Rule) -> dict[str, str]:
    """A rule as plain data."""
    return {
        "title": rule.title,
        "severity": str(rule.severity),
        "why": rule.why,
        "fix": rule.fix,
    }


def described(ids: set[str]) -> dict[str, dict[str, str]]:
    """What the catalogue says of each of these rules that is in it."""
    known = catalogue.rules_by_id()
    return {rule: plain(known[rule]) for rule in sorted(ids) if rule in known}


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
