"""Starters: projects inside of the package, from which `gen init` makes new ones.

Each is a folder of `generator/starters/`; `_common/` lies below all of them. A part of a name that begins
with `dot_` stands for one that begins with a point, which packaged trees leave out.
"""

from __future__ import annotations

from typing import Final

from generator.sources.packaged import Packaged

_FOLDER: Final = "starters"
_COMMON: Final = "_common"


def names() -> list[str]:
    """The names of all starters, sorted."""
    found = {name.split("/")[1] for name in _packaged().names(_FOLDER)}
    return sorted(found - {_COMMON})


def read(starter: str) -> dict[str, str]:
    """The texts of a starter by their names in the new project. Raises `DiagnosticError`."""
    tree = _packaged()
    return {
        _name(name.removeprefix(f"{folder}/")): tree.read(name).text
        for folder in (f"{_FOLDER}/{_COMMON}", f"{_FOLDER}/{starter}")
        for name in tree.names(folder)
    }


def _name(packaged: str) -> str:
    """The name in a project of a packaged file."""
    return "/".join(f".{part[4:]}" if part.startswith("dot_") else part for part in packaged.split("/"))


def _packaged() -> Packaged:
    return Packaged("generator")
