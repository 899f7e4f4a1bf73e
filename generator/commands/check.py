"""`gen check`: render in memory and compare with what is committed."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from generator import output
from generator.commands.options import All, Environment, OutputDir, OutputFormat, ProjectDir
from generator.commands.targets import Target, targets
from generator.core import compare
from generator.core.layout import File
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, Source
from generator.output import Change
from generator.project import Project, find, shown
from generator.report import diff
from generator.report.reporter import Format, Reporter

_DRIFT = {
    "created": ("drift/missing", "is not there"),
    "changed": ("drift/changed", "is not what its sources render to"),
    "removed": ("drift/stale", "is not rendered any more"),
}


def run(
    ctx: typer.Context,
    env: Environment = None,
    all_: All = False,
    out: OutputDir = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Render without writing; fail on problems and on drift."""
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    chosen = targets(found, env, all_, out)
    with Collector() as problems:
        for target in chosen:
            with problems.catch():
                for problem in _drift(found, target, reporter):
                    problems.add(problem)
    count = len(chosen)
    reporter.result(
        [f"{count} environment{'s' if count > 1 else ''} clean"], {"clean": [t.name for t in chosen]}
    )


def _drift(project: Project, target: Target, reporter: Reporter) -> Iterator[Diagnostic]:
    """Every file of an environment that is not as it should be; each difference is shown."""
    rendering = target.render(project, reporter) if target.rendered else None
    files: dict[str, File] = {file.name: file for file in rendering.files} if rendering else {}
    planned = output.plan(target.folder, files.values())
    reporter.diagnostics(planned.warnings)
    if output.interrupted(target.folder):
        where = Source(shown(target.folder)).span()
        yield Diagnostic("drift/interrupted", "a render was killed here; render again to complete it", where)
    values = rendering.values if rendering else Values({}, ())
    for change in planned.drifted:
        lines = list(compare.diff(change.before, files.get(change.name), values))
        name = shown(target.folder / change.name)
        data = {"path": name, "change": change.kind, "diff": [line.plain for line in lines]}
        reporter.items(diff.shown(name, lines, reporter), "drift", data)
        yield _problem(target, change, name)


def _problem(target: Target, change: Change, name: str) -> Diagnostic:
    rule, what = _DRIFT[change.kind]
    return Diagnostic(
        rule,
        f"{name} {what}",
        Source(name).span(),
        help=f"render it and commit: gen render --env {target.name}",
    )
