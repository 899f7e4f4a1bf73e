"""The folder of an environment, and what a render would change in it.

Files carry a header; those without it are somebody else's and are never touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from generator.core.layout import MARK, File
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, Severity, Source
from generator.project import shown

_APPLIED: Final = (".yaml", ".yml", ".json")  # what kubectl reads in a folder
_MARK: Final = MARK.encode()


class Change(NamedTuple):
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


class Plan(NamedTuple):
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
