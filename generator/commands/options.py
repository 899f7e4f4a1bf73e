"""The options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.diagnostics import DiagnosticError
from generator.project import find
from generator.report.reporter import Format, Reporter


def _format(ctx: typer.Context, value: Format) -> Format:
    ctx.find_root().ensure_object(Reporter).format = value
    return value


OutputFormat = Annotated[
    Format,
    typer.Option("--format", callback=_format, is_eager=True, help="How to show problems and results."),
]


def _environments(ctx: typer.Context) -> list[str]:
    """What the shell completes `--env` with: the environments of the project, if there is one."""
    try:
        return find(ctx.params.get("project")).environments
    except DiagnosticError:
        return []


ProjectDir = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        help="The project folder; by default the nearest one from the current folder up.",
    ),
]
OneEnvironment = Annotated[str, typer.Option("--env", "-e", metavar="ENV", help="The environment.")]
Environment = Annotated[
    list[str] | None,
    typer.Option(
        "--env",
        "-e",
        metavar="ENV",
        autocompletion=_environments,
        help="An environment; can be repeated.",
    ),
]
Context = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="The kubeconfig context; by default the current one."),
]
Wait = Annotated[
    str,
    typer.Option(
        "--wait", metavar="TIME", help="How long to wait for everything to become current, such as 10m."
    ),
]
Stalled = Annotated[
    str | None,
    typer.Option(
        "--stalled", metavar="TIME", help="Give up on an object that makes no progress for this long."
    ),
]
All = Annotated[bool, typer.Option("--all", help="All environments.")]
Shard = Annotated[
    str | None,
    typer.Option(
        "--shard", metavar="N/OF", help="With --all: only this share of the environments, such as 3/10."
    ),
]
OutputDir = Annotated[
    Path | None,
    typer.Option("--output", metavar="DIR", help="Use DIR for the files of one environment, not rendered/."),
]
RegistryCredentials = Annotated[
    str | None,
    typer.Option(
        "--registry-credentials",
        metavar="FILE|-",
        help="Registry credentials as printed by az, or a docker config.json; - reads standard input."
        " Alternatively, set GEN_REGISTRY_USERNAME and GEN_REGISTRY_PASSWORD.",
    ),
]
Unversioned = Annotated[
    bool,
    typer.Option("--unversioned", help="Write Secrets even outside a git repository."),
]
Watch = Annotated[bool, typer.Option("--watch", help="Render again whenever a source is saved.")]
UnusedValues = Annotated[
    bool,
    typer.Option("--unused-values", help="Warn about values that no output, rule or command depends on."),
]
