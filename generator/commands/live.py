"""An environment as it is rendered beside its cluster, and what a deployment would change there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import output
from generator.cluster import expected
from generator.commands.check import drifted
from generator.commands.targets import Target, targets
from generator.core.bindings import RenderedText
from generator.core.layout import File
from generator.core.manifests import Manifest
from generator.core.nodes import Mapping
from generator.core.review import review
from generator.core.review.effects import Impact
from generator.core.review.entries import Entry, Reviewed, Side, entries, summed
from generator.diagnostics import DiagnosticError, Severity, Source, not_installed
from generator.pipeline import Rendering
from generator.project import find
from generator.registry.pull_secret import PullSecrets
from generator.report.review import Review

if TYPE_CHECKING:
    from generator.cluster.api import ApiCluster
    from generator.cluster.live import State
    from generator.cluster.objects import Objects
    from generator.cluster.plan import Gone, Plan


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
    problems = [*drifted(target, output.plan(target.folder, rendering.files))]
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
    said = found.line.settings.engine(environment)
    engine = found.line.engine(environment).files if said and not said.application_set else ()
    return Deployable(target, rendering, _cluster(rendering, environment, context), engine)


def planned(found: Deployable, objects: Objects) -> Plan:
    """What a deployment would do; nothing in the cluster is changed."""
    from generator.cluster import inventory, plan

    manifests = [file.manifest for file in found.rendering.files if file.manifest.applied]
    place = inventory.namespace([one.identity for one in manifests], found.cluster.namespace)
    return plan.plan(objects, found.target.name, manifests, place)


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


def reviewed(found: Deployable, states: Sequence[State], removed: Sequence[Gone] = ()) -> Review:
    """What would change in the cluster, in the form of a review."""
    gone = [_without_sources(one.live) for one in removed]
    before = Side([*(s.before for s in states if s.before), *gone], found.rendering.values)
    after = Side([state.after for state in states], found.rendering.values)
    changed = tuple(_of_now(entries(review(before.manifests, after.manifests), before, after)))
    name = found.target.name
    one = Reviewed(name, "changed" if changed else "unchanged", changed, summed(before, after))
    return Review(found.cluster.name, f"rendered/{name}", [one])


def _without_sources(body: dict[str, Any]) -> Manifest:
    """An object of the cluster that no template makes any more."""
    rendered = RenderedText("", (), [], lambda at, end: Source("").span(), lambda: rendered)
    return Manifest(body, Mapping([], 0, 0), rendered)


def _of_now(found: Iterator[Entry]) -> Iterator[Entry]:
    """Entries without lines of a base, as a cluster has no sources, and of what is removed here and now."""
    for entry in found:
        reasons = [
            one._replace(text="the object is deleted") if one.impact is Impact.REMOVED else one
            for one in entry.reasons
        ]
        cells = (c._replace(sources=tuple(s for s in c.sources if not s.of_base)) for c in entry.cells)
        position = entry.position._replace(of_base=False)
        yield entry._replace(reasons=tuple(reasons), cells=tuple(cells), position=position)
