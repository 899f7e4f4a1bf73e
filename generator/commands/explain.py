"""`gen explain`: where output comes from and why it is there, where values go, and what a rule is about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator import catalogue
from generator.commands import completion
from generator.commands.explain_places import explain_position
from generator.commands.explained import Explained
from generator.commands.options import Environment, OutputDir, OutputFormat, ProjectDir
from generator.core.nearest import did_you_mean
from generator.diagnostics import usage
from generator.project import DiskProject, find
from generator.report import rule
from generator.report.reporter import Format, Reporter


def run(
    ctx: typer.Context,
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT...",
            autocompletion=completion.targets,
            help="A line (rendered/ENV/FILE:LINE, values/FILE:LINE, templates/FILE:LINE), a folder"
            " (rendered/ENV), an object or a field (deployment/gan, deployment/gan:spec.replicas), a value"
            " (image.tag), or a rule (check/absent).",
        ),
    ],
    env: Environment = None,
    out: OutputDir = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Show where output comes from, why it is there, and where values are used."""
    reporter = ctx.find_root().ensure_object(Reporter)
    left = [target for target in targets if not _explain_rule(target, project, reporter)]
    if not left:
        return
    found = find(project)
    environments: dict[str, Explained] = {}
    for target in left:
        if not explain_position(found, target, env, out, reporter, environments):
            _explain_name(found, target, env, reporter, environments)


def _explain_rule(target: str, project: Path | None, reporter: Reporter) -> bool:
    """Explain a rule of gen or, as rule/NAME, of the project; whether the target is one."""
    if known := catalogue.rules_by_id().get(target):
        reporter.items(rule.lines(known), "rules", {"id": target, **rule.plain(known)})
        return True
    if not target.startswith("rule/") or ":" in target:
        return False
    rules, name = find(project).line.rules.by_name, target.removeprefix("rule/")
    if name not in rules:
        hint = did_you_mean(target, [*catalogue.rules_by_id(), *(f"rule/{own}" for own in rules)])
        raise usage("usage/no-target", f"schema/rules.yaml has no rule `{name}`", hint)
    reporter.items(rule.own_lines(name, rules[name]), "rules", {"id": target, **rules[name]})
    return True


def _explain_name(
    project: DiskProject,
    target: str,
    env: list[str] | None,
    reporter: Reporter,
    environments: dict[str, Explained],
) -> None:
    """Explain an object, a field or a value, in every environment that has it."""
    names = project.choose(env, not env)
    made = [Explained.of(project, name, environments) for name in names]
    known = [explained for explained in made if explained.object(target, reporter)]
    known = known or [explained for explained in made if explained.value(target, reporter)]
    if not known:
        hint = did_you_mean(target, [address for explained in made[:1] for address in explained.addresses()])
        raise usage("usage/no-target", f"nothing is called `{target}` in {', '.join(names)}", hint)
