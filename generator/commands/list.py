"""`gen list`: the environments of a project."""

from __future__ import annotations

import typer

from generator.commands.options import OutputFormat, ProjectDir
from generator.project import find
from generator.report.reporter import Format, Reporter


def run(ctx: typer.Context, project: ProjectDir = None, format: OutputFormat = Format.TEXT) -> None:
    """List the environments.

    With `--format json`, the object lists them under `environments`, as a CI matrix expects.
    """
    names = find(project).environments
    ctx.find_root().ensure_object(Reporter).result(names, {"environments": names})
