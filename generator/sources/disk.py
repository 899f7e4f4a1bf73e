"""The sources of a project on the disk: regular files that lie where their names say.

Whoever can open a pull request can put a link or a device in the place of a file or of a folder. A link is
followed only inside of the folder of its kind (`values/` for a values file): beside that folder there may be
what is in no commit, such as `.git/config` with the credentials of a CI run, or a rendered Secret.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from generator.core import bounds
from generator.core.tree import decode, is_hidden, too_large, unreadable
from generator.diagnostics import DiagnosticError, Source

_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Disk:
    """The tree below a folder."""

    def __init__(self, root: Path) -> None:
        self.home = str(root)
        self._real = os.path.realpath(root)
        self._folders: dict[str, str] = {}

    def names(self, folder: str) -> list[str]:
        found: list[str] = []
        self._refuse(folder)
        if not self.holds(folder):
            return found
        waiting = [folder]
        while waiting:
            parent = waiting.pop()
            try:
                entries = list(os.scandir(self._folder(parent)))
            except OSError as error:
                raise self._unreadable(parent, error.strerror or str(error)) from None
            for entry in entries:
                if not entry.name.startswith("."):
                    is_folder = entry.is_dir(follow_symlinks=False)
                    (waiting if is_folder else found).append(f"{parent}/{entry.name}")
            if len(found) + len(waiting) > bounds.FILES:
                raise self._unreadable(folder, f"more than {bounds.FILES:,} files")
        return sorted(found)

    def holds(self, name: str) -> bool:
        return os.path.lexists(f"{self._real}/{name}")

    def read(self, name: str) -> Source:
        return decode(name, self.raw(name), self.home)

    def raw(self, name: str) -> bytes:
        """The bytes of a source. Raises `DiagnosticError` where it cannot be read."""
        folder, _, last = name.rpartition("/")
        self._refuse(name)
        try:
            return self._bytes(name, f"{self._folder(folder)}/{last}")
        except OSError as error:
            raise self._unreadable(name, error.strerror or str(error)) from None
        except ValueError:  # a name with a NUL
            raise self._unreadable(name, "not a file name") from None

    def _bytes(self, name: str, path: str) -> bytes:
        found = os.lstat(path)
        if stat.S_ISLNK(found.st_mode):
            path = os.path.realpath(path)
            self._check(name, path)
            found = os.lstat(path)
        if stat.S_ISLNK(found.st_mode):  # it leads in circles
            Path(path).stat()
        if not stat.S_ISREG(found.st_mode):
            raise self._unreadable(name, "not a regular file")
        if found.st_size > bounds.TEXT:
            raise too_large(name, self.home)
        with open(os.open(path, _FLAGS), "rb") as file:  # noqa: PTH123
            return file.read()

    def _folder(self, name: str) -> str:
        """Where a folder of the project really is."""
        if name not in self._folders:
            path = os.path.realpath(f"{self._real}/{name}")
            self._check(f"{name}/", path)
            self._folders[name] = path
        return self._folders[name]

    def _refuse(self, name: str) -> None:
        """Refuse names that are none of a source: gen.yaml can hold any."""
        parts = name.split("/")
        if is_hidden(name) or {"", "..", "."} & set(parts) or parts[0] == "rendered":
            raise self._unreadable(name, "not a place for sources")

    def _check(self, name: str, path: str) -> None:
        """Refuse what a link leads to outside of the folder of its kind."""
        top, is_below, _ = name.partition("/")
        inside = bool(is_below) and f"{path}/".startswith(f"{self._real}/{top}/")
        if not inside and (name, path) != ("/", self._real):
            raise self._unreadable(name, "the link leads outside of its folder")

    def _unreadable(self, name: str, reason: str) -> DiagnosticError:
        return unreadable(name, reason, self.home)


def file(path: Path, name: str) -> Source:
    """The text of a file that the user named on the command line, wherever it leads.

    Raises `DiagnosticError` where it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            raw = opened.read(bounds.TEXT + 1)
    except OSError as error:
        raise unreadable(name, error.strerror or str(error)) from None
    return decode(name, raw)
