"""What the tests of the registry share: this repository's own project in a repository, and credentials."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PASSWORD = 'Mark3d+pass/w0rd=<&>"\\é'  # what JSON, HTML, URLs and YAML would each write in another way
SERVER = "ganregistry.azurecr.io"

Git = Callable[..., str]


def token(**changes: Any) -> dict[str, Any]:
    """What `az acr token create` prints."""
    made = "2026-01-01T00:00:00.000000+00:00"
    entry = {"creationTime": made, "expiry": None, "name": "password1", "value": PASSWORD}
    group = "/subscriptions/0/resourceGroups/g"
    registry = f"{group}/providers/Microsoft.ContainerRegistry/registries/ganregistry"
    return {
        "creationDate": made,
        "credentials": {"certificates": [], "passwords": [entry | changes], "username": "gan-pull"},
        "id": f"{registry}/tokens/gan-pull",
        "name": "gan-pull",
        "provisioningState": "Succeeded",
        "resourceGroup": "g",
        "scopeMapId": f"{registry}/scopeMaps/gan",
        "status": "enabled",
        "type": "Microsoft.ContainerRegistry/registries/tokens",
    }


def days_from_now(days: int) -> str:
    """A date as az prints it."""
    return (datetime.fromtimestamp(time.time(), UTC) + timedelta(days=days)).isoformat()


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> Git:
    """Run git with nobody's settings; asserts that it succeeds."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("HOME", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    program = shutil.which("git")
    assert program

    def run(folder: Path, *arguments: str) -> str:
        name = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "protocol.file.allow=always"]
        ran = subprocess.run([program, "-C", folder, *name, *arguments], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> Path:
    """This repository's own project with nothing rendered, in a repository of its own; the current folder."""
    root = tmp_path / "serving"
    root.mkdir()
    for folder in ("schema", "templates", "values"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "gen.yaml", root)
    shutil.copy(ROOT / ".gitignore", root)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "sources")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """A file of what `az acr token create` prints."""
    path = tmp_path / "token.json"
    path.write_text(json.dumps(token()))
    return path


def mode(root: Path, text: str) -> None:
    """Give the azure environment another pull secret: YAML below `pullSecret`, on one line."""
    path = root / "values/azure.yaml"
    head, _, rest = path.read_text().partition("  pullSecret:\n")
    rest = rest.partition("\n\n")[2]
    path.write_text(f"{head}  pullSecret: {text}\n\n{rest}")


SECRET = "rendered/azure/20-secret-acr.yaml"
