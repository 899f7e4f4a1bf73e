"""Workloads whose number of pods an autoscaler takes over: `kubectl apply` first takes them to one."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core import documents, nodes
from generator.diagnostics import Diagnostic, DiagnosticError, Severity, Source
from generator.output import Plan
from generator.pipeline import Rendering


def dropped(rendering: Rendering, planned: Plan) -> Iterator[Diagnostic]:
    """A warning for each workload that stated its replicas in the folder and leaves them to an autoscaler."""
    before = {change.name: change.before for change in planned.drifted if change.before and change.after}
    scaled = any(file.manifest.identity.kind == "HorizontalPodAutoscaler" for file in rendering.files)
    if not before or not scaled:
        return
    from generator.core.review.availability import SCALED, autoscaler, handed_over  # rarely needed
    from generator.core.review.objects import Objects

    objects = Objects([file.manifest for file in rendering.files])
    for file in rendering.files:
        content, manifest = before.get(file.name), file.manifest
        if content is None or manifest.identity.kind not in SCALED or "replicas" in manifest.body["spec"]:
            continue
        stated, scaler = _replicas(content), autoscaler(manifest, objects)
        if stated > 1 and scaler is not None:
            reason, help = handed_over(manifest.identity, stated)
            message = f"{manifest.identity}: {reason}"
            place = scaler.trace(("kind",)).span
            yield Diagnostic("output/replicas-dropped", message, place, Severity.WARNING, help=help)


def _replicas(content: bytes) -> int:
    """The replicas that a rendered file states; 0 where it states none, or cannot be read."""
    source = Source("", content.decode(errors="replace"))
    try:
        body = nodes.plain(documents.parse_one(source), source)
    except DiagnosticError:
        return 0
    spec = body.get("spec")
    stated = spec.get("replicas") if isinstance(spec, dict) else None
    return stated if isinstance(stated, int) else 0
