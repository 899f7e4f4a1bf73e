"""`gen init`: a new project from a starter, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from generator import output, staging
from generator.commands.options import OutputFormat
from generator.commands.schema import derived
from generator.core.nearest import did_you_mean
from generator.core.tree import Texts
from generator.diagnostics import Diagnostic, DiagnosticError, Source, usage
from generator.output import Change, Plan
from generator.project import Project, shown
from generator.report.reporter import Format, Reporter
from generator.sources import starters

_DEFAULT: Final = "web"
_LISTED: Final = 3

Starter = Annotated[
    str, typer.Option("--starter", metavar="NAME", help=f"One of: {', '.join(starters.names())}.")
]
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder of the project.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]


def run(
    ctx: typer.Context,
    folder: Folder = Path(),
    starter: Starter = _DEFAULT,
    force: Force = False,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Create a project: values for dev, kind and azure, schema, rules, templates and a CI workflow.

    Writes every file or none. A file that exists is never overwritten without --force. Exits with 1 where
    files exist, and with 2 for a starter that does not.
    """
    if starter not in starters.names():
        hint = did_you_mean(starter, starters.names()) or f"one of: {', '.join(starters.names())}"
        raise usage("usage/starter", f"there is no starter `{starter}`", hint)
    texts = starters.read(starter)
    line = Project(Texts(texts)).line
    texts.update((f"schema/{name}", text) for name, text in derived(line).items())
    root = folder.absolute()
    _write(root, texts, force)
    where = shown(root)
    lines = [f"{where}: {len(texts)} files written", "Next:"]
    lines += [f"  cd {where}"] if where != "." else []
    lines += ["  gen render --all", "  kubectl apply -f rendered/dev/"]
    ctx.find_root().ensure_object(Reporter).result(lines, {"folder": where, "written": sorted(texts)})


def _write(root: Path, texts: dict[str, str], force: bool) -> None:
    """Write files by their names below a folder, all or none. Raises `DiagnosticError`."""
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
