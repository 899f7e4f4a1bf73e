"""Which environment `kubectl apply -f rendered/` applies: links in `rendered/` to the files of one of them.

kubectl follows links to files and does not look into folders. The links are ignored by git and are relative,
so that they cannot go stale. Whatever else kubectl would read in `rendered/` is named.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from generator import git
from generator.diagnostics import Diagnostic, DiagnosticError, Severity, Source
from generator.output import APPLIED, content, failures, opened
from generator.project import real, shown

RULES: Final = ("/rendered/*.yaml", "/rendered/.gen-stage/")  # what .gitignore needs for them
_ENDING: Final = ".yaml"
_KNOWN: Final = {RULES[0], RULES[0].removeprefix("/")}


def select(rendered: Path, environment: str, names: Iterable[str]) -> None:
    """Link the files of one environment. At no moment do links lead to two of them.

    Raises `DiagnosticError`, and selects none, where a name is taken by something that is not ours.
    """
    wanted = {name: f"{environment}/{name}" for name in names if name.endswith(_ENDING)}
    with failures(rendered):
        _remove(rendered, keep=wanted)
        if taken := [n for n in wanted if os.path.lexists(rendered / n) and not _is_link(rendered / n)]:
            _remove(rendered, keep={})
            raise DiagnosticError(_taken(rendered / name, environment) for name in taken)
        for name, target in wanted.items():
            with suppress(FileExistsError):  # it leads there already
                (rendered / name).symlink_to(target)


def selects(rendered: Path, environment: str) -> bool:
    """Whether links lead to the files of an environment."""
    with failures(rendered):
        links = [path for path in rendered.glob(f"*{_ENDING}") if path.is_symlink()]
        return any(str(link.readlink().parent) == environment for link in links)


def clear(rendered: Path) -> None:
    """Remove the links: no environment is selected."""
    with failures(rendered):
        _remove(rendered, keep={})


def strays(rendered: Path) -> Iterator[Diagnostic]:
    """A problem for everything in `rendered/` that kubectl would read and that is not a link of ours.

    A copy of a rendered file, which is what some tools make of a link, is an error: it stays when another
    environment is selected.
    """
    with failures(rendered):
        entries = sorted(os.scandir(rendered), key=lambda e: e.name) if rendered.is_dir() else []
        for entry in entries:
            path = Path(entry.path)
            if (
                entry.name.endswith(APPLIED)
                and not _is_link(path)
                and (entry.is_symlink() or not entry.is_dir())
            ):
                yield _copied(path) if content(entry) is not None else _foreign(path)


def unignored(project: Path, rendered: Path) -> Iterator[Diagnostic]:
    """A warning where git would commit the links, and with them the choice of an environment."""
    with suppress(OSError), opened(project / ".gitignore") as file:
        if any(line.decode(errors="replace").strip() in _KNOWN for line in file.read(1 << 20).splitlines()):
            return
    with suppress(DiagnosticError):  # it is only a hint
        top = real(project)
        if (repository := git.find(top)) is None:
            return
        place = top.relative_to(repository.top) / rendered.name / "any.yaml"
        with git.asked(repository) as asked:
            if asked.ask("check-ignore", "-z", "--stdin", given=b"./" + os.fsencode(place), fine=(0, 1)):
                return
        yield Diagnostic(
            "output/not-ignored",
            f"git does not ignore the links in {shown(rendered)}/, so a commit would select an environment",
            Source(shown(project / ".gitignore")).span(),
            Severity.WARNING,
            help="add these lines to .gitignore:\n" + "\n".join(RULES),
        )


def _remove(rendered: Path, keep: dict[str, str]) -> None:
    for entry in os.scandir(rendered) if rendered.is_dir() else ():
        path = Path(entry.path)
        if _is_link(path) and keep.get(entry.name) != str(path.readlink()):
            path.unlink()


def _is_link(path: Path) -> bool:
    """Whether it is a link to a file of an environment: down into a folder, and to one of its own name."""
    if not path.name.endswith(_ENDING) or not path.is_symlink():
        return False
    *folders, name = str(path.readlink()).split("/")
    return bool(folders) and name == path.name and not {"", ".", ".."} & set(folders)


def _taken(path: Path, environment: str) -> Diagnostic:
    return Diagnostic(
        "output/taken",
        f"{shown(path)} was not written by gen; {environment} is written, and not selected",
        Source(shown(path)).span(),
        help="move it away, or delete it, and render again",
    )


def _copied(path: Path) -> Diagnostic:
    return Diagnostic(
        "output/copy",
        f"{shown(path)} is a copy of a rendered file, and kubectl apply -f {shown(path.parent)}/ applies it",
        Source(shown(path)).span(),
        help="delete it; gen puts links there, which some ways of copying a folder turn into files",
    )


def _foreign(path: Path) -> Diagnostic:
    return Diagnostic(
        "output/foreign",
        f"{shown(path)} was not written by gen, and kubectl apply -f {shown(path.parent)}/ applies it too",
        Source(shown(path)).span(),
        Severity.WARNING,
        help="move it out of the folder, or write a template for it",
    )
