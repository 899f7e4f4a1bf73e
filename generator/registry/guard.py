"""No Secret with bytes in it lands where git would commit it. Git itself is asked, wherever the folder is.

That covers work trees, submodules, projects inside of projects, and every kind of ignore file. Whatever
template made the Secret, the rule is the same.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from generator.core.layout import File
from generator.diagnostics import Diagnostic, DiagnosticError, unknown
from generator.project import real, shown
from generator.registry import PREFIX
from generator.staging import ways

RULE: Final = "/rendered/**/[0-9][0-9]-secret[-.]*.yaml"

# A hook of git sets these for its own repository, which need not be the one that the files are in.
_OF_A_HOOK: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


class Guard(NamedTuple):
    """The guard; `unversioned` lets Secrets into folders that are in no repository."""

    unversioned: bool = False

    def check(self, folder: Path, files: Sequence[File]) -> None:
        """Raises `DiagnosticError` where git would commit a Secret of these files, or could not be asked."""
        secrets = [file for file in files if holds_bytes(file)]
        if not secrets:
            return
        target = real(folder)
        place = _existing(target)
        if not _in_repository(place):
            if self.unversioned:
                return
            raise DiagnosticError([_nowhere(folder, secrets[0])])
        inside = [way.relative_to(place) for way in ways(target)]
        asked = {file.name: [str(way / file.name) for way in inside] for file in secrets}
        ignored = _ignored(place, [path for paths in asked.values() for path in paths])
        open_ones = [file for file in secrets if not ignored.issuperset(asked[file.name])]
        if open_ones:
            tracked = _tracked(place, [asked[file.name][0] for file in open_ones])
            raise DiagnosticError(
                _problem(folder, file, asked[file.name][0] in tracked) for file in open_ones
            )


def holds_bytes(file: File) -> bool:
    """Whether a file shows a Secret with values in it."""
    shown_fields = {path[0] for _, path in file.lines if path and len(path) > 1}
    return file.private and bool(shown_fields & {"data", "stringData"})


def _in_repository(folder: Path) -> bool:
    asked = _git(folder, "rev-parse", "--is-inside-work-tree")
    if asked is None or (asked.returncode and "not a git repository" in asked.stderr):
        if any((parent / ".git").exists() for parent in (folder, *folder.parents)):
            raise unknown("secret/git", f"cannot ask git whether it ignores files in {shown(folder)}", _HELP)
        return False
    _must(folder, asked, (0,))
    return asked.stdout.strip() == "true"


def _ignored(folder: Path, paths: list[str]) -> set[str]:
    asked = _git(folder, "check-ignore", "-z", "--stdin", given="\0".join(paths))
    return set(_must(folder, asked, (0, 1)).stdout.split("\0"))


def _tracked(folder: Path, paths: list[str]) -> set[str]:
    asked = _git(folder, "--literal-pathspecs", "ls-files", "-z", "--", *paths)
    return set(_must(folder, asked, (0,)).stdout.split("\0"))


def _git(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str] | None:
    """What git answers in a folder; None where there is no git."""
    environment = {n: v for n, v in os.environ.items() if n not in _OF_A_HOOK and not n.startswith(PREFIX)}
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(  # noqa: S603 - the arguments are ours, and no shell reads them
            command, input=given, capture_output=True, text=True, env={**environment, "LC_ALL": "C"}
        )
    except FileNotFoundError:
        return None


_HELP: Final = "see that `git status` works in that folder"


def _must(
    folder: Path, asked: subprocess.CompletedProcess[str] | None, fine: tuple[int, ...]
) -> subprocess.CompletedProcess[str]:
    if asked is None or asked.returncode not in fine:
        message = f"cannot ask git whether it ignores files in {shown(folder)}"
        raise unknown("secret/git", message, _HELP, found=asked.stderr.strip() if asked else "")
    return asked


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _nowhere(folder: Path, file: File) -> Diagnostic:
    return Diagnostic(
        "secret/no-repository",
        f"{shown(folder / file.name)} would hold the {file.manifest.identity} with its bytes, and is in no "
        "git repository that could ignore it",
        file.manifest.trace(("kind",)).span,
        help="see that nobody else gets the folder, then say so with --unversioned",
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
