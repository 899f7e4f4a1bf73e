"""One committed tree: a small project that is in order, with what a pull request puts in or takes away.

To add one, add a `Tree` to a list beside this file:

    Tree("a values file is a link to the machine's users",
         {"values/dev.yaml": Link("/etc/passwd")}, refused=True),

Every tree is run through every command in COMMANDS, as an ordinary user, with each file it opens, each process
it starts and each line it prints looked at; `outside` beside the project is what it is after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

CANARY: Final = "canary-3f1c9a"  # stands in every file that no tree may get at
COMMANDS: Final = (
    "check --all",
    "check --env dev --format json",
    "explain name",
    "explain configmap/gan:data --format json",
    "explain rendered/dev/25-configmap-gan.yaml:4",
    "list",
    "render --all",
    "schema --check",
    "render --env dev --format concise",
    "verify --env dev",
)


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


class Pipe:
    """A named pipe, which a reader waits at."""


class Folder:
    """An empty folder."""


@dataclass(frozen=True)
class Sparse:
    """A file of so many bytes that takes no room on the disk."""

    size: int


Entry: TypeAlias = str | bytes | Link | Pipe | Folder | Sparse | None

BASE: Final[Mapping[str, Entry]] = {
    ".gitignore": "/rendered/*.yaml\n",
    "values/base.yaml": "name: gan\n",
    "values/dev.yaml": 'data: { mode: "dev" }\n',
    "values/prod.yaml": 'data: { mode: "prod" }\n',
    "templates/configmap.yaml.j2": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ name }} }\ndata: {{ data }}\n",
    "schema/values.schema.json": json.dumps({"type": "object", "properties": {"name": {"type": "string"}}}),
}
SECRET: Final = (
    "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: {{ password }} }\n"
)


@dataclass(frozen=True)
class Tree:
    """A name, what it puts in the place of files of BASE or beside them (None takes one away), and the answer.

    `refused`: `check --all` must fail with a diagnostic. `says`: what its diagnostics must contain. A tree that
    says neither must be answered safely, whatever the answer is.
    """

    name: str
    files: Mapping[str, Entry]
    refused: bool = False
    says: str = ""
    commands: tuple[str, ...] = field(default=COMMANDS)

    def lay_out(self, root: Path) -> None:
        """Make the tree below a folder."""
        for path, entry in {**BASE, **self.files}.items():
            place = root / path
            if entry is None or any((root / parent).is_symlink() for parent in Path(path).parents):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            _put(place, entry)


def _put(place: Path, entry: Entry) -> None:
    match entry:
        case Link(target):
            place.symlink_to(target)
        case Pipe():
            os.mkfifo(place)
        case Folder():
            place.mkdir()
        case Sparse(size):
            with place.open("wb") as file:
                file.truncate(size)
        case str():
            place.write_bytes(entry.encode("utf-8", "surrogateescape"))
        case bytes():
            place.write_bytes(entry)
        case None:
            pass
