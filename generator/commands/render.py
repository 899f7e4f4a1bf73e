"""`gen render`: validate the values, render the templates, write the manifests."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from sys import intern
from typing import TYPE_CHECKING, NamedTuple

import typer

from generator import output, selection, staging
from generator.commands import fleet, handover, stream
from generator.commands.options import (
    All,
    Environment,
    OutputDir,
    OutputFormat,
    ProjectDir,
    RegistryCredentials,
    Shard,
    Unversioned,
)
from generator.commands.targets import Findings, Target, targets
from generator.diagnostics import Collector
from generator.pipeline import Pipeline
from generator.project import DiskProject, find, shown
from generator.registry import PREFIX
from generator.registry.guard import Guard
from generator.registry.pull_secret import PullSecrets
from generator.report.reporter import Format, Reporter
from generator.staging import Stage

if TYPE_CHECKING:
    from generator.registry.credentials import Credentials

_LISTED = 10  # so many environments are listed one by one


class Written(NamedTuple):
    """What a render did to one environment: the names of its files by kind of change."""

    target: Target
    changes: dict[str, str]

    def names(self, kind: str) -> list[str]:
        return [name for name, happened in self.changes.items() if happened == kind]

    @property
    def kept(self) -> list[str]:
        """The files that are there now."""
        return [name for name, happened in self.changes.items() if happened != "removed"]

    @property
    def apply(self) -> str | None:
        """The command line that deploys the environment; None where kubectl would find nothing."""
        return self.target.apply if any(name.endswith(output.APPLIED) for name in self.kept) else None


def run(
    ctx: typer.Context,
    env: Environment = None,
    all_: All = False,
    shard: Shard = None,
    out: OutputDir = None,
    registry_credentials: RegistryCredentials = None,
    unversioned: Unversioned = False,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Validate the values, render the templates and write the manifests.

    Rendering one environment also selects it: `kubectl apply -f rendered/` then applies it. With --output -
    the manifests of one environment go to standard output, and nothing is written.
    """
    found = find(project)
    if out == stream.STDOUT:
        stream.render(found, env, all_, registry_credentials, ctx.find_root().ensure_object(Reporter))
        return
    chosen = targets(found, env, all_, out, shard, engine=True)
    reporter = ctx.find_root().ensure_object(Reporter)
    root = chosen[0].root if chosen else found.rendered
    secrets = PullSecrets(_credentials(registry_credentials), Guard(found.root, root, unversioned))
    with staging.locked(root), staging.stage(root) as stage:
        if out is None:
            with Collector() as problems:
                problems.add(*selection.strays(found.rendered))
            reporter.diagnostics(problems.diagnostics)
        written = write(found, chosen, secrets, stage, reporter)
        if out is None:
            _select(found, [one for one in written if not one.target.engine], reporter)
    for_programs = [plain(w) for w in written] if format is Format.JSON else []  # a fleet has thousands
    reporter.result(summary(written, selected=out is None), {"environments": for_programs})


def _credentials(place: str | None) -> Credentials | None:
    if place is None and not any(name.startswith(PREFIX) for name in os.environ):
        return None
    from generator.registry import credentials

    return credentials.given(place, os.environ)


def write(
    project: DiskProject,
    chosen: list[Target],
    secrets: PullSecrets,
    stage: Stage,
    reporter: Reporter,
    first: Callable[[], None] = lambda: None,
) -> list[Written]:
    """Render every target and write all of them, or none; `first` is called when nothing is wrong.

    Raises `DiagnosticError` with every problem.
    """
    findings = Findings()
    written: list[Written] = []
    staged: list[Written] = []
    prepare = partial(_prepare, project, project.line, secrets, stage)
    for part in fleet.spread(prepare, chosen):
        findings.join(part.findings)
        for changes, is_staged in zip(part.changes, part.staged, strict=True):
            written.append(Written(chosen[len(written)], changes))
            staged += [written[-1]] if is_staged else []
    findings.finish(reporter)
    first()
    for one in staged:
        stage.commit(one.target.folder, one.names("removed"))
    return written


class _Part(NamedTuple):
    """What one process has prepared of a fleet: for each target the changes, and whether they are staged."""

    findings: Findings
    changes: list[dict[str, str]]
    staged: list[bool]


def _prepare(
    project: DiskProject, line: Pipeline, secrets: PullSecrets, stage: Stage, share: Sequence[Target]
) -> _Part:
    """Render a share of the targets and stage what changes, as long as nothing is wrong."""
    part = _Part(Findings(), [], [])
    for target in share:
        changes: dict[str, str] = {}
        is_staged = False
        with part.findings.of(target, line.settings) as problems:
            rendering = target.render(project, line, secrets)
            planned = output.plan(target.folder, rendering.files)
            problems.add(*rendering.warnings, *planned.warnings)
            problems.add(*handover.dropped(rendering, planned))
            part.findings.ignored += rendering.ignored
            is_staged = not part.findings.failed and stage.prepare(planned)
            changes = {intern(c.name): intern(c.kind) for c in planned.changes}
        part.changes.append(changes)
        part.staged.append(is_staged)
    return part


def _select(project: DiskProject, written: list[Written], reporter: Reporter) -> None:
    if len(written) == 1 and written[0].target.rendered:
        selection.select(project.rendered, written[0].target.name, written[0].kept)
        reporter.diagnostics(selection.unignored(project.root, project.rendered))
    else:
        selection.clear(project.rendered)


def summary(written: list[Written], selected: bool) -> Iterator[str]:
    shown_ones = written if len(written) <= _LISTED else []
    for one in shown_ones:
        counts = Counter(one.changes.values())
        told = ", ".join(
            f"{counts[kind]} {kind}"
            for kind in ("created", "changed", "removed", "unchanged")
            if counts[kind]
        )
        yield f"{one.target.label}: {told or 'nothing to write'}"
        for kind, sign in (("created", "+"), ("changed", "~"), ("removed", "-")):
            yield from (f"  {sign} {shown(one.target.folder / name)}" for name in one.names(kind))
    if not shown_ones:
        totals = Counter(kind for one in written for kind in one.changes.values())
        yield f"{len(written)} environments: " + ", ".join(
            f"{n} {kind}" for kind, n in sorted(totals.items())
        )
    yield from _apply_lines(shown_ones, selected)


def _apply_lines(written: list[Written], selected: bool) -> Iterator[str]:
    lines = [one.apply for one in written if one.apply and not one.target.engine]
    if written and not lines:
        yield "Nothing to apply."
        return
    yield "Apply with:"
    if not written:
        yield "  kubectl apply -f rendered/ENVIRONMENT/"
    also = "   (selected: kubectl apply -f rendered/)" if selected and len(lines) == 1 else ""
    yield from (f"  {line}{also}" for line in lines)
    if once := [one.apply for one in written if one.apply and one.target.engine]:
        yield "Or once, and the GitOps engine applies what is committed from then on:"
        yield from (f"  {line}" for line in once)


def plain(one: Written) -> dict[str, object]:
    kinds = {kind: one.names(kind) for kind in ("created", "changed", "removed", "unchanged")}
    return {"name": one.target.label, "folder": shown(one.target.folder), **kinds, "apply": one.apply}
