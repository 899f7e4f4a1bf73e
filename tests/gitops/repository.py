"""A project in a repository that an engine fetches: changed in a work tree, committed and pushed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Repository:
    """A work tree, and the bare repository that it is pushed to."""

    tree: Path
    bare: Path

    @classmethod
    def begin(cls, tree: Path, bare: Path) -> Repository:
        """The first commit of what is in a folder."""
        made = cls(tree, bare)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
        made.git("init", "-q", "-b", "main")
        made.git("config", "user.name", "A Committer")
        made.git("config", "user.email", "committer@example.com")
        made.push("Begin")
        return made

    def git(self, *arguments: str | Path) -> str:
        ran = subprocess.run(
            ["git", *arguments],
            cwd=self.tree,
            check=True,
            capture_output=True,
            text=True,
        )
        return ran.stdout.strip()

    def push(self, message: str) -> str:
        """Commit everything that git does not ignore, and push it; the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.git("push", "-q", self.bare, "main")
        return self.git("rev-parse", "HEAD")
