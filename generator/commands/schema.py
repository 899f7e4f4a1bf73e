"""`gen schema`: what is derived from a project's schema: the schema for editors and the reference page."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from generator import staging
from generator.commands.options import OutputFormat, ProjectDir
from generator.core import describe, overlay, rule_examples
from generator.core.schema import OVERLAY
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Source
from generator.pipeline import Pipeline
from generator.project import BASE, Project, find, shown
from generator.report.reporter import Format, Reporter

Check = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Write nothing; fail if a file is out of date or an example does not break its rule.",
    ),
]


def run(
    ctx: typer.Context, check: Check = False, project: ProjectDir = None, format: OutputFormat = Format.TEXT
) -> None:
    """Generate the schema for editors and the reference page of the values from the project's schema."""
    found = find(project)
    folder = found.root / "schema"
    stale = {folder / name: text for name, text in derived(found.line).items() if _text(found, name) != text}
    reporter = ctx.find_root().ensure_object(Reporter)
    names = [shown(path) for path in stale]
    if check:
        with Collector() as problems:
            for name in names:
                problems.add(_problem(name))
            line, environments = found.line, found.environments
            problems.add(*rule_examples.wrong(line.rules, line.schema, _base(found), environments))
    for path, text in stale.items():
        staging.replace(path, text.encode())
    reporter.result([f"{name} written" for name in names] or ["up to date"], {"written": names})


def derived(line: Pipeline) -> dict[str, str]:
    """The derived files by their names below `schema/`."""
    editors = json.dumps(overlay.derive(line.schema.walker), indent=2, ensure_ascii=False)
    return {OVERLAY: f"{editors}\n", "README.md": describe.page(line.schema, line.rules)}


def _text(project: Project, name: str) -> str | None:
    """What a derived file holds; None where it is not there, or is nothing that gen reads."""
    try:
        return project.tree.read(f"schema/{name}").text
    except DiagnosticError:
        return None


def _base(project: Project) -> Source:
    """The lowest layer of all environments; empty where there is none."""
    name = f"values/{BASE}"
    return project.tree.read(name) if project.tree.holds(name) else Source(name)


def _problem(name: str) -> Diagnostic:
    return Diagnostic(
        "schema/stale",
        f"{name} does not match the schema and the rules",
        Source(name).span(),
        help="write it and commit: gen schema",
    )
