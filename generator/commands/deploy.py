"""`gen deploy`: apply an environment to its cluster, as it was planned and approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from generator.commands import deploy_options as options
from generator.commands import live, rollout, verify
from generator.commands.options import (
    Context,
    OneEnvironment,
    OutputDir,
    OutputFormat,
    ProjectDir,
    Stalled,
    Wait,
)
from generator.core.counting import counted
from generator.core.durations import seconds
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, Severity
from generator.report import question, review_json
from generator.report import review as text
from generator.report.reporter import Format, Reporter

if TYPE_CHECKING:
    from generator.cluster.apply import Applying, Done
    from generator.commands.deploy_choices import Choices
    from generator.commands.live import Deployable


def run(
    ctx: typer.Context,
    env: OneEnvironment,
    yes: options.Yes = False,
    context: Context = None,
    adopt: options.Adopt = False,
    force_conflicts: options.ForceConflicts = False,
    recreate: options.Recreate = None,
    prune: options.Prune = False,
    prune_also: options.PruneAlso = None,
    wait: Wait = "10m",
    stalled: Stalled = None,
    no_verify: options.NoVerify = False,
    out: OutputDir = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Show what an environment would change in its cluster, ask, apply exactly that, wait and verify.

    Exits with 0 if the cluster is as rendered and rolled out, 1 if something prevents that, and 3 if gen
    could not find out or stopped halfway.
    """
    whole = seconds(wait)
    each = seconds(stalled) if stalled else whole
    found = live.read(project, env, out, context)
    from generator.commands.deploy_choices import Choices

    reporter = ctx.find_root().ensure_object(Reporter)
    choices = Choices(force_conflicts, adopt, tuple(recreate or ()), prune, tuple(prune_also or ()))
    applying = _planned(found, choices, reporter, yes)
    done = _apply(applying, found, reporter)
    from generator.report import deployment

    reporter.result([f"{env}: {deployment.summary(done, len(applying.plan.states))}"], {})
    if whole and (done or not applying.plan.current):
        _wait(applying, found, reporter, whole, each)
    if not no_verify and _expects(found):
        verify.run(ctx, env=env, project=project, context=context, wait=wait)


def _wait(applying: Applying, found: Deployable, reporter: Reporter, whole: float, each: float) -> None:
    """Wait until everything is rolled out. Raises `DiagnosticError` with what keeps it."""
    from generator.cluster.waiting import Limits

    name, manifests = found.target.name, [state.manifest for state in applying.plan.states]
    states = rollout.wait(reporter, name, applying.objects, manifests, Limits(whole, each))
    rollout.report(reporter, name, found.cluster.name, states)


def _expects(found: Deployable) -> bool:
    """Whether the values say what the model is expected to answer."""
    named = found.rendering.settings.verify
    return bool(named and named.expectations and found.rendering.values.get(named.expectations))


def _planned(found: Deployable, choices: Choices, reporter: Reporter, yes: bool) -> Applying:
    """What was approved, or needs no approval as it changes nothing. Raises `DiagnosticError`."""
    from generator.cluster.apply import Applying
    from generator.cluster.objects import Objects
    from generator.report import deployment

    cluster, objects = found.cluster, Objects(found.cluster)
    plan = live.planned(found, objects)
    where = {"context": cluster.context, "server": cluster.server, "namespace": plan.inventory.namespace}
    named = ", ".join(f"{what} {name}" for what, name in where.items())
    reporter.result([f"{found.target.name} goes to {named}"], {"cluster": where})
    removed = choices.removed(plan)
    reviewed = live.reviewed(found, plan.states, removed)
    reporter.result(text.lines(reviewed), review_json.plain(reviewed))
    reporter.result(deployment.besides(plan), deployment.plain(plan))
    problems = list(choices.judged(plan, objects, found.rendering.values))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise DiagnosticError(problems, _status(problems))
    reporter.diagnostics([*problems, *_by_engine(found)])
    applying = Applying(objects, plan, choices.force, choices.recreated(plan), removed)
    if applying.needed and not yes:
        _ask(cluster.name, reporter)
    return applying


def _by_engine(found: Deployable) -> Iterator[Diagnostic]:
    """A warning where a GitOps engine applies the environment as well."""
    name = found.target.name
    if engine := found.rendering.settings.engine(name):
        message = f"{engine.title} applies {name} too, and undoes what is not on the branch it reads"
        help = "commit and push rendered/, and follow the engine with `gen status`"
        yield Diagnostic("live/engine", message, None, Severity.WARNING, help=help)


def _ask(cluster: str, reporter: Reporter) -> None:
    """Raises `DiagnosticError` (live/not-approved) where nobody can be asked."""
    if reporter.format is not Format.TEXT or not question.can_ask():
        message = "the plan is not approved, and there is no terminal to ask on"
        help = "read the plan above, and approve it with --yes"
        raise DiagnosticError([Diagnostic("live/not-approved", message, help=help)], Exit.USAGE)
    if not question.agreed(f"Apply this to {cluster}?"):
        raise DiagnosticError([Diagnostic("live/not-approved", "nothing is applied")], Exit.NO)


def _apply(applying: Applying, found: Deployable, reporter: Reporter) -> Sequence[Done]:
    """Apply what was approved, and tell each object that is written."""
    from generator.cluster.apply import Changed
    from generator.report import deployment

    done: list[Done] = []
    try:
        for one in applying.run():
            done.append(one)
            reporter.items([deployment.line(one)], "done", deployment.item(one))
    except Changed as changed:
        now = live.reviewed(found, changed.states)
        reporter.result(text.lines(now), {"changed": review_json.plain(now)})
        message = f"the cluster has changed since the plan was made: {changed}"
        help = "read what would change now, and run the command again"
        raise DiagnosticError([Diagnostic("live/changed", message, help=help), *_so_far(done)]) from None
    except KeyboardInterrupt:
        reporter.diagnostics(_so_far(done))
        raise
    except DiagnosticError as error:
        raise DiagnosticError([*error.diagnostics, *_so_far(done)], error.status) from None
    return done


def _so_far(done: Sequence[Done]) -> list[Diagnostic]:
    """How far a run came that did not end well."""
    written = counted(len(done), "object") if done else "nothing"
    message = f"{written} {'were' if len(done) > 1 else 'was'} written before this"
    help = "the same command goes on from there" if done else ""
    return [Diagnostic("live/stopped", message, None, Severity.WARNING, help=help)]


def _status(problems: Sequence[Diagnostic]) -> Exit:
    """A missing right or namespace leaves it open what would happen."""
    unknown = ("live/forbidden", "live/nowhere")
    errors = [problem.rule for problem in problems if problem.severity is Severity.ERROR]
    return Exit.UNKNOWN if all(rule in unknown for rule in errors) else Exit.NO
