"""Where what is kept between two runs lies: in the cache folder of the user, one file a project.

It holds code, so only the user himself may have put it there: folder and file belong to him, nobody else can
write to them, no link leads there, and the folder is no part of a project or of its repository. Where any of
that is not so, where `GEN_CACHE=off`, and in continuous integration, which restores such folders from runs
on other branches, there is no cache: nothing is read and nothing is written. A cache that fails says nothing.
docs/decisions/0044-keep-what-is-compiled.md has the reasons.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from generator import __version__
from generator.core import kept
from generator.core.kept import Kept

_MOST: Final = 32  # projects; those written longest ago make room
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_FOLDER: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_DIRECTORY
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Cache:
    """What is kept of the project below a folder. Neither reading nor writing raises anything."""

    def __init__(self, root: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._root = root
        self._folder = _folder(environment)

    def read(self) -> Kept:
        """What earlier runs have kept, or an empty store."""
        with suppress(OSError, ValueError), self._opened() as folder:
            file = os.fdopen(os.open(self._name, _READ, dir_fd=folder), "rb")
            with file:
                if _is_mine(os.fstat(file.fileno()), stat.S_ISREG):
                    return kept.load(file.read(kept.LARGEST * 2))
        return Kept()

    def write(self, store: Kept) -> None:
        """Keep a store for the next run, in the place of what was there."""
        store.grown = False
        if self._folder is None or not (data := store.dump()):
            return
        with suppress(OSError, ValueError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as folder:
                self._replace(folder, data)
                _bound(folder)

    def _replace(self, folder: int, data: bytes) -> None:
        new = f"{self._name}.{os.getpid()}"
        try:
            with os.fdopen(os.open(new, _NEW, 0o600, dir_fd=folder), "wb") as file:
                file.write(data)
            os.rename(new, self._name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            os.unlink(new, dir_fd=folder)
            raise

    @cached_property
    def _name(self) -> str:
        """A name for this project, by this gen, Python and Jinja: what they compile differs."""
        import jsonschema_rs
        from jinja2 import __version__ as jinja

        parts = (
            os.path.realpath(self._root),
            *(__version__, *_states(Path(kept.__file__).parent), sys.version, jinja),
            *_states(Path(jsonschema_rs.__file__).parent),
        )
        return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder, open. Raises OSError where there is none that can be trusted."""
        if self._folder is None or self._is_of_project(Path(os.path.realpath(self._folder))):
            raise FileNotFoundError
        folder = os.open(self._folder, _FOLDER)
        try:
            if not _is_mine(os.fstat(folder), stat.S_ISDIR):
                raise PermissionError
            yield folder
        finally:
            os.close(folder)

    def _is_of_project(self, folder: Path) -> bool:
        """Whether the folder could hold what came with a project: it lies in it, or in a work tree of git."""
        root = Path(os.path.realpath(self._root))
        return any(above == root or os.path.lexists(above / ".git") for above in (folder, *folder.parents))


def _folder(environment: Mapping[str, str]) -> Path | None:
    """The cache folder of gen, whether or not it is there; None where there is to be no cache."""
    if environment.get("GEN_CACHE") == "off" or environment.get("CI", "") not in ("", "0", "false"):
        return None
    base = environment.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):  # the specification has relative paths ignored
        home = environment.get("HOME", "")
        base = f"{home}/.cache" if home.startswith("/") else ""
    return Path(base) / "gen" if base else None


def _is_mine(found: os.stat_result, kind: object) -> bool:
    """Whether a file or folder is of a kind, belongs to this user, and is closed to all others."""
    right = callable(kind) and kind(found.st_mode)
    return bool(right) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _states(package: Path) -> list[str]:
    """What tells one state of a package's code from another, whatever its version says. Raises OSError."""
    with os.scandir(package) as entries:
        found = ((e.name, e.stat()) for e in entries if e.name.endswith((".py", ".so")))
        return sorted(f"{name}:{about.st_mtime_ns}:{about.st_size}" for name, about in found)


def _bound(folder: int) -> None:
    """Delete what was written longest ago, as long as there is too much."""
    written = sorted(
        (os.stat(n, dir_fd=folder, follow_symlinks=False).st_mtime_ns, n) for n in os.listdir(folder)
    )
    for _, name in written[:-_MOST]:
        os.unlink(name, dir_fd=folder)
