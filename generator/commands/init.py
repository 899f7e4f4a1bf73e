"""`gen init`: a new project from a starter, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from generator.commands import ci as pipelines
from generator.commands import new_files
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
    str, typer.Option("--starter", metavar="NAME", help=f"One of: {', '.join(starters.names())}.")
]
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder of the project.")]


def run(
    ctx: typer.Context,
    folder: Folder = Path(),
    starter: Starter = _DEFAULT,
    ci: Annotated[
        str,
        typer.Option("--ci", metavar="SYSTEM", help=f"Pipelines: {', '.join(starters.ci_systems())}, none."),
    ] = "github",
    force: new_files.Force = False,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Create a project: values for dev, kind and azure, schema, rules, templates and pipelines.

    Writes every file or none. A file that exists is never overwritten without --force. Exits with 1 where
    files exist, and with 2 for a starter that does not.
    """
    if starter not in starters.names():
        hint = did_you_mean(starter, starters.names()) or f"one of: {', '.join(starters.names())}"
        raise usage("usage/starter", f"there is no starter `{starter}`", hint)
    texts = starters.read(starter)
    line = Project(Texts(texts)).line
    texts |= pipelines.files(ci, line.settings) if ci != "none" else {}
    texts.update((f"schema/{name}", text) for name, text in derived(line).items())
    root = folder.absolute()
    new_files.write(root, texts, force)
    where = shown(root)
    lines = [f"{where}: {len(texts)} files written", "Next:"]
    lines += [f"  cd {where}"] if where != "." else []
    lines += ["  gen render --all", "  kubectl apply -f rendered/dev/"]
    ctx.find_root().ensure_object(Reporter).result(lines, {"folder": where, "written": sorted(texts)})
