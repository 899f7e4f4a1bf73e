"""Files that a command adds to a folder: all or none, and over none that exists, unless it is forced."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from generator import output, staging
from generator.diagnostics import Diagnostic, DiagnosticError, Source
from generator.output import Change, Plan
from generator.project import shown

_LISTED: Final = 3

Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]


def write(root: Path, texts: dict[str, str], force: bool) -> None:
    """Write files by their names below a folder, all or none; without `force`, none that exists.

    Raises `DiagnosticError`.
    """
    folders: dict[str, dict[str, str]] = {}
    for name in sorted(texts):
        below, _, last = name.rpartition("/")
        folders.setdefault(below, {})[last] = texts[name]
    plans = [_plan(root, below, files) for below, files in folders.items()]
    there = [
        plan.folder / change.name for plan in plans for change in plan.changes if change.kind != "created"
    ]
    if blocked := [path for path in there if not force or path.is_dir()]:
        raise DiagnosticError([_exists(blocked)])
    with staging.locked(root), staging.stage(root) as stage:
        for plan in plans:
            stage.prepare(plan)
        for plan in plans:
            stage.commit(plan.folder, ())


def _plan(root: Path, below: str, texts: dict[str, str]) -> Plan:
    """What is to be written into one folder; whatever has the name of a file counts as there before."""
    output.refuse_links(root, below)
    folder = root / below
    if below and folder.exists() and not folder.is_dir():
        raise DiagnosticError([_exists([folder])])
    changes = (Change(n, b"" if _is_there(folder / n) else None, text.encode()) for n, text in texts.items())
    return Plan(folder, tuple(changes))


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _exists(paths: list[Path]) -> Diagnostic:
    listed = ", ".join(map(shown, paths[:_LISTED])) + (" …" if len(paths) > _LISTED else "")
    exist = "exists" if len(paths) == 1 else "exist"
    return Diagnostic(
        "init/exists",
        f"{listed} {exist} already; nothing was written",
        Source(shown(paths[0])).span(),
        help="choose another folder, or overwrite files with --force",
    )
