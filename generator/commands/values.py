"""`gen values`: the complete values of an environment, each with the line that gave it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from generator.commands.options import OneEnvironment, ProjectDir
from generator.core import paths, serialise
from generator.core.paths import Path
from generator.core.values import Values
from generator.diagnostics import Span
from generator.pipeline import Rendering
from generator.project import find
from generator.report.as_json import position
from generator.report.line import printable
from generator.report.places import place
from generator.report.reporter import Format, Reporter


class Form(StrEnum):
    TEXT = "text"
    YAML = "yaml"
    JSON = "json"


def _form(ctx: typer.Context, value: Form) -> Form:
    ctx.find_root().ensure_object(Reporter).format = Format.JSON if value is Form.JSON else Format.TEXT
    return value


ValuesFormat = Annotated[
    Form,
    typer.Option("--format", callback=_form, is_eager=True, help="One line per value, YAML or JSON."),
]


def run(
    ctx: typer.Context, env: OneEnvironment, project: ProjectDir = None, format: ValuesFormat = Form.TEXT
) -> None:
    """Show the complete values of an environment, each with the line of a values file or schema that sets it.

    The environment is rendered first: a value that would end up in a Secret is an error, and is not shown.
    Exits with 1 if the project has errors.
    """
    found = find(project)
    (name,) = found.choose([env], everything=False)
    rendering = found.line.render(name, found.layers(name))
    reporter = ctx.find_root().ensure_object(Reporter)
    if format is Form.YAML:
        reporter.page("".join(f"{line}\n" for line in _yaml(rendering)))
    else:
        reporter.result(_text(rendering.values), _plain(rendering))


def _text(values: Values) -> Iterator[str]:
    for path, value in paths.leaves(values.tree):
        if path:
            shown = json.dumps(value, ensure_ascii=False)
            yield f"{paths.show(path)} = {shown}    {place(_origin(values, path))}"


def _yaml(rendering: Rendering) -> Iterator[str]:
    """The values as YAML, in canonical form; a comment on the first line of each says where it is from."""
    values, told = rendering.values, {path for path, _ in paths.leaves(rendering.values.tree)}
    for line, path in serialise.lines(values.tree):
        if path in told and path:
            told.remove(path)
            yield f"{line}  # {printable(place(_origin(values, path)))}"
        else:
            yield line


def _plain(rendering: Rendering) -> dict[str, Any]:
    values = rendering.values
    origins = [
        {"value": paths.show(path), **position(_origin(values, path))}
        for path, _ in paths.leaves(values.tree)
        if path
    ]
    return {"environment": rendering.environment, "values": values.tree, "origins": origins}


def _origin(values: Values, path: Path) -> Span:
    """The place that counts: the line of a values file, or the default in the schema."""
    return values.origins(path)[-1].span
