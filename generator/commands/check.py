"""`gen check`: render in memory and compare with what is committed."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from generator import output
from generator.commands.options import All, Environment, OutputDir, OutputFormat, ProjectDir, Shard
from generator.commands.targets import Findings, Target, targets
from generator.core import compare, mask
from generator.diagnostics import Diagnostic, Source
from generator.output import Change, Plan
from generator.pipeline import Rendering
from generator.project import find, shown
from generator.registry.pull_secret import PullSecrets
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
    shard: Shard = None,
    out: OutputDir = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Render without writing; fail on problems and on drift."""
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    chosen = targets(found, env, all_, out, shard)
    findings = Findings()
    line, secrets = found.line, PullSecrets()
    for target in chosen:
        with findings.of(target) as problems:
            rendering = target.render(found, line, secrets)
            planned = output.plan(target.folder, rendering.files)
            problems.add(
                *rendering.warnings, *planned.warnings, *_drift(target, rendering, planned, reporter)
            )
    findings.finish(reporter)
    count = len(chosen)
    reporter.result(
        [f"{count} environment{'s' if count > 1 else ''} clean"], {"clean": [t.name for t in chosen]}
    )


def _drift(target: Target, rendering: Rendering, planned: Plan, reporter: Reporter) -> Iterator[Diagnostic]:
    """Every file of an environment that is not as it should be; each difference is shown."""
    if output.interrupted(target.folder):
        where = Source(shown(target.folder)).span()
        yield Diagnostic("drift/interrupted", "a render was killed here; render again to complete it", where)
    files = {file.name: file for file in rendering.files}
    for change in planned.drifted:
        before, after = mask.change(change.before, files.get(change.name))
        lines = list(compare.diff(before, after, rendering.values))
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
        help=f"{'render it' if change.private else 'render it and commit'}: {target.command}",
    )
