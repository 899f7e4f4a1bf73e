"""What a shell completes the arguments of `gen explain` with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import typer

from generator import catalogue
from generator.commands.explained import Explained
from generator.diagnostics import DiagnosticError
from generator.project import DiskProject, find

_FOLDERS = ("rendered", "values", "templates")


def targets(ctx: typer.Context, incomplete: str) -> list[str]:
    """What an argument may become: rules, files and their lines, objects, fields and values."""
    before = list(ctx.params.get("targets") or ())
    head = "".join(before[-2:]) if before[-1:] == [":"] else ""  # bash takes a colon for a word of its own
    text = head + incomplete
    found = _all(text, ctx.params.get("project"), ctx.params.get("env"))
    return [name.removeprefix(head) for name in dict.fromkeys(found) if name.startswith(text)]


def _all(text: str, where: Path | None, names: list[str] | None) -> Iterator[str]:
    """Candidates; where the project is broken, those that need no rendering."""
    if lines := list(_lines(text)):
        yield from lines
        return
    yield from catalogue.rules_by_id()
    with suppress(DiagnosticError):
        project = find(where)
        yield from (f"rule/{name}" for name in project.line.rules.by_name)
        if files := [name for name in _files(project) if name.startswith(text)]:
            yield from files
        if names or project.environments:
            name = project.choose(names or project.environments[:1], everything=False)[0]
            yield from Explained.of(project, name, {}).addresses()


def _lines(text: str) -> Iterator[str]:
    """Every line of a file that was named up to its colon."""
    path, colon, number = text.rpartition(":")
    if colon and Path(path).is_file() and (number.isdigit() or not number):
        with suppress(OSError), Path(path).open("rb") as file:
            yield from (f"{path}:{n}" for n, _ in enumerate(file, 1))


def _files(project: DiskProject) -> Iterator[str]:
    """The files that can be asked about, from the current folder, and the folders of the environments."""
    for folder in _FOLDERS:
        for path in sorted((project.root / folder).rglob("*")):
            if not any(part.startswith(".") for part in path.relative_to(project.root).parts):
                is_asked = path.is_file() or folder == "rendered"
                yield from [os.path.relpath(path)] if is_asked else []
