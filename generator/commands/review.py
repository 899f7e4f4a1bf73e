"""`gen review`: what a change does to every environment, before anybody merges it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Final

import typer

from generator.commands import fleet
from generator.commands.options import Environment, ProjectDir
from generator.commands.pair import Pair
from generator.core.review.effects import Impact
from generator.core.review.entries import Entry, Reason, Reviewed
from generator.diagnostics import Diagnostic, Exit, Severity, usage
from generator.project import Project, find
from generator.report import review as text
from generator.report.reporter import Format, Reporter
from generator.report.review import Review
from generator.sources import revision
from generator.sources.revision import Revision


class Form(StrEnum):
    """How a review is shown."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


def _form(ctx: typer.Context, value: Form) -> Form:
    """Problems are shown in the same form, or as text where that has none."""
    reporter = ctx.find_root().ensure_object(Reporter)
    reporter.format = Format(value) if value in [*Format] else Format.TEXT
    return value


Base = Annotated[
    str | None,
    typer.Argument(
        metavar="[BASE]", help="A git revision; by default the merge base with the default branch."
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="IMPACT,…",
        help=f"Exit with 1 if a change has one of these impacts: {', '.join(i.label for i in Impact)}.",
    ),
]
ReviewForm = Annotated[
    Form, typer.Option("--format", callback=_form, is_eager=True, help="How to show the review.")
]


def run(
    ctx: typer.Context,
    base: Base = None,
    env: Environment = None,
    fail_on: FailOn = None,
    project: ProjectDir = None,
    format: ReviewForm = Form.TEXT,
) -> None:
    """Show what a change does to every environment: objects, fields, their sources and the live effects.

    Renders the base revision and the work tree in memory; nothing is checked out, written or fetched.
    """
    reporter = ctx.find_root().ensure_object(Reporter)
    wanted = _impacts(fail_on)
    found = find(project)
    before = Revision(found.root, base or revision.merge_base(found.root))
    pair = Pair(Project(before, found.store), found)
    environments = _reviewed(pair, found, env, whole=format is Form.HTML)
    reviewed = Review(base or f"the merge base {before.commit[:10]}", "the work tree", environments)
    _show(reviewed, format, reporter)
    problems = [problem for one in environments for problem in one.problems]
    problems += _gate(pair, environments, wanted)
    reporter.diagnostics(problems)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(Exit.NO)
    if wanted and any(one.state == "unknown" for one in environments):
        raise typer.Exit(Exit.UNKNOWN)


_RULES: Final = {
    Impact.REFUSED: "review/refused",
    Impact.OUTAGE: "review/outage",
    Impact.EXPOSURE: "review/exposure",
    Impact.DATA: "review/data",
    Impact.RESTART: "review/restart",
    Impact.REMOVED: "review/removed",
    Impact.ADDED: "review/added",
    Impact.IN_PLACE: "review/in-place",
    Impact.ROUTINE: "review/routine",
}


def _impacts(names: str | None) -> set[Impact]:
    """The impacts that `--fail-on` names. Raises `DiagnosticError` (usage) for others."""
    known = {impact.label: impact for impact in Impact}
    wanted = [name.strip() for name in (names or "").split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            raise usage("usage/impact", f"`{name}` is not an impact", f"one of: {', '.join(known)}")
    return {known[name] for name in wanted}


def _reviewed(pair: Pair, found: Project, env: list[str] | None, whole: bool) -> list[Reviewed]:
    """Every environment of either side, or those asked for."""
    known = {*pair.before.environments, *pair.after.environments}
    names = list(dict.fromkeys(env)) if env else sorted(known)
    if not known.issuperset(names):
        found.choose(names, everything=False)  # says which one there is not
    parts = fleet.spread(partial(pair.review, whole=whole), names)
    return [one for part in parts for one in part]


def _show(review: Review, form: Form, reporter: Reporter) -> None:
    if form is Form.JSON:
        from generator.report import review_json

        reporter.result([], review_json.plain(review))
    elif form is Form.MARKDOWN:
        from generator.report import review_markdown

        reporter.page(review_markdown.page(review))
    elif form is Form.HTML:
        from generator.report import review_html

        reporter.page(review_html.page(review))
    else:
        reporter.result(text.lines(review), {})


def _gate(pair: Pair, environments: Iterable[Reviewed], wanted: set[Impact]) -> Iterator[Diagnostic]:
    """An error for every change that has one of the impacts and that gen.yaml does not let through."""
    alike: dict[tuple[Any, ...], tuple[Entry, Reason, list[str]]] = {}
    for one in environments:
        for entry in one.entries:
            for reason in entry.reasons:
                if reason.impact in wanted and not _is_accepted(pair, one.environment, entry, reason):
                    key = (*entry.alike, reason)
                    alike.setdefault(key, (entry, reason, []))[2].append(one.environment)
    for entry, reason, names in alike.values():
        behind = (c.sources[0] for c in entry.cells if c.name in reason.fields and c.sources)
        yield Diagnostic(
            _RULES[reason.impact],
            f"{entry.kind} {entry.name}: {reason.text}",
            pair.span(next(behind, entry.position)),
            help=reason.help,
            environments=tuple(names),
        )


def _is_accepted(pair: Pair, environment: str, entry: Entry, reason: Reason) -> bool:
    rule, named = _RULES[reason.impact], f"{entry.kind}/{entry.name}"
    today = date.today().isoformat()
    return any(one.covers(rule, named, environment, today) for one in pair.after.line.settings.accept)
