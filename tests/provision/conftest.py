"""A project with a model, and a world in which its scripts run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.provision.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of this repository with a whole model in it, and the current folder."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("schema", "templates", "values"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("gen.yaml", "Dockerfile", ".gitignore"):
        shutil.copy(ROOT / name, root)
    version = root / "models/gan/1"
    (version / "variables").mkdir(parents=True)
    (version / "saved_model.pb").write_bytes(b"a graph")
    (version / "variables/variables.index").write_bytes(b"names")
    (version / "variables/variables.data-00000-of-00001").write_bytes(b"weights")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    monkeypatch.chdir(root)
    return root


Provision = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def provision(home: Path, world: World) -> Provision:
    """`gen provision`, as a process in the world."""

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "generator", "provision", *arguments],
            env={**world.environment, "PYTHONPATH": os.pathsep.join(sys.path)},
            input=typed,
            capture_output=True,
            text=True,
        )

    return run
