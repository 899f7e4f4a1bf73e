"""Which environment `kubectl apply -f rendered/` applies: links in `rendered/` to the files of one of them.

kubectl follows links to files and does not look into folders. The links are ignored by git and are relative,
so that they cannot go stale.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from generator.output import failures

_ENDING: Final = ".yaml"


def select(rendered: Path, environment: str, names: Iterable[str]) -> None:
    """Link the files of one environment. At no moment do links lead to two of them."""
    wanted = {name: f"{environment}/{name}" for name in names if name.endswith(_ENDING)}
    with failures(rendered):
        _remove(rendered, keep=wanted)
        for name, target in wanted.items():
            with suppress(FileExistsError):
                (rendered / name).symlink_to(target)


def clear(rendered: Path) -> None:
    """Remove the links: no environment is selected."""
    with failures(rendered):
        _remove(rendered, keep={})


def _remove(rendered: Path, keep: dict[str, str]) -> None:
    for entry in os.scandir(rendered) if rendered.is_dir() else ():
        if entry.is_symlink() and entry.name.endswith(_ENDING):
            target = str(Path(entry.path).readlink())
            if _is_ours(target) and keep.get(entry.name) != target:
                Path(entry.path).unlink()


def _is_ours(target: str) -> bool:
    """Whether a link leads to a file of an environment: down into a folder, and to the link's own name."""
    return not target.startswith(("/", "..")) and "/" in target
