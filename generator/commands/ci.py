"""`gen ci`: pipelines for a project, which check and review pull requests and deploy the main branch."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands import new_files
from generator.commands.options import OutputFormat, ProjectDir
from generator.core.nearest import did_you_mean
from generator.core.settings import Settings
from generator.diagnostics import usage
from generator.project import find, shown
from generator.report.reporter import Format, Reporter
from generator.sources import starters

_DEPLOYS = "deploy.yaml"


def run(
    ctx: typer.Context,
    system: Annotated[
        str, typer.Argument(metavar="SYSTEM", help=f"One of: {', '.join(starters.ci_systems())}.")
    ],
    force: new_files.Force = False,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Write the pipelines for a CI system into a project, all of them or none.

    One checks and reviews pull requests. If gen.yaml has provision.azure, another one deploys: it builds and
    pins the image, proposes the digest as a pull request, applies what is committed, and queries the model.
    Existing files are never overwritten without --force.
    """
    found = find(project)
    texts = files(system, found.line.settings)
    new_files.write(found.root, texts, force)
    lines = [f"{shown(found.root / name)} written" for name in sorted(texts)]
    ctx.find_root().ensure_object(Reporter).result(lines, {"written": sorted(texts)})


def files(system: str, settings: Settings) -> dict[str, str]:
    """The texts of a CI system's pipelines by their names. Raises `DiagnosticError` for no such system."""
    known = starters.ci_systems()
    if system not in known:
        hint = did_you_mean(system, known) or f"one of: {', '.join(known)}"
        raise usage("usage/ci", f"there are no pipelines for `{system}`", hint)
    deploys = settings.provision.azure is not None
    return {n: t for n, t in starters.ci(system).items() if deploys or not n.endswith(_DEPLOYS)}
