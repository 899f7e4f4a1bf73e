"""The real kind, docker and kubectl read the lines of the scripts, as far as they go without a cluster."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.provision.conftest import Provision
from tests.provision.world import World

WRONG = re.compile(r"unknown (shorthand )?(flag|command)|requires|accepts|Usage:|See '", re.IGNORECASE)


@pytest.fixture
def lines(provision: Provision, world: World) -> list[list[str]]:
    """Every line of every script."""
    for options in ([], ["--local-build"]):
        assert provision("--env", "azure", "--run", "--yes", *options).returncode == 0
    assert provision("--env", "azure", "--run", "--destroy", typed="gan\n").returncode == 0
    assert provision("--env", "kind", "--run", "--yes").returncode == 0
    assert provision("--env", "kind", "--run", "--destroy", typed="gan\n").returncode == 0
    return [list(line) for line in dict.fromkeys(map(tuple, world.calls))]


def said(program: str | Path, arguments: list[str], home: Path) -> str:
    """What a program says where no docker daemon and no cluster answers."""
    environment = {**os.environ, "DOCKER_HOST": f"unix://{home}/none", "KUBECONFIG": str(home / "none")}
    environment["HOME"] = str(home)
    ran = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
    return ran.stderr + ran.stdout


def refused(program: str | Path, lines: list[list[str]], home: Path) -> Iterator[str]:
    name = Path(program).name
    mine = [line for line in lines if line[0] == name]
    assert mine
    for line in [*mine, [name, mine[0][1], "--not-an-option"]]:
        if WRONG.search(told := said(program, line[1:], home)):
            yield f"{' '.join(line)}: {told}"


@pytest.mark.go
def test_kind_reads_its_lines(lines: list[list[str]], program: Callable[[str], Path], tmp_path: Path) -> None:
    [wrong] = refused(program("kind"), lines, tmp_path)
    assert "--not-an-option: " in wrong


@pytest.mark.go
def test_kubectl_reads_its_lines(
    lines: list[list[str]], program: Callable[[str], Path], tmp_path: Path
) -> None:
    [wrong] = refused(program("kubectl"), lines, tmp_path)
    assert "--not-an-option: " in wrong


@pytest.mark.go
def test_docker_reads_its_lines(lines: list[list[str]], tmp_path: Path) -> None:
    """Docker is no Go module; `.ci/run` installs Debian's client where there is none."""
    program = shutil.which("docker")
    assert program, "the docker client is not installed"
    [wrong] = refused(program, lines, tmp_path)
    assert "--not-an-option: " in wrong
