"""The folder of an environment: what a render would change in it, and making the change, whole or not at all.

Files carry a header; those without it are somebody else's and are never touched. A change is staged beside
the files first and becomes valid by one rename; whoever finds a valid change that was interrupted completes
it. So a killed run leaves the folder as it was, or is mended by the next.

    .gen-stage/    a change being prepared; worthless if its process is gone
    .gen-commit/   a complete change: files to move into place, and `remove`, the names of those to delete
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.core.layout import MARK, File
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, Severity, Source
from generator.project import shown

STAGE: Final = ".gen-stage"
COMMIT: Final = ".gen-commit"
_REMOVE: Final = "remove"
_APPLIED: Final = (".yaml", ".yml", ".json")  # what kubectl reads in a folder
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o666  # less what the umask takes
_MARK: Final = MARK.encode()


@dataclass(frozen=True, slots=True)
class Change:
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


@dataclass(frozen=True, slots=True)
class Plan:
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
        found = dict(_contents(folder))
    problems = [_taken(folder, name) for name in wanted if name in found and not _is_ours(found[name])]
    if problems:
        raise DiagnosticError(problems)
    ours = {name: content for name, content in found.items() if content is not None and _is_ours(content)}
    names = sorted(wanted.keys() | ours.keys())
    changes = (Change(name, ours.get(name), wanted.get(name), name in private) for name in names)
    foreign = sorted(name for name in found if name not in ours and name.endswith(_APPLIED))
    return Plan(folder, tuple(changes), tuple(_foreign(folder, name) for name in foreign))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other renders out of a folder for a while; the second one waits."""
    with failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with failures(folder):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def recover(folder: Path) -> None:
    """Complete the change that a killed render left in a folder, or discard what it had not finished."""
    with failures(folder):
        _complete(folder)
    discard(folder)


def interrupted(folder: Path) -> bool:
    """Whether a killed render left a change half-made."""
    return (folder / COMMIT).is_dir()


def stage(planned: Plan) -> bool:
    """Prepare a change beside the files it is for. False where there is nothing to change.

    Files that others may not read are closed to them in any case.
    """
    with failures(planned.folder):
        for change in planned.changes:
            if change.private and change.before is not None:
                (planned.folder / change.name).chmod(_PRIVATE)
    if not planned.drifted:
        return False
    staged = planned.folder / STAGE
    with failures(planned.folder), _or_nothing(staged):
        staged.mkdir(parents=True)
        for change in planned.drifted:
            if change.after is not None:
                _write(staged / change.name, change.after, _PRIVATE if change.private else _PUBLIC)
        removed = [change.name for change in planned.drifted if change.after is None]
        (staged / _REMOVE).write_text("".join(f"{name}\n" for name in removed))
    return True


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file that has its mode from the first moment."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
        file.write(content)


def commit(folder: Path) -> None:
    """Make the change that is staged in a folder valid, and make it."""
    with failures(folder):
        (folder / STAGE).rename(folder / COMMIT)
        _complete(folder)


def replace(path: Path, content: bytes) -> None:
    """Give one file new content, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    with failures(path.parent):
        part.write_bytes(content)
        part.replace(path)


def discard(folder: Path) -> None:
    """Forget the change that is staged in a folder."""
    shutil.rmtree(folder / STAGE, ignore_errors=True)


@contextmanager
def _or_nothing(staged: Path) -> Iterator[None]:
    """Leave no folder behind that could not be filled."""
    try:
        yield
    except OSError:
        shutil.rmtree(staged, ignore_errors=True)
        raise


def _complete(folder: Path) -> None:
    """Carry out a valid change; every step may have been done before."""
    committed = folder / COMMIT
    if committed.is_symlink() or not committed.is_dir():
        return
    removed = committed / _REMOVE
    for name in removed.read_text().splitlines() if removed.exists() else ():
        if "/" not in name:  # whoever wrote this, nothing outside of the folder is removed
            with suppress(FileNotFoundError):
                (folder / name).unlink()
    for path in sorted(committed.iterdir()):
        if path.name != _REMOVE:
            path.replace(folder / path.name)
    removed.unlink(missing_ok=True)
    committed.rmdir()


def _contents(folder: Path) -> Iterator[tuple[str, bytes | None]]:
    """Every entry of a folder with its content; None for a link or a folder, which are never ours."""
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.is_file(follow_symlinks=False):
            yield entry.name, Path(entry.path).read_bytes()
        elif entry.is_symlink():
            yield entry.name, None


def _is_ours(content: bytes | None) -> bool:
    return content is not None and content.startswith(_MARK)


def _taken(folder: Path, name: str) -> Diagnostic:
    return Diagnostic(
        "output/taken",
        f"{shown(folder / name)} was not made by gen, and would be overwritten",
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
        f"{shown(folder / name)} was not made by gen; it is left alone, and kubectl will apply it too",
        Source(shown(folder / name)).span(),
        Severity.WARNING,
        help="move it out of the folder, or make a template of it",
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
