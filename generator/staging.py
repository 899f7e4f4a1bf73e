"""Changing the folders of environments: every file is whole at any moment, and a run writes all or nothing.

    ROOT/.gen-stage/   what a run is about to write; ROOT is `rendered/`, or the folder given with --output

A run prepares every new file there and then moves them into place. Nothing that is found there is ever used:
a commit can hold such a folder. What a killed run leaves behind is removed by the next one, which writes
everything that is not as it should be.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from generator.output import Plan, failures

STAGE: Final = ".gen-stage"
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o666  # less what the umask takes


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other renders out of a folder and of those above and below it; the second one waits.

    Those above are locked for sharing, from the top down, so that `--output rendered/dev` and a render into
    `rendered/` exclude each other, and no two runs wait for one another.
    """
    with failures(root):
        root.mkdir(parents=True, exist_ok=True)
    with ExitStack() as handles:
        for folder in reversed(root.parents):
            with suppress(OSError):  # it may not be ours to lock; then nobody renders into it either
                _lock(folder, fcntl.LOCK_SH, handles)
        with failures(root):
            _lock(root, fcntl.LOCK_EX, handles)
        yield


def _lock(folder: Path, kind: int, handles: ExitStack) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    handles.callback(os.close, handle)
    fcntl.flock(handle, kind)


class Stage(NamedTuple):
    """What one run is about to write below a folder that it has locked."""

    root: Path

    def prepare(self, planned: Plan) -> bool:
        """Stage the new files of one folder. False where there is nothing to change.

        Files that others may not read are closed to them in any case.
        """
        with failures(planned.folder):
            for change in planned.changes:
                if change.private and change.before is not None:
                    (planned.folder / change.name).chmod(_PRIVATE, follow_symlinks=False)
            staged = staging_of(self.root, planned.folder)
            for change in planned.drifted:
                if change.after is not None:
                    staged.mkdir(parents=True, exist_ok=True)
                    _write(staged / change.name, change.after, _PRIVATE if change.private else _PUBLIC)
        return bool(planned.drifted)

    def commit(self, folder: Path, removed: Iterable[str]) -> None:
        """Move what is staged for a folder into place, and remove files of ours that are rendered no more."""
        staged = staging_of(self.root, folder)
        with failures(folder):
            for name in removed:
                (folder / name).unlink(missing_ok=True)
            if not staged.is_dir():
                return
            if os.path.lexists(folder):
                for entry in sorted(os.scandir(staged), key=lambda e: e.name):
                    Path(entry.path).replace(folder / entry.name)
            else:  # a new environment appears whole
                folder.parent.mkdir(parents=True, exist_ok=True)
                staged.rename(folder)

    def empty(self) -> None:
        """Remove whatever is in the stage, or called like it, and nothing that a link there leads to."""
        place = self.root / STAGE
        with failures(self.root):
            if place.is_dir() and not place.is_symlink():
                for entry in os.scandir(place):
                    _remove(Path(entry.path))
            elif os.path.lexists(place):
                place.unlink()

    def clear(self) -> None:
        """Remove the stage itself."""
        self.empty()
        with failures(self.root), suppress(FileNotFoundError):
            (self.root / STAGE).rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


@contextmanager
def stage(root: Path) -> Iterator[Stage]:
    """The stage of a folder that is locked; it is empty at the beginning, and gone at the end.

    A killed run may have left files of two versions beside one another, and its stage as the sign of that.
    The sign stays until a run has come to its end.
    """
    made = Stage(root)
    left = interrupted(root)
    made.empty()
    try:
        yield made
    except BaseException:
        (made.empty if left else made.clear)()
        raise
    made.clear()


def staging_of(root: Path, folder: Path) -> Path:
    """Where the files of a folder are staged: one level below the stage, however deep the folder is."""
    name = folder.relative_to(root).as_posix()
    return root / STAGE / hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def interrupted(root: Path) -> bool:
    """Whether a render was killed before it had written everything."""
    return os.path.lexists(root / STAGE)


def replace(path: Path, content: bytes) -> None:
    """Give one file new content, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    with failures(path.parent):
        part.unlink(missing_ok=True)
        _write(part, content, _PUBLIC)
        part.replace(path)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file that has its mode from the first moment."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
        file.write(content)
