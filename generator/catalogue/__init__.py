"""Every rule that gen has, in one list: what the id in brackets of a message stands for.

`gen explain RULE`, docs/reference/diagnostics.md and the settings read it. Nothing on the way from sources to
output imports it: a check names the id, and the catalogue says the rest.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from generator.catalogue import (
    begin,
    checks,
    live,
    manifests,
    output,
    provision,
    registry,
    review,
    rollout,
    rules,
    settings,
    sources,
    templates,
    together,
    usage,
    values,
    verify,
    yaml,
)
from generator.catalogue.records import Rule, Section

FAMILIES: Final = (
    *(yaml, sources, values, settings, rules, templates, manifests, checks, together),
    *(output, review, registry, provision, usage, begin, verify, live, rollout),
)


def sections() -> tuple[Section, ...]:
    """The sections of the catalogue, in the order in which they are documented."""
    return tuple(section for family in FAMILIES for section in family.SECTIONS)


@cache
def rules_by_id() -> dict[str, Rule]:
    """Every rule by its id."""
    return {rule.id: rule for section in sections() for rule in section.rules}


def can_lower(rule: str) -> bool:
    """Whether gen.yaml may lower a rule or ignore its findings; a project's own rules count as such."""
    known = rules_by_id().get(rule)
    return known.lowerable if known else rule.startswith("rule/")
