"""`gen diff`: an environment against the cluster it belongs to; nothing is changed there."""

from __future__ import annotations

import typer

from generator.commands import live
from generator.commands.options import Context, OneEnvironment, OutputDir, OutputFormat, ProjectDir
from generator.diagnostics import Exit
from generator.report import review as text
from generator.report import review_json
from generator.report.reporter import Format, Reporter


def run(
    ctx: typer.Context,
    env: OneEnvironment,
    context: Context = None,
    out: OutputDir = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Show what applying an environment would change in its cluster, with a server-side dry run.

    Exits with 0 if nothing would change, 1 if something would, and 3 if gen could not find out.
    """
    found = live.read(project, env, out, context)
    from generator.cluster.objects import Objects
    from generator.commands.live_problems import problems

    plan = live.planned(found, Objects(found.cluster))
    reviewed = live.reviewed(found, plan.states)
    reporter = ctx.find_root().ensure_object(Reporter)
    reporter.result(text.lines(reviewed), review_json.plain(reviewed))
    reporter.diagnostics(problems(plan, found.rendering.values))
    if reviewed.counts or plan.gone or any(state.refusal or state.conflicts for state in plan.states):
        raise typer.Exit(Exit.NO)
    if any(state.unchecked for state in plan.states):
        raise typer.Exit(Exit.UNKNOWN)
