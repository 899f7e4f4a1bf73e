"""`gen status`: the objects of an environment as its cluster has them; nothing is changed there."""

from __future__ import annotations

import typer

from generator.commands import live, rollout
from generator.commands.options import Context, OneEnvironment, OutputFormat, ProjectDir, Stalled, Wait
from generator.core.durations import seconds
from generator.report.reporter import Format, Reporter


def run(
    ctx: typer.Context,
    env: OneEnvironment,
    wait: Wait = "0s",
    stalled: Stalled = None,
    context: Context = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Show whether an environment's objects are rolled out in its cluster, and what holds them up.

    Exits with 0 if all are current, 1 if one is not, and 3 if gen could not find out.
    """
    whole = seconds(wait)
    each = seconds(stalled) if stalled else float("inf")
    found = live.beside(project, env, context)
    from generator.cluster import waiting
    from generator.cluster.objects import Objects

    reporter = ctx.find_root().ensure_object(Reporter)
    objects = Objects(found.cluster)
    manifests = [file.manifest for file in (*found.rendering.files, *found.engine)]
    if whole:
        states = rollout.wait(reporter, env, objects, manifests, waiting.Limits(whole, each))
    else:
        states = waiting.look(objects, manifests)
    rollout.report(reporter, env, found.cluster.name, states)
