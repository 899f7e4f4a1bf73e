"""`gen check`: render in memory and compare with what is committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import typer

from generator import output, selection, staging
from generator.commands import fleet, handover
from generator.commands.drift import Drift, drifts
from generator.commands.options import (
    All,
    Environment,
    OutputDir,
    OutputFormat,
    ProjectDir,
    Shard,
    UnusedValues,
)
from generator.commands.targets import Findings, Target, targets
from generator.core.counting import counted
from generator.diagnostics import Diagnostic, Source
from generator.output import Plan
from generator.pipeline import Pipeline
from generator.project import DiskProject, find, shown
from generator.registry.guard import Guard
from generator.registry.pull_secret import PullSecrets
from generator.report import diff
from generator.report.reporter import Format, Reporter

_DRIFT = {
    "created": ("drift/missing", "is missing"),
    "changed": ("drift/changed", "is not what its sources render to"),
    "removed": ("drift/stale", "is no longer rendered"),
}


def run(
    ctx: typer.Context,
    env: Environment = None,
    all_: All = False,
    shard: Shard = None,
    out: OutputDir = None,
    unused_values: UnusedValues = False,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Render without writing, and fail on problems or drift."""
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    chosen = targets(found, env, all_, out, shard, engine=True)
    findings = Findings()
    if out is None:
        findings.found.update((problem, []) for problem in selection.strays(found.rendered))
    parts = list(fleet.spread(partial(_compare, found, found.line, unused_values), chosen))
    for part in parts:
        findings.join(part.findings)
        for drift in part.drifts:
            data = {
                "path": drift.name,
                "change": drift.kind,
                "diff": [diff.plain(line) for line in drift.lines],
            }
            reporter.items(diff.shown(drift.name, drift.lines), "drift", data)
    findings.finish(reporter, found.line.settings if all_ and shard is None else None)
    clean = [target.name for target in chosen if not target.engine]
    reporter.result([f"{counted(len(clean), 'environment')} clean"], {"clean": clean})


class _Part(NamedTuple):
    """What one process has found in its share of a fleet."""

    findings: Findings
    drifts: list[Drift]


def _compare(project: DiskProject, line: Pipeline, unused_values: bool, share: Sequence[Target]) -> _Part:
    """Render a share of the targets and hold it against what is there."""
    part = _Part(Findings(), [])
    for target in share:
        secrets = PullSecrets(guard=Guard(project.root, target.root, unversioned=True))
        with part.findings.of(target, line.settings) as problems:
            rendering = target.render(project, line, secrets)
            planned = output.plan(target.folder, rendering.files)
            problems.add(*rendering.warnings, *planned.warnings, *drifted(target, planned))
            problems.add(*handover.dropped(rendering, planned))
            if unused_values and target.rendered and not target.engine:
                from generator.commands import unused  # looks behind every line of the output

                problems.add(*unused.find(line, rendering))
            part.findings.ignored += rendering.ignored
            part.drifts.extend(drifts(rendering, planned))
    return part


def drifted(target: Target, planned: Plan) -> Iterator[Diagnostic]:
    """An error for each file of a folder that is not what its sources render to."""
    if staging.interrupted(target.root):
        where = Source(shown(target.root / staging.STAGE)).span()
        yield Diagnostic("drift/interrupted", "a render was killed here; render again to complete it", where)
    for change in planned.drifted:
        rule, what = _DRIFT[change.kind]
        name = shown(target.folder / change.name)
        yield Diagnostic(
            rule,
            f"{name} {what}",
            Source(name).span(),
            help=f"{'render it' if change.private else 'render it and commit'}: {target.command}",
        )
