"""Starters: projects inside of the package, from which `gen init` makes new ones.

Each is a folder of `generator/starters/`; `_common/` lies below all of them, and `_ci/SYSTEM/` holds the
pipelines of a CI system. A part of a name that begins with `dot_` stands for one that begins with a point,
which packaged trees leave out.
"""

from __future__ import annotations

from typing import Final

from generator.sources.packaged import Packaged

_FOLDER: Final = "starters"
_COMMON: Final = "_common"
_CI: Final = f"{_FOLDER}/_ci"


def names() -> list[str]:
    """The names of all starters, sorted."""
    found = {name.split("/")[1] for name in _packaged().names(_FOLDER)}
    return sorted(name for name in found if not name.startswith("_"))


def ci_systems() -> list[str]:
    """The names of the CI systems that there are pipelines for, sorted."""
    return sorted({name.split("/")[2] for name in _packaged().names(_CI)})


def read(starter: str) -> dict[str, str]:
    """The texts of a starter by their names in the new project. Raises `DiagnosticError`."""
    return _texts(f"{_FOLDER}/{_COMMON}") | _texts(f"{_FOLDER}/{starter}")


def ci(system: str) -> dict[str, str]:
    """The pipelines of a CI system by their names in a project. Raises `DiagnosticError`."""
    return _texts(f"{_CI}/{system}")


def _texts(folder: str) -> dict[str, str]:
    tree = _packaged()
    return {_name(name.removeprefix(f"{folder}/")): tree.read(name).text for name in tree.names(folder)}


def _name(packaged: str) -> str:
    """The name in a project of a packaged file."""
    return "/".join(f".{part[4:]}" if part.startswith("dot_") else part for part in packaged.split("/"))


def _packaged() -> Packaged:
    return Packaged("generator")
