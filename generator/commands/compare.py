"""`gen compare`: what differs between two environments, or one field over all of them."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import All, OutputFormat, ProjectDir
from generator.commands.pair import rendered
from generator.core.review import environments
from generator.core.review.entries import Side
from generator.diagnostics import Collector, usage
from generator.project import Project, find
from generator.report import comparison
from generator.report.reporter import Format, Reporter

Names = Annotated[list[str] | None, typer.Argument(metavar="[ENV ENV]", help="Two environments.")]
FieldName = Annotated[
    str | None,
    typer.Option(
        "--field",
        metavar="PATH",
        help="Show this field of every object; PATH is the end of its path, such as image.",
    ),
]


def run(
    ctx: typer.Context,
    names: Names = None,
    all_: All = False,
    field: FieldName = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Show what differs between two environments, or one field across many, with the source lines."""
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    if field is not None:
        sides = _sides(found, found.choose(names, all_ or not names))
        values = dict(environments.field(sides, field))
        if not values:
            raise usage(
                "usage/field", f"no object has a field that ends in `{field}`", "try `image` or `replicas`"
            )
        reporter.result(comparison.over_environments(values, len(sides)), {"fields": values})
        return
    if all_ or names is None or len(names) != 2:
        raise usage("usage/compare", "which two environments?", "gen compare ENV ENV, or --all --field PATH")
    left, right = found.choose(names, everything=False)
    sides = _sides(found, [left, right])
    compared = environments.compare(sides[left], sides[right], (left, right))
    reporter.result(comparison.lines(compared, left, right), comparison.plain(compared, left, right))


def _sides(project: Project, names: list[str]) -> dict[str, Side]:
    """The environments as they render. Raises `DiagnosticError` with the problems of all."""
    sides: dict[str, Side] = {}
    with Collector() as problems:
        for name in names:
            with problems.catch():
                sides[name] = rendered(project, project.line, name)
    return sides
