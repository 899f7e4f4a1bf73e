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
    Watch,
)
from generator.commands.targets import Findings, Target, targets
from generator.diagnostics import Collector, usage
from generator.pipeline import Pipeline
from generator.project import DiskProject, find, shown
from generator.registry import PREFIX
from generator.registry.guard import Guard
from generator.registry.pull_secret import PullSecrets
from generator.report import diff
from generator.report.reporter import Format, Reporter
from generator.staging import Stage

if TYPE_CHECKING:
    from generator.commands.drift import Drift
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
    watch: Watch = False,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Validate the values, render the templates and write the manifests.

    Rendering one environment also selects it: `kubectl apply -f rendered/` then applies it. With --output -,
    the manifests of one environment go to standard output, and no files are written.
    """
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    if watch and (out == stream.STDOUT or format not in (Format.TEXT, Format.CONCISE)):
        raise usage("usage/watch", "--watch shows people what it writes", "leave --format and --output - out")
    if out == stream.STDOUT:
        stream.render(found, env, all_, registry_credentials, reporter)
        return
    choose = partial(targets, names=env, everything=all_, out=out, shard=shard, engine=True)
    chosen = choose(found)
    once = partial(
        _once,
        credentials=_credentials(registry_credentials),
        selecting=out is None,
        unversioned=unversioned,
        reporter=reporter,
    )
    if watch:
        from generator.commands import watch as watching  # with it, one environment after the other

        watching.watch(found, choose, partial(_again, once, reporter), reporter)
        return
    written = once(found, chosen, alone=is_alone(chosen))
    for_programs = [plain(w) for w in written] if format is Format.JSON else []  # a fleet has thousands
    reporter.result(summary(written, selected=out is None), {"environments": for_programs})


def _once(
    found: DiskProject,
    chosen: Sequence[Target],
    *,
    alone: bool,
    credentials: Credentials | None,
    selecting: bool,
    unversioned: bool,
    reporter: Reporter,
    diffs: int = 0,
) -> list[Written]:
    """Render some targets; with `selecting`, the environment that is asked for `alone` is selected.

    Raises `DiagnosticError`.
    """
    root = chosen[0].root if chosen else found.rendered
    secrets = PullSecrets(credentials, Guard(found.root, root, unversioned))
    with staging.locked(root), staging.stage(root) as stage:
        if selecting:
            with Collector() as problems:
                problems.add(*selection.strays(found.rendered))
            reporter.diagnostics(problems.diagnostics)
        written = write(found, chosen, secrets, stage, reporter, diffs=diffs)
        if selecting:
            _select(found, [one for one in written if not one.target.engine], reporter, alone)
    return written


def _again(
    once: Callable[..., list[Written]],
    reporter: Reporter,
    found: DiskProject,
    touched: Sequence[Target],
    chosen: Sequence[Target],
) -> None:
    """Render what is touched of a project that is watched, and show what changes in the first of it."""
    reporter.result(totals(once(found, touched, alone=is_alone(chosen), diffs=_LISTED)), {})


def _credentials(place: str | None) -> Credentials | None:
    if place is None and not any(name.startswith(PREFIX) for name in os.environ):
        return None
    from generator.registry import credentials

    return credentials.given(place, os.environ)


def write(
    project: DiskProject,
    chosen: Sequence[Target],
    secrets: PullSecrets,
    stage: Stage,
    reporter: Reporter,
    first: Callable[[], None] = lambda: None,
    diffs: int = 0,
) -> list[Written]:
    """Render every target and write all of them, or none; `first` is called when nothing is wrong.

    What changes in the first environments that change, up to `diffs` of them, is shown as soon as it is
    known. Raises `DiagnosticError` with every problem.
    """
    findings = Findings()
    written: list[Written] = []
    staged: list[Written] = []
    prepare = partial(_prepare, project, project.line, secrets, stage, diffs)
    for part in fleet.spread(prepare, chosen):
        findings.join(part.findings)
        diffs -= _show(part.drifts[:diffs], reporter)
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
    drifts: list[list[Drift]]  # of the first environments that change


def _prepare(
    project: DiskProject,
    line: Pipeline,
    secrets: PullSecrets,
    stage: Stage,
    diffs: int,
    share: Sequence[Target],
) -> _Part:
    """Render a share of the targets and stage what changes, as long as nothing is wrong."""
    part = _Part(Findings(), [], [], [])
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
            if len(part.drifts) < diffs and planned.drifted:
                from generator.commands.drift import drifts  # only where somebody watches

                part.drifts.append(list(drifts(rendering, planned)))
        part.changes.append(changes)
        part.staged.append(is_staged)
    return part


def is_alone(chosen: Sequence[Target]) -> bool:
    """Whether one environment is asked for, which is then selected."""
    return sum(not target.engine for target in chosen) == 1


def _show(found: list[list[Drift]], reporter: Reporter) -> int:
    """Show what changes in some environments; how many they are."""
    for drift in (drift for one in found for drift in one):
        reporter.result(diff.shown(drift.name, drift.lines), {})
    reporter.flush()
    return len(found)


def _select(project: DiskProject, written: list[Written], reporter: Reporter, alone: bool) -> None:
    if alone and len(written) == 1 and written[0].target.rendered:
        selection.select(project.rendered, written[0].target.name, written[0].kept)
        reporter.diagnostics(selection.unignored(project.root, project.rendered))
    else:
        selection.clear(project.rendered)


def summary(written: list[Written], selected: bool) -> Iterator[str]:
    """What a render did, and how to apply it."""
    yield from totals(written)
    yield from _apply_lines(written if len(written) <= _LISTED else [], selected)


def totals(written: list[Written]) -> Iterator[str]:
    """What a render did, by environment unless they are many."""
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


def _apply_lines(written: list[Written], selected: bool) -> Iterator[str]:
    environments = [one for one in written if not one.target.engine]
    lines = [one.apply for one in environments if one.apply]
    if written and not lines:
        yield "Nothing to apply."
        return
    yield "Apply with:"
    if not written:
        yield "  kubectl apply -f rendered/ENVIRONMENT/"
    also = "   (selected: kubectl apply -f rendered/)" if selected and len(environments) == 1 else ""
    yield from (f"  {line}{also}" for line in lines)
    if once := [one.apply for one in written if one.apply and one.target.engine]:
        yield "Or once, and the GitOps engine applies what is committed from then on:"
        yield from (f"  {line}" for line in once)


def plain(one: Written) -> dict[str, object]:
    kinds = {kind: one.names(kind) for kind in ("created", "changed", "removed", "unchanged")}
    return {"name": one.target.label, "folder": shown(one.target.folder), **kinds, "apply": one.apply}
