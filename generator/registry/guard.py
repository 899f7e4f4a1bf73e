"""No Secret with bytes in it lands where git would commit it. Git itself is asked, wherever the folder is.

That covers work trees, submodules, projects inside of projects, and every kind of ignore file. Whatever
template made the Secret, the rule is the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from generator import git
from generator.core import secrets
from generator.core.layout import File
from generator.diagnostics import Diagnostic, DiagnosticError
from generator.git import Git
from generator.project import real, shown
from generator.staging import staging_of

RULE: Final = "/rendered/**/[0-9][0-9]-secret[-.]*.yaml"


class Guard(NamedTuple):
    """The guard of a project's Secrets, which are written below `root`.

    `unversioned` lets them into folders that are in no repository.
    """

    project: Path
    root: Path
    unversioned: bool = False

    def check(self, folder: Path, files: Sequence[File]) -> None:
        """Raises `DiagnosticError` where git would commit a Secret of these files, or could not be asked."""
        secrets = [file for file in files if holds_bytes(file)]
        if not secrets:
            return
        if git.find(real(folder), real(self.project)) is None:
            if self.unversioned:
                return
            raise DiagnosticError([_nowhere(folder, secrets[0])])
        names = [file.name for file in secrets]
        tracked: set[str] = set()
        open_ones: set[str] = set()
        # A killed render may leave a Secret where it was staged.
        for place in (folder, staging_of(self.root, folder)):
            place = real(place)
            if repository := git.find(place, real(self.project)):
                with git.asked(repository) as asked:
                    missing = _not_ignored(asked, place.relative_to(repository.top), names)
                    open_ones |= missing
                    tracked |= _tracked(asked, place.relative_to(repository.top), missing)
        if open_ones:
            raise DiagnosticError(
                _problem(folder, file, file.name in tracked) for file in secrets if file.name in open_ones
            )


def holds_bytes(file: File) -> bool:
    """Whether a file shows a Secret with values in it."""
    kind = file.manifest.identity.kind
    return file.private and any(path and secrets.hides(kind, path) for _, path in file.lines)


def _not_ignored(asked: Git, folder: Path, names: Sequence[str]) -> set[str]:
    """The names in a folder that git would commit."""
    paths = {b"./" + os.fsencode(folder / name): name for name in names}  # `:` would begin a magic pathspec
    ignored = asked.ask("check-ignore", "-z", "--stdin", given=b"\0".join(paths), fine=(0, 1)).split(b"\0")
    return {name for path, name in paths.items() if path not in ignored}


def _tracked(asked: Git, folder: Path, names: set[str]) -> set[str]:
    """The names in a folder that are in git's index."""
    paths = {os.fsencode(folder / name): name for name in names}
    tracked = asked.ask("--literal-pathspecs", "ls-files", "-z", "--", *paths).split(b"\0") if paths else []
    return {name for path, name in paths.items() if path in tracked}


def _nowhere(folder: Path, file: File) -> Diagnostic:
    return Diagnostic(
        "secret/no-repository",
        f"{shown(folder / file.name)} would hold the {file.manifest.identity} with its bytes, and is in no "
        "git repository that could ignore it",
        file.manifest.trace(("kind",)).span,
        help="make sure that nobody else gets the folder, then use --unversioned",
    )


def _problem(folder: Path, file: File, tracked: bool) -> Diagnostic:
    name = shown(folder / file.name)
    span = file.manifest.trace(("kind",)).span
    if tracked:
        return Diagnostic(
            "secret/tracked",
            f"git tracks {name}, which holds the {file.manifest.identity} with its bytes",
            span,
            help=f"git rm --cached {name}, ignore it ({RULE} in .gitignore), and replace what is in it: "
            "the history keeps it",
        )
    return Diagnostic(
        "secret/not-ignored",
        f"{name} would hold the {file.manifest.identity} with its bytes, and git does not ignore it",
        span,
        help=f"add this line to .gitignore: {RULE}",
    )
