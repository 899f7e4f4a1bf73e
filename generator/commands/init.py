"""`gen init`: a new project from a starter, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from generator.commands import ci as pipelines
from generator.commands import init_from, new_files
from generator.commands.options import OutputFormat
from generator.commands.schema import derived
from generator.core.nearest import did_you_mean
from generator.core.tree import Texts
from generator.diagnostics import usage
from generator.project import Project, shown
from generator.report.reporter import Format, Reporter
from generator.sources import starters

_DEFAULT: Final = "web"

Starter = Annotated[
    str | None, typer.Option("--starter", metavar="NAME", help=f"One of: {', '.join(starters.names())}.")
]
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The project folder.")]
Manifests = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="[ENV=]FILE|DIR|-",
        help="Existing manifests for the project to render; once per environment.",
    ),
]
Pipelines = Annotated[
    str | None,
    typer.Option(
        "--ci",
        metavar="SYSTEM",
        help=f"Pipelines: {', '.join(starters.ci_systems())}, none. By default github, or none with --from.",
    ),
]


def run(
    ctx: typer.Context,
    folder: Folder = Path(),
    starter: Starter = None,
    manifests: Manifests = None,
    ci: Pipelines = None,
    force: new_files.Force = False,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Create a project from a starter or, with --from, one that renders existing manifests.

    Writes all files or none. Existing files are never overwritten without --force. Exits with 1 if files
    exist, and with 2 if the starter does not.
    """
    reporter = ctx.find_root().ensure_object(Reporter)
    if manifests and starter is not None:
        raise usage("usage/from", "a project begins with --starter or with --from", "give one of the two")
    if manifests:
        texts, told = init_from.begin(manifests, reporter)
    else:
        texts, told = _started(starter or _DEFAULT), []
    project = Project(Texts(texts))
    system = ci or ("none" if manifests else "github")
    texts |= pipelines.files(system, project.line.settings) if system != "none" else {}
    texts.update((f"schema/{name}", text) for name, text in derived(project.line).items())
    root = folder.absolute()
    new_files.write(root, texts, force)
    where = shown(root)
    lines = [*told, f"{where}: {len(texts)} files written", "Next:"]
    lines += [f"  cd {where}"] if where != "." else []
    first = min(project.environments) if manifests else "dev"
    lines += ["  gen render --all", f"  kubectl apply -f rendered/{first}/"]
    reporter.result(lines, {"folder": where, "written": sorted(texts)})


def _started(starter: str) -> dict[str, str]:
    """The texts of a starter. Raises `DiagnosticError` (usage) where there is none of that name."""
    if starter not in starters.names():
        hint = did_you_mean(starter, starters.names()) or f"one of: {', '.join(starters.names())}"
        raise usage("usage/starter", f"there is no starter `{starter}`", hint)
    return starters.read(starter)
