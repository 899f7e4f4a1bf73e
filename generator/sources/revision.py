"""The sources of a project as a revision in git holds them, read without a work tree.

Everything below a folder is read at once, by one `git ls-tree` and one `git cat-file --batch`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from generator import git
from generator.core import bounds
from generator.core.tree import decode, is_hidden, too_large, unreadable
from generator.diagnostics import Source, usage
from generator.git import Git, Repository

_LINK: Final = b"120000"
_LINKS: Final = 20  # one after the other
_DEFAULTS: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class _Blob(NamedTuple):
    """A file of the revision: whether it is a link, and its content; None where that is beyond the bound."""

    link: bool
    content: bytes | None


class Revision:
    """The tree of a project in a revision such as `main` or `v1.2`, which the repository of its folder has.

    Raises `DiagnosticError`: usage where there is no such revision or no repository, exit 3 where git fails.
    """

    def __init__(self, root: Path, revision: str) -> None:
        self.home = f"{revision}:"
        top = Path(os.path.realpath(root))
        self._repository = _repository(top, root)
        self._prefix = os.path.relpath(top, self._repository.top).replace(os.sep, "/")
        self._folders: dict[str, dict[str, _Blob]] = {}
        self.commit = "" if revision.startswith("-") else self._commit(revision)
        if not self.commit:
            raise usage(
                "git/no-revision", f"there is no revision `{revision}`", "git log lists the revisions"
            )

    def names(self, folder: str) -> list[str]:
        below = (name for name in self._blobs(folder) if name.startswith(f"{folder}/"))
        return sorted(name for name in below if not is_hidden(name))

    def holds(self, name: str) -> bool:
        return name in self._blobs(name)

    def read(self, name: str) -> Source:
        blobs = self._blobs(name)
        at = name
        for _ in range(_LINKS):
            blob = blobs.get(at)
            if blob is None:
                reason = "there is no such file" if at == name else "the link leads outside of its folder"
                raise unreadable(name, reason, self.home)
            if blob.content is None:
                raise too_large(name, self.home)
            if not blob.link:
                return decode(name, blob.content, self.home)
            to = blob.content.decode(errors="replace")
            at = posixpath.normpath(posixpath.join(posixpath.dirname(at), to))
        raise unreadable(name, "too many levels of links", self.home)

    def _commit(self, revision: str) -> str:
        with git.asked(self._repository) as asked:
            name = f"{revision}^{{commit}}"
            return asked.ask("rev-parse", "--verify", "--quiet", name, fine=(0, 1)).decode().strip()

    def _blobs(self, name: str) -> dict[str, _Blob]:
        """Every file of the top folder that a name is in, or the file of that name at the top."""
        top = name.partition("/")[0]
        if top not in self._folders:
            with git.asked(self._repository) as asked:
                self._folders[top] = dict(self._read(asked, top))
        return self._folders[top]

    def _read(self, asked: Git, top: str) -> Iterator[tuple[str, _Blob]]:
        prefix = "" if self._prefix == "." else f"{self._prefix}/"
        listed = asked.ask("ls-tree", "-r", "-l", "-z", "--full-tree", self.commit, "--", f"{prefix}{top}")
        entries = [_entry(line) for line in listed.split(b"\0")[:-1]]
        files = [entry for entry in entries if entry.kind == b"blob"]
        if len(files) > bounds.FILES or sum(entry.size for entry in files) > bounds.TREE:
            raise unreadable(
                f"{top}/", f"more than {bounds.TREE >> 20} MiB or {bounds.FILES:,} files", self.home
            )
        small = [entry for entry in files if entry.size <= bounds.TEXT]
        said = asked.ask("cat-file", "--batch", given=b"".join(entry.id + b"\n" for entry in small))
        contents = dict(zip(small, _contents(said), strict=True))
        for entry in files:
            yield entry.name.removeprefix(prefix), _Blob(entry.mode == _LINK, contents.get(entry))


def merge_base(root: Path) -> str:
    """Where the current branch left the default branch, as the hash of a commit.

    Raises `DiagnosticError` (usage) where no default branch is known, or none of its history is shared: a
    shallow clone may lack it.
    """
    found = _repository(Path(os.path.realpath(root)), root)
    with git.asked(found) as asked:
        for branch in _DEFAULTS:
            if asked.ask("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}", fine=(0, 1)):
                base = asked.ask("merge-base", "HEAD", branch, fine=(0, 1)).decode().strip()
                if base:
                    return base
                help = (
                    "fetch more of the history (git fetch --unshallow), or name a revision: gen review BASE"
                )
                raise usage("git/no-base", f"the current branch and {branch} share no known commit", help)
    raise usage("git/no-base", "there is no default branch to compare with", "name one: gen review BASE")


def _repository(top: Path, root: Path) -> Repository:
    found = git.find(top)
    if found is None:
        raise usage("git/no-repository", f"{root} is not in a git repository")
    return found


class _Entry(NamedTuple):
    """A line of `git ls-tree -l`: `<mode> <type> <object> <size>\\t<name>`."""

    mode: bytes
    kind: bytes
    id: bytes
    size: int
    name: str


def _entry(line: bytes) -> _Entry:
    head, _, name = line.partition(b"\t")
    mode, kind, id_, size = head.split()
    return _Entry(mode, kind, id_, int(size) if size.isdigit() else 0, os.fsdecode(name))


def _contents(batch: bytes) -> Iterator[bytes]:
    """The contents in the output of `git cat-file --batch`: `<object> <type> <size>\\n<content>\\n` each."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        words = batch[at:end].split()
        if len(words) != 3:
            raise git.cannot_ask(Path(), batch[at:end].decode(errors="replace"))
        start, size = end + 1, int(words[2])
        yield batch[start : start + size]
        at = start + size + 1
