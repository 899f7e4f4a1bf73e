"""An environment as it is rendered beside its cluster, and how the two differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator import output
from generator.cluster import expected
from generator.commands.check import drifts
from generator.commands.targets import Target, targets
from generator.core.layout import File
from generator.core.review import review
from generator.core.review.entries import Entry, Reviewed, Side, entries, summed
from generator.diagnostics import Diagnostic, DiagnosticError, Severity, not_installed
from generator.pipeline import Rendering
from generator.project import find
from generator.registry.pull_secret import PullSecrets
from generator.report.review import Review

if TYPE_CHECKING:
    from generator.cluster.api import ApiCluster
    from generator.cluster.live import State


@dataclass(frozen=True, slots=True)
class Deployable:
    """An environment as it is rendered, and its cluster; `engine` are the objects of its GitOps engine."""

    target: Target
    rendering: Rendering
    cluster: ApiCluster
    engine: Sequence[File] = ()


def read(project: Path | None, environment: str, out: Path | None, context: str | None) -> Deployable:
    """An environment whose files are as its sources render them, and the cluster that it belongs to.

    Raises `DiagnosticError` for stale files (drift/…), a Secret that was never filled (registry/…) and
    another cluster than the expected one (cluster/other).
    """
    found = find(project)
    [target] = targets(found, [environment], False, out)
    rendering = target.render(found, found.line, PullSecrets())
    problems = [*drifts(target, output.plan(target.folder, rendering.files))]
    secrets = [one for one in rendering.warnings if one.rule.startswith("registry/")]
    problems += [one._replace(severity=Severity.ERROR) for one in secrets]
    if problems:
        raise DiagnosticError(problems)
    return Deployable(target, rendering, _cluster(rendering, environment, context))


def beside(project: Path | None, environment: str, context: str | None) -> Deployable:
    """An environment as its sources render it, whatever files there are, and its cluster: to look at.

    Raises `DiagnosticError`.
    """
    found = find(project)
    [target] = targets(found, [environment], False, None)
    rendering = found.line.render(environment, found.layers(environment))
    said = found.line.settings.gitops
    by_engine = said is not None and said.covers(environment) and not said.application_set
    engine = found.line.engine(environment).files if by_engine else ()
    return Deployable(target, rendering, _cluster(rendering, environment, context), engine)


def _cluster(rendering: Rendering, environment: str, context: str | None) -> ApiCluster:
    try:
        from generator.cluster.api import ApiCluster
    except ModuleNotFoundError as error:
        raise not_installed("asking a cluster", error, "cluster") from None
    wanted = rendering.settings.clusters.get(environment)
    named = wanted.context if wanted and "*" not in wanted.context else ""
    cluster = ApiCluster(context or named or None)
    if wanted:
        expected.check(environment, wanted, cluster.context, cluster.server)
    return cluster


def reviewed(found: Deployable, states: Sequence[State]) -> Review:
    """What would change in the cluster, in the form of a review."""
    before = Side([state.before for state in states if state.before], found.rendering.values)
    after = Side([state.after for state in states], found.rendering.values)
    changed = tuple(_of_now(entries(review(before.manifests, after.manifests), before, after)))
    name = found.target.name
    one = Reviewed(name, "changed" if changed else "unchanged", changed, summed(before, after))
    return Review(found.cluster.name, f"rendered/{name}", [one])


def problems(states: Sequence[State]) -> Iterator[Diagnostic]:
    """What the server would refuse, what it was not asked, and fields that others own."""
    for state in states:
        named, span = str(state.manifest.identity), state.manifest.trace(("kind",)).span
        address = state.manifest.identity.address
        if state.refusal is not None:
            yield Diagnostic(
                "live/refused",
                f"the cluster would refuse the {named}",
                span,
                found=_said(state),
                help="correct the rendering; a field that cannot be updated needs a new object",
                object=address,
            )
        elif state.unchecked:
            yield Diagnostic(
                "live/unchecked",
                f"{named}: {state.unchecked}",
                span,
                Severity.WARNING,
                help="its namespace or kind is not there yet, or the right to patch is missing; defaults, "
                "admission and fields that are removed are not seen",
                object=address,
            )
        for conflict in state.conflicts:
            yield Diagnostic(
                "live/conflict",
                f"{named}: another manager owns a field that is rendered with another value",
                span,
                Severity.WARNING,
                found=conflict,
                help="leave it out of the template, or apply with --server-side --force-conflicts",
                object=address,
            )


def _said(state: State) -> str:
    """The server's words, unless they may quote what a Secret holds."""
    assert state.refusal is not None
    hidden = state.manifest.identity.kind == "Secret"
    return f"HTTP {state.refusal.status}" if hidden else f"{state.refusal.status} {state.refusal.message}"


def _of_now(found: Iterator[Entry]) -> Iterator[Entry]:
    """Entries without lines of a base, as a cluster has no sources."""
    for entry in found:
        cells = (c._replace(sources=tuple(s for s in c.sources if not s.of_base)) for c in entry.cells)
        yield entry._replace(cells=tuple(cells), position=entry.position._replace(of_base=False))
