"""`gen set`: what a person types, as changes of values."""

from __future__ import annotations

from pathlib import Path as File
from typing import Annotated, Final

import typer

from generator.commands import editing
from generator.commands.editing import Change, leaves
from generator.commands.options import OutputFormat, ProjectDir
from generator.core import documents, nodes, paths, placed, values
from generator.core.edit import REMOVE
from generator.core.paths import Path
from generator.diagnostics import DiagnosticError, Source, usage
from generator.project import BASE, DiskProject, find
from generator.report.reporter import Format, Reporter
from generator.sources import disk

_BASE: Final = f"values/{BASE}"
_USAGE: Final = (
    "write PATH=VALUE, such as image.tag=1.4.0; quote it if it holds characters that are special to the shell"
)


def run(
    ctx: typer.Context,
    assignments: Annotated[list[str] | None, typer.Argument(metavar="PATH=VALUE")] = None,
    env: Annotated[str | None, typer.Option("--env", "-e", metavar="ENV", help="The environment.")] = None,
    base: Annotated[
        bool, typer.Option("--base", help="Change values/base.yaml, which all environments share.")
    ] = False,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", metavar="PATH", help="Remove a value from the file.")
    ] = None,
    from_: Annotated[
        File | None, typer.Option("--from", metavar="FILE", help="A YAML file of values to set.")
    ] = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Change values in their files, and render the result.

    Comments, order and layout of the file are kept. Everything is checked first; on failure, nothing is
    written.
    """
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    if base == (env is not None):
        raise usage("usage/environment", "which values?", "give --env NAME, or --base for values/base.yaml")
    found.choose([env] if env else None, everything=base)
    name = _BASE if base else f"values/{env}.yaml"
    given = [read(found, text) for text in assignments or ()]
    given += list(leaves(values.read(disk.file(from_, str(from_))).data)) if from_ else []
    given += [Change(_path(text), REMOVE) for text in unset or ()]
    if not given:
        raise usage("usage/assignment", "nothing to set", _USAGE)
    editing.write(found, name, given, [env] if env else None, reporter)


def read(project: DiskProject, text: str) -> Change:
    """An assignment as it is typed. Raises `DiagnosticError` for what is none.

    The value is read as YAML, but as it stands where the schema takes nothing but text.
    """
    path, rest = paths.head(text)
    if not path or not rest.startswith("="):
        raise usage("usage/assignment", f"`{text}` is not PATH=VALUE", _USAGE)
    raw, is_text = rest[1:], placed.is_text(project.line.schema.walker, path)
    source = Source(paths.show(path), raw)
    try:
        [node] = documents.parse(source) or [nodes.Scalar(raw, False, 0, len(raw))]
        if isinstance(node, nodes.Scalar) and node.plain and node.text != raw:
            return Change(path, raw)  # a comment, or blanks: text to whoever typed it
        value = nodes.plain(node, source)
    except (DiagnosticError, ValueError):
        if not is_text:
            raise
        return Change(path, raw)
    return Change(path, raw if is_text and value is not None and not isinstance(value, str) else value)


def _path(text: str) -> Path:
    if (path := paths.parse(text)) is None:
        raise usage(
            "usage/assignment", f"`{text}` is not a path of a value", "write it as image.tag or args[0]"
        )
    return path
