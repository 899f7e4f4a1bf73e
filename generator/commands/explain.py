"""`gen explain`: where an output line, an output field or a value comes from, and what a rule is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from generator import catalogue, output
from generator.commands.options import Environment, OutputDir, OutputFormat, ProjectDir
from generator.core import explain, mask, paths
from generator.core.layout import File
from generator.core.nearest import did_you_mean
from generator.diagnostics import DiagnosticError, usage
from generator.output import stale
from generator.pipeline import Rendering
from generator.project import DiskProject, find, real, shown
from generator.registry.pull_secret import PullSecrets
from generator.report import explanation, rule
from generator.report.reporter import Format, Reporter

_POSITION = re.compile(r"(?P<file>.+\.ya?ml):(?P<line>[0-9]+)(?::[0-9]+)?")
_FIELD = re.compile(r"(?P<kind>[A-Za-z]+)/(?P<name>[^:]+)(?::(?P<field>.+))?")


def run(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            help="rendered/ENV/FILE.yaml:LINE, or KIND/NAME:FIELD such as deployment/gan:spec.replicas,"
            " or a value such as image.tag, or a rule such as check/absent"
        ),
    ],
    env: Environment = None,
    out: OutputDir = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Show where an output line, an output field or a value comes from."""
    reporter = ctx.find_root().ensure_object(Reporter)
    if _explain_rule(target, project, reporter):
        return
    found = find(project)
    if position := _POSITION.fullmatch(target):
        _explain_line(found, Path(position["file"]), int(position["line"]), env, out, reporter)
        return
    names = found.choose(env, not env)
    shown_any = False
    for name in names:
        rendering = found.line.render(name, found.layers(name))
        match = _FIELD.fullmatch(target)
        shown_any |= (
            _explain_field(rendering, match, reporter)
            if match
            else _explain_value(rendering, target, reporter)
        )
    if not shown_any:
        raise _nothing(found, target, names)


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


def _explain_line(
    project: DiskProject, file: Path, number: int, env: list[str] | None, out: Path | None, reporter: Reporter
) -> None:
    if not file.is_file():
        raise usage("usage/no-file", f"there is no {shown(file)}")
    place = real(file)
    name = env[0] if env and out else _environment(project, place)
    rendering = project.line.render(name, project.layers(name))
    rendering = PullSecrets().complete(rendering, place.parent, "")
    rendered = next((f for f in rendering.files if f.name == place.name), None)
    if rendered is None:
        raise usage(
            "usage/not-rendered", f"{name} renders to no {place.name} any more", f"gen check --env {name}"
        )
    if not 1 <= number <= len(rendered.lines):
        raise usage("usage/no-line", f"{shown(file)} has {len(rendered.lines)} lines, not {number}")
    if output.stored(place) != rendered.content:
        reporter.diagnostics([stale(shown(file), name)])
    chain = explain.line(mask.lines(rendered), number, rendering.values)
    if chain is None:
        reporter.result(explanation.header(rendered), {"template": f"templates/{rendered.manifest.template}"})
    else:
        reporter.items(
            explanation.of_line(chain, shown(file)), "lines", explanation.plain_line(chain, shown(file))
        )


def _environment(project: DiskProject, place: Path) -> str:
    """The environment that a rendered file belongs to."""
    folder, rendered = place.parent, real(project.rendered)
    if folder.is_relative_to(rendered):
        name = folder.relative_to(rendered).as_posix()
        if name in project.environments:
            return name
    raise usage(
        "usage/no-environment",
        f"{shown(place)} is not in the folder of an environment",
        "give --env and --output",
    )


def _explain_field(rendering: Rendering, match: re.Match[str], reporter: Reporter) -> bool:
    path = paths.parse(match["field"]) if match["field"] else ("kind",)
    told = False
    for file in rendering.files if path else ():
        identity = file.manifest.identity
        if (identity.kind.lower(), identity.name) != (match["kind"].lower(), match["name"]):
            continue
        if path and (chain := explain.field(mask.lines(file), path, rendering.values)) is not None:
            where = f"{rendering.environment}/{file.name}"
            reporter.items(explanation.of_line(chain, where), "lines", explanation.plain_line(chain, where))
            told = True
    return told


def _explain_value(rendering: Rendering, target: str, reporter: Reporter) -> bool:
    path = paths.parse(target)
    try:
        chain = explain.value(path or (target,), rendering.values)
    except KeyError:
        return False
    used: list[tuple[File, int]] = list(explain.uses(chain.path, rendering.files))
    reporter.items(
        explanation.of_value(chain, rendering.environment, used),
        "values",
        explanation.plain_value(chain, rendering.environment, used),
    )
    return True


def _nothing(project: DiskProject, target: str, names: list[str]) -> DiagnosticError:
    """Nothing is known by this name; the nearest of what is known may be meant."""
    known = list(_known(project, names[:1]))
    return usage(
        "usage/no-target", f"nothing is called `{target}` in {', '.join(names)}", did_you_mean(target, known)
    )


def _known(project: DiskProject, names: list[str]) -> Iterator[str]:
    for name in names:
        rendering = project.line.render(name, project.layers(name))
        yield from (paths.show(path) for path, _ in paths.leaves(rendering.values.tree))
        for file in rendering.files:
            identity = file.manifest.identity
            yield from (
                f"{identity.kind.lower()}/{identity.name}:{paths.show(p)}" for _, p in file.lines if p
            )
