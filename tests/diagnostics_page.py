"""docs/reference/diagnostics.md, from the catalogue and the golden cases of tests/cases/errors.

A case belongs to the rule that its output names first, unless a section lists it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from generator import catalogue
from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

CASES = Path(__file__).parent / "cases/errors"
_FIRST = re.compile(r"\A(?:error|warning)\[([a-z]+/[a-z0-9-]+)\]")
_EXIT = {Exit.NO: "1", Exit.USAGE: "2", Exit.UNKNOWN: "3"}

_HEAD = """\
# Diagnostics

Every problem has a rule, a position, the marked source line, what was found and expected where that adds
something, and a hint. `--format concise` prints one line per problem, `json` one object for programs,
`github` annotations, `sarif` a log for code scanning, and `junit` a test case per problem. All problems of a
stage are reported at once, and no later stage runs on bad input. `gen explain RULE` prints what this page
says about a rule.

Exit codes: 0 success; 1 the answer is no (invalid, drifted, differs, verification failed); 2 wrong usage; 3
no answer. A rule exits with 1 unless stated otherwise.

This page is generated from `generator/catalogue/`. The examples are what `gen render --all` prints for the
folders of `tests/cases/errors`.
"""


def page() -> str:
    """The whole page."""
    cases = examples()
    return _HEAD + "".join(part for section in catalogue.sections() for part in _section(section, cases))


def examples() -> dict[str, list[str]]:
    """The names of the golden cases by the rule that they show, those of whole sections left out."""
    taken = {name for section in catalogue.sections() for name in section.examples}
    found = defaultdict(list)
    for case in sorted(CASES.iterdir()):
        match = _FIRST.match((case / "expected.txt").read_text())
        if match and case.name not in taken:
            found[match[1]].append(case.name)
    return found


def _section(section: Section, cases: dict[str, list[str]]) -> Iterator[str]:
    yield f"\n## {section.title}\n\nApplies to: {section.scope}.\n"
    if section.intro:
        yield f"\n{section.intro}\n"
    yield from map(_example, section.examples)
    for rule in section.rules:
        yield _rule(rule)
        yield from map(_example, cases.get(rule.id, ()))


def _rule(rule: Rule) -> str:
    notes = []
    if rule.severity is Severity.WARNING:
        notes.append("A warning.")
    if rule.status is not Exit.NO:
        notes.append(f"Exit code {_EXIT[rule.status]}.")
    if rule.lowerable:
        notes.append("Can be lowered or ignored in [gen.yaml](settings.md).")
    last = f"\n{' '.join(notes)}\n" if notes else ""
    return f"\n### `{rule.id}`\n\n**{rule.title}.** {rule.why}\n\n{rule.fix}\n{last}"


def _example(case: str) -> str:
    told = (CASES / case / "expected.txt").read_text().rsplit("exit", 1)[0].rstrip()
    return f"\n<!-- {case} -->\n```text\n{told}\n```\n"
