"""`gen provision`: a script that builds what an environment runs on, to be read, and run step by step."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from generator.commands.options import OneEnvironment, OutputFormat, ProjectDir
from generator.core.counting import counted
from generator.core.nearest import did_you_mean
from generator.diagnostics import Collector, Diagnostic, Source, usage
from generator.pipeline import Rendering
from generator.project import DiskProject, find, shown
from generator.provision import models, runner, steps
from generator.provision.plan import Plan, plan
from generator.provision.steps import Script, Step
from generator.report import question
from generator.report.reporter import Format, Reporter

_BUILDS: Final = """Puts the environment {env} live on {where}.
Read it, and run it in the project's folder, or step by step: {again} --run
It can run again at any time: what is done is passed over. Undo it all: gen provision --env {env} --destroy"""
_DESTROYS: Final = """Removes what `gen provision --env {env}` has made on {where}.
It needs the cluster's name as its argument. Step by step: {again} --run"""
_WHERE: Final = {"kind": "a kind cluster of this machine", "azure": "AKS, with Azure Container Registry"}


def run(
    ctx: typer.Context,
    env: OneEnvironment,
    run: Annotated[bool, typer.Option("--run", help="Run the script step by step.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --run, run every step without asking.")] = False,
    destroy: Annotated[bool, typer.Option("--destroy", help="Use the script that undoes all of it.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the values, the Dockerfile and the models.")
    ] = False,
    step: Annotated[
        list[str] | None,
        typer.Option("--step", metavar="NAME", help="Only this step; can be repeated."),
    ] = None,
    local_build: Annotated[
        bool, typer.Option("--local-build", help="Build the image locally with docker, and push it to ACR.")
    ] = False,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Print the script that brings an environment up: image, registry, cluster and first deployment.

    Nothing runs without --run. Each step says what it is for and how to undo it, and is skipped if it is
    already done.
    """
    if (check and (run or destroy)) or (yes and not run):
        raise usage("usage/provision", "these options exclude each other", "gen provision --help")
    found = find(project)
    found.choose([env], everything=False)
    reporter = ctx.find_root().ensure_object(Reporter)
    rendering = found.line.render(env, found.layers(env))
    planned = plan(rendering, local_build)
    planned = planned._replace(steps=_chosen(planned, step)) if step else planned
    if check:
        _check(found, rendering, reporter)
        return
    options = "".join([" --local-build" * local_build, " --destroy" * destroy])
    options += "".join(f" --step {name}" for name in step or ())
    command = f"gen provision --env {env}{options}"
    script = _script(planned, env, command, destroy)
    if run:
        _run(script, found, f"{command} --run", yes, reporter)
    elif format is Format.JSON:
        reporter.result([], {"script": script.text, "steps": list(script.parts)})
    else:
        reporter.page(script.text)


def _chosen(planned: Plan, names: list[str]) -> tuple[Step, ...]:
    """Some steps of a plan, in its order. Raises `DiagnosticError` (usage) for a name that none has."""
    known = [one.name for one in planned.steps]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"one of: {', '.join(known)}"
            raise usage("provision/step", f"there is no step `{name}`", hint)
    return tuple(one for one in planned.steps if one.name in names)


def _script(planned: Plan, env: str, command: str, destroy: bool) -> Script:
    words = {"env": env, "where": _WHERE[planned.platform], "again": command}
    if destroy:
        about = _DESTROYS.format(**words)
        return steps.undoing(about, planned.constants, planned.steps, planned.cluster)
    return steps.building(_BUILDS.format(**words), planned.constants, planned.steps)


def _check(project: DiskProject, rendering: Rendering, reporter: Reporter) -> None:
    """Look at what goes into the image. Raises `DiagnosticError` with everything that is wrong."""
    settings = rendering.settings.provision
    verify = rendering.settings.verify
    value = rendering.values.get(verify.models) if verify and verify.models else None
    with Collector() as problems:
        dockerfile = project.root / settings.dockerfile
        if not dockerfile.is_file():
            problems.add(_no_dockerfile(shown(dockerfile)))
        served = [value] if isinstance(value, str) else value or ()
        problems.add(*models.check(project.root / settings.models, map(str, served)))
    reporter.diagnostics(problems.diagnostics)
    reporter.result(
        [f"{shown(project.root / settings.models)}: fit for an image"], {"models": settings.models}
    )


def _no_dockerfile(path: str) -> Diagnostic:
    help = "write one, or copy that of the starter tensorflow-serving; gen.yaml may name another place"
    return Diagnostic("provision/dockerfile", f"{path} is not there", Source(path).span(), help=help)


def _run(script: Script, project: DiskProject, command: str, yes: bool, reporter: Reporter) -> None:
    """Run a script as far as it is wanted; one that destroys needs its name typed, whatever else is said."""
    if script.name:
        typed = question.ask(f"This destroys. Type the name of the cluster, {script.name}:")
        if typed != script.name:
            raise usage("provision/name-typed", "nothing was destroyed", f"type {script.name} to destroy it")
    every = yes or bool(script.name)

    def wanted(place: str, text: str) -> bool:
        nonlocal every
        if every:
            return True
        reporter.result(text.splitlines(), {})
        answer = question.ask("Run this step? [y]es, [a]ll that follow, [n]o:")
        if answer is None:
            help = f"read the script, and approve every step with {command} --yes"
            raise usage("provision/not-approved", f"nobody answered, so step {place} was not run", help)
        every = answer == "a"
        return answer in ("y", "a")

    taken = runner.run(script, project.root, command, wanted)
    left = len(script.parts) - len(taken)
    lines = [f"{counted(len(taken), 'step')} taken" + (f", {left} left: {command}" if left else "")]
    reporter.result(lines, {"taken": taken, "left": left})
