"""What the catalogue holds of a rule: the id that diagnostics carry, and what there is to say about it."""

from __future__ import annotations

from typing import NamedTuple

from generator.diagnostics import Exit, Severity


class Rule(NamedTuple):
    """A rule: what breaks it, why that matters, and what to do. Texts are Markdown of one paragraph.

    `severity` is what gen gives it, and gen.yaml may raise it. A `lowerable` rule may also be lowered and
    ignored; no rule is that protects secrets or the form of the output. `status` is what a command exits with
    when it ends with such an error.
    """

    id: str
    title: str
    why: str
    fix: str
    severity: Severity = Severity.ERROR
    status: Exit = Exit.NO
    lowerable: bool = False


class Section(NamedTuple):
    """Rules that look at the same things, the `scope`; `examples` are golden cases of the section."""

    title: str
    scope: str
    intro: str
    rules: tuple[Rule, ...]
    examples: tuple[str, ...] = ()
