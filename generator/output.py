"""The folder of an environment, and what a render would change in it.

Files carry a header; those without it are somebody else's and are never touched.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from generator.core import bounds
from generator.core.layout import MARK, File
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, Severity, Source
from generator.project import shown

APPLIED: Final = (".yaml", ".yml", ".json")  # what kubectl reads in a folder
_MARK: Final = MARK.encode()
_LONGEST: Final = 4 * bounds.TEXT  # bytes of a file of ours
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Change(NamedTuple):
    """A file of an environment's folder before and after a render; None where there is none."""

    name: str
    before: bytes | None
    after: bytes | None
    private: bool = False  # nobody else may read it

    @property
    def kind(self) -> str:
        """`created`, `removed`, `changed` or `unchanged`."""
        if self.before is None or self.after is None:
            return "created" if self.before is None else "removed"
        return "unchanged" if self.before == self.after else "changed"


class Plan(NamedTuple):
    """What a render does to a folder: every file of ours, old and new, by name."""

    folder: Path
    changes: tuple[Change, ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def drifted(self) -> list[Change]:
        """The changes that change something."""
        return [change for change in self.changes if change.kind != "unchanged"]


def plan(folder: Path, files: Iterable[File]) -> Plan:
    """Compare a folder with the files that it should hold.

    Raises `DiagnosticError` where a name is taken by something that is not ours.
    """
    files = list(files)
    wanted = {file.name: file.content for file in files}
    private = {file.name for file in files if file.private}
    with failures(folder):
        found = {entry.name: content(entry) for entry in _entries(folder)}
    if problems := [_taken(folder, name) for name in wanted if name in found and found[name] is None]:
        raise DiagnosticError(problems)
    ours = {name: content for name, content in found.items() if content is not None}
    names = sorted(wanted.keys() | ours.keys())
    changes = (Change(name, ours.get(name), wanted.get(name), name in private) for name in names)
    strange = sorted(name for name, content in found.items() if content is None)
    return Plan(
        folder, tuple(changes), tuple(_foreign(folder, name) for name in strange if _applied(folder, name))
    )


def refuse_links(root: Path, below: str) -> None:
    """Raises `DiagnosticError` where a part of a path below a folder is a link, which a commit can hold."""
    place = str(root)
    for part in filter(None, below.split("/")):
        place += f"/{part}"
        if os.path.islink(place):  # noqa: PTH114 (a fleet asks thousands of times)
            problem = Diagnostic(
                "output/link",
                f"{shown(place)} is a link, and gen does not write through links",
                Source(shown(place)).span(),
                help="put a folder in its place, or write elsewhere with --output",
            )
            raise DiagnosticError([problem])


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    return sorted(os.scandir(folder), key=lambda entry: entry.name) if os.path.lexists(folder) else []


def content(entry: os.DirEntry[str]) -> bytes | None:
    """What a file of ours holds, as far as it may be read; None for everything that is not a file of ours."""
    return _head_and_rest(entry.path) if entry.is_file(follow_symlinks=False) else None


def opened(path: str | Path) -> BinaryIO:
    """A file for reading, without following a link and without waiting for the other end of a pipe."""
    return open(os.open(path, _FLAGS), "rb")  # noqa: PTH123


def stored(path: Path) -> bytes | None:
    """What a file of ours holds; None where it is not there, or is none of ours."""
    with failures(path.parent):
        try:
            return _head_and_rest(path) if stat.S_ISREG(path.lstat().st_mode) else None
        except (FileNotFoundError, NotADirectoryError):
            return None


def _head_and_rest(path: str | Path) -> bytes | None:
    with opened(path) as file:
        if (head := file.read(len(_MARK))) != _MARK:
            return None
        is_small = os.fstat(file.fileno()).st_size <= _LONGEST  # a buffer of the bound is slow to have
        return head + (file.read() if is_small else file.read(_LONGEST))


def _applied(folder: Path, name: str) -> bool:
    """Whether kubectl would read an entry of a folder: by its ending, and if it is no folder itself."""
    place = folder / name
    return name.endswith(APPLIED) and (place.is_symlink() or not place.is_dir())


def holds_ours(folder: Path) -> bool:
    """Whether a folder holds a file of ours."""
    with failures(folder):
        return any(content(entry) is not None for entry in _entries(folder))


def _taken(folder: Path, name: str) -> Diagnostic:
    return Diagnostic(
        "output/taken",
        f"{shown(folder / name)} was not written by gen, and would be overwritten",
        Source(shown(folder / name)).span(),
        help="move the file away, or delete it",
    )


def stale(name: str, environment: str) -> Diagnostic:
    """The warning that a file on disk is not what its sources render to."""
    return Diagnostic(
        "drift/changed",
        f"{name} is not what its sources render to; shown is what they render to",
        Source(name).span(),
        Severity.WARNING,
        help=f"gen render --env {environment}",
    )


def _foreign(folder: Path, name: str) -> Diagnostic:
    return Diagnostic(
        "output/foreign",
        f"{shown(folder / name)} was not written by gen; it is left alone, and kubectl will apply it too",
        Source(shown(folder / name)).span(),
        Severity.WARNING,
        help="move it out of the folder, or write a template for it",
    )


@contextmanager
def failures(folder: Path) -> Iterator[None]:
    """What the system refuses becomes a diagnostic."""
    try:
        yield
    except OSError as error:
        place = Path(error.filename) if isinstance(error.filename, str) else folder
        message = f"cannot write to {shown(folder)}: {error.strerror or error}"
        problem = Diagnostic(
            "output/failed",
            message,
            Source(shown(place)).span(),
            help="every file there is whole; when it can be written again, the next render completes it",
        )
        raise DiagnosticError([problem], Exit.UNKNOWN) from None
