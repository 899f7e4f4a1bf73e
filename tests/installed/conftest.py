"""gen as people install it: the wheel that `python -m build` makes, by pip, in environments of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Ran = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Distributions:
    """What a release uploads, and the wheel that the same sources give without the sdist in between."""

    sdist: Path
    wheel: Path
    wheel_of_the_tree: Path


@dataclass(frozen=True)
class Installed:
    """A virtual environment that holds gen and what pip brought with it."""

    venv: Path

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        [folder] = self.venv.glob("lib/python3.*/site-packages")
        return folder

    def __call__(self, program: str, *arguments: object, cwd: Path, **environment: str) -> Ran:
        """Run a program of it in a folder, with nothing of this process's environment."""
        return subprocess.run(
            [self.venv / "bin" / program, *map(str, arguments)],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "HOME": str(self.venv), **environment},
            capture_output=True,
            text=True,
        )

    def must(self, *arguments: object, cwd: Path) -> str:
        """What gen prints when it succeeds."""
        ran = self("gen", *arguments, cwd=cwd)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


Install = Callable[..., Installed]


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """The sdist, the wheel made from it, and the wheel made from the work tree."""
    released, tree = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("tree")
    build = [sys.executable, "-m", "build", "--no-isolation", str(ROOT), "--outdir"]
    subprocess.run([*build, str(released)], check=True, capture_output=True)
    subprocess.run([*build, str(tree), "--wheel"], check=True, capture_output=True)
    [sdist], [wheel], [other] = released.glob("*.tar.gz"), released.glob("*.whl"), tree.glob("*.whl")
    return Distributions(sdist, wheel, other)


@pytest.fixture(scope="session")
def install(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Install the wheel with `extra`, for an interpreter, with the packages that `constraints` names."""

    @cache
    def installed(python: str = sys.executable, extra: str = "", constraints: str = "") -> Installed:
        venv = tmp_path_factory.mktemp("venv")
        subprocess.run([python, "-m", "venv", str(venv)], check=True)
        (venv / "constraints.txt").write_text(constraints)
        what = f"{distributions.wheel}[{extra}]" if extra else str(distributions.wheel)
        pip = [str(venv / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--constraint", str(venv / "constraints.txt"), what], check=True)
        return Installed(venv)

    return installed
