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
    typer.Option("--format", callback=_format, is_eager=True, help="How problems and results are shown."),
]


def _environments(ctx: typer.Context) -> list[str]:
    """What the shell completes `--env` with: the environments of the project, if there is one."""
    try:
        return find(ctx.params.get("project")).environments
    except DiagnosticError:
        return []


ProjectDir = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The project; found from the current folder up."),
]
OneEnvironment = Annotated[str, typer.Option("--env", "-e", metavar="ENV", help="The environment.")]
Environment = Annotated[
    list[str] | None,
    typer.Option(
        "--env",
        "-e",
        metavar="ENV",
        autocompletion=_environments,
        help="An environment; may be given several times.",
    ),
]
Context = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", help="The kubeconfig's context; the current one without it."),
]
Wait = Annotated[
    str,
    typer.Option("--wait", metavar="TIME", help="How long everything may take to be current, such as 10m."),
]
Stalled = Annotated[
    str | None,
    typer.Option(
        "--stalled", metavar="TIME", help="Stop waiting for an object that shows no progress for so long."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every environment.")]
Shard = Annotated[
    str | None,
    typer.Option("--shard", metavar="N/OF", help="With --all: only this share of them, such as 3/10."),
]
OutputDir = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="DIR", help="One environment's files straight in DIR, not in rendered/."
    ),
]
RegistryCredentials = Annotated[
    str | None,
    typer.Option(
        "--registry-credentials",
        metavar="FILE|-",
        help="What az prints of the registry's credentials, or a docker config.json; - is standard input."
        " Or set GEN_REGISTRY_USERNAME and GEN_REGISTRY_PASSWORD.",
    ),
]
Unversioned = Annotated[
    bool,
    typer.Option("--unversioned", help="Write Secrets also where no git repository could ignore them."),
]
Watch = Annotated[bool, typer.Option("--watch", help="Render again whenever a source is saved.")]
UnusedValues = Annotated[
    bool, typer.Option("--unused-values", help="Warn of values that no output, rule or command depends on.")
]
