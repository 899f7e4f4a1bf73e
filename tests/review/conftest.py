"""A project under git: this repository's own, committed once, to be changed at will."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("schema", "templates", "values")


def git(folder: Path, *arguments: str) -> str:
    """What git prints; the user's own configuration has no part in it."""
    identity = ["-c", "user.name=A Reviewer", "-c", "user.email=reviewer@example.com"]
    ran = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return ran.stdout


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: this repository's project, committed as `main`."""
    root = tmp_path / "project"
    for name in SOURCES:
        shutil.copytree(ROOT / name, root / name)
    for name in ("gen.yaml", ".gitignore"):
        shutil.copy(ROOT / name, root)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "project")
    commit(root, "Begin")
    monkeypatch.chdir(root)
    return root
