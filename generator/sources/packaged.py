"""The sources of a project inside of an installed package, which need not be files: it may be a zip."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from generator.core.tree import decode, is_hidden, unreadable
from generator.diagnostics import Source


class Packaged:
    """The tree in a folder of a package."""

    def __init__(self, package: str, folder: str = "") -> None:
        self._top = files(package).joinpath(folder) if folder else files(package)

    def names(self, folder: str) -> list[str]:
        found: list[str] = []
        waiting = [(folder, self._top.joinpath(folder))]
        while waiting:
            name, place = waiting.pop()
            for entry in place.iterdir() if place.is_dir() else ():
                if entry.name == "__pycache__":  # pip compiles what it installs, modules of a starter too
                    continue
                inner = f"{name}/{entry.name}"
                if entry.is_dir():
                    waiting.append((inner, entry))
                else:
                    found.append(inner)
        return sorted(name for name in found if not is_hidden(name))

    def holds(self, name: str) -> bool:
        place = self._place(name)
        return place.is_file() or place.is_dir()

    def read(self, name: str) -> Source:
        place = self._place(name)
        if not place.is_file():
            raise unreadable(name, "there is no such file")
        return decode(name, place.read_bytes())

    def _place(self, name: str) -> Traversable:
        return self._top.joinpath(name)
