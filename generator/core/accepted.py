"""Findings that a project accepts, and severities that it changes: what gen.yaml makes of a diagnostic.

Only what is safe to lower can be lowered. Whatever protects secrets, the sources or the form of the output
stays an error, whatever gen.yaml says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from generator.core.nearest import did_you_mean
from generator.core.settings import NAME, Ignore, Settings, matches
from generator.diagnostics import Collector, Diagnostic, Severity, Span


class Ignored(NamedTuple):
    """A finding that the project accepts, and the entry of gen.yaml that says so."""

    ignore: Ignore
    diagnostic: Diagnostic

    def plain(self) -> dict[str, str]:
        """What was found and why it is accepted, for programs."""
        found = self.diagnostic
        named = {"object": found.object, "path": found.path}
        reason = {"message": found.message, "reason": self.ignore.reason}
        return {"rule": found.rule, **{key: text for key, text in named.items() if text}, **reason}


class Acceptance:
    """What the settings of a project make of the findings in one environment."""

    def __init__(self, settings: Settings, environment: str) -> None:
        self._severity = settings.severity
        self._ignore = [i for i in settings.ignore if _concerns(i, environment)]
        self.ignored: list[Ignored] = []

    def __call__(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """The diagnostic with the severity that it has in this project; None where it is accepted."""
        for ignore in self._ignore:
            if _covers(ignore, diagnostic):
                self.ignored.append(Ignored(ignore, diagnostic))
                return None
        level = self._severity.get(diagnostic.rule)
        if level is None:
            return diagnostic
        return None if level == "off" else diagnostic._replace(severity=Severity(level))


def check(settings: Settings, own: Collection[str]) -> None:
    """Raises `DiagnosticError` for each rule in gen.yaml that does not exist, or that must stand.

    `own` are the names of the project's own rules.
    """
    if not settings.severity and not settings.ignore:
        return
    from generator import catalogue  # only a project that says something of rules needs to know them

    known = [*catalogue.rules_by_id(), *(f"rule/{name}" for name in own)]
    with Collector() as problems:
        for rule, level in settings.severity.items():
            span = settings.values.span(("severity", rule), key=True)
            if rule not in known:
                problems.add(_no_rule(rule, span, known))
            elif rule.startswith("rule/"):
                problems.add(_own(rule, span))
            elif level != "error" and not catalogue.can_lower(rule):
                problems.add(_fixed(rule, span))
        for ignore in settings.ignore:
            if ignore.rule not in known:
                problems.add(_no_rule(ignore.rule, ignore.span, known))
            elif not catalogue.can_lower(ignore.rule):
                problems.add(_fixed(ignore.rule, ignore.span))


def unneeded(settings: Settings, ignored: Iterable[Ignored]) -> Iterator[Diagnostic]:
    """A warning for every entry under `ignore` that no finding in the whole project needed."""
    needed = {one.ignore for one in ignored}
    for ignore in settings.ignore:
        if ignore not in needed:
            yield Diagnostic(
                "settings/unneeded",
                f"nothing here breaks {ignore.rule} any more, so there is nothing to ignore",
                ignore.span,
                Severity.WARNING,
                help=f"remove the entry from {NAME}",
            )


def _concerns(ignore: Ignore, environment: str) -> bool:
    return not ignore.environments or any(matches(name, environment) for name in ignore.environments)


def _covers(ignore: Ignore, diagnostic: Diagnostic) -> bool:
    if ignore.rule != diagnostic.rule or (ignore.path and not matches(ignore.path, diagnostic.path)):
        return False
    if not ignore.object:
        return True
    kind, _, rest = diagnostic.object.partition("/")
    names = {rest, rest.rpartition("/")[2]}  # with its namespace, and without
    wanted, _, pattern = ignore.object.partition("/")
    return matches(wanted.lower(), kind.lower()) and any(matches(pattern, name) for name in names)


def _no_rule(rule: str, span: Span, known: Iterable[str]) -> Diagnostic:
    return Diagnostic("settings/rule", f"there is no rule `{rule}`", span, help=did_you_mean(rule, known))


def _own(rule: str, span: Span) -> Diagnostic:
    message = f"the severity of `{rule}` is set where the rule is written"
    return Diagnostic("settings/fixed", message, span, help="set `severity` in schema/rules.yaml")


def _fixed(rule: str, span: Span) -> Diagnostic:
    message = f"`{rule}` protects secrets or the output, and can be neither lowered nor ignored"
    help = "remove this entry, and correct what the rule finds"
    return Diagnostic("settings/fixed", message, span, help=help)
