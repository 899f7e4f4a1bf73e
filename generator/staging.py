"""Changing the folder of an environment, whole or not at all.

A change is prepared in a folder of its own and becomes valid by one rename; whoever finds a valid change that
was interrupted completes it. So a killed run leaves the files as they were, or is mended by the next.

    DIR/.gen-stage/   a change of DIR being prepared; worthless if its process is gone
    DIR/.gen-commit/  a complete change: files to move into place, and `remove`, the names of those to delete
    .new-DIR/         beside DIR, which is not there yet: what becomes DIR by its rename
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from generator.output import Plan, failures

_STAGE: Final = ".gen-stage"
_COMMIT: Final = ".gen-commit"
_NEW: Final = ".new-"
_REMOVE: Final = "remove"
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o666  # less what the umask takes


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
    return (folder / _COMMIT).is_dir()


def stage(planned: Plan) -> bool:
    """Prepare a change of a folder. False where there is nothing to change.

    Files that others may not read are closed to them in any case.
    """
    with failures(planned.folder):
        for change in planned.changes:
            if change.private and change.before is not None:
                (planned.folder / change.name).chmod(_PRIVATE)
    if not planned.drifted:
        return False
    staged = _staged(planned.folder)
    with failures(planned.folder), _or_nothing(staged):
        staged.mkdir(parents=True)
        for change in planned.drifted:
            if change.after is not None:
                _write(staged / change.name, change.after, _PRIVATE if change.private else _PUBLIC)
        if removed := [change.name for change in planned.drifted if change.after is None]:
            (staged / _REMOVE).write_text("".join(f"{name}\n" for name in removed))
    return True


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file that has its mode from the first moment."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
        file.write(content)


def commit(folder: Path) -> None:
    """Make the change that is staged in a folder valid, and make it."""
    with failures(folder):
        if folder.is_dir():
            _staged(folder).rename(folder / _COMMIT)
            _complete(folder)
        else:
            _staged(folder).rename(folder)


def replace(path: Path, content: bytes) -> None:
    """Give one file new content, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    with failures(path.parent):
        part.write_bytes(content)
        part.replace(path)


def discard(folder: Path) -> None:
    """Forget the change that is staged in a folder."""
    for staged in (folder / _STAGE, _new(folder)):
        shutil.rmtree(staged, ignore_errors=True)


def ways(folder: Path) -> tuple[Path, ...]:
    """The folder, and every other one in which a killed render may leave files of it."""
    return (folder, folder / _STAGE, folder / _COMMIT) if folder.is_dir() else (folder, _new(folder))


def _staged(folder: Path) -> Path:
    return folder / _STAGE if folder.is_dir() else _new(folder)


def _new(folder: Path) -> Path:
    return folder.parent / f"{_NEW}{folder.name}"


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
    committed = folder / _COMMIT
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
