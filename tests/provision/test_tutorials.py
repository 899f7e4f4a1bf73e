"""The tutorials: every line of them runs, one after another, in a world of programs that remember."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.provision.conftest import ROOT
from tests.provision.world import World

BLOCK = re.compile(r"```console not run here: in a world of the tests\n(.*?)```", re.DOTALL)
TYPED = {"gen provision --env azure --run": "a\n"}  # the rest is asked for the name of the cluster


@pytest.mark.parametrize("page", ["kind", "azure"])
def test_every_line_runs(page: str, home: Path, world: World, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(home / "models/gan/1", folder / "export")
    curl = world.programs / "curl"
    shutil.copy(world.programs / "az", curl)
    text = (ROOT / f"docs/tutorial/{page}.md").read_text()
    lines = [line for block in BLOCK.findall(text) for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)]
    assert len(lines) >= 12
    who = {"GIT_AUTHOR_NAME": "A Reader", "GIT_AUTHOR_EMAIL": "reader@example.com"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    environment = {**world.environment, **who, "PYTHONPATH": os.pathsep.join(sys.path)}
    for line in lines:
        ran = subprocess.run(
            ["bash", "-e", "-c", line],
            cwd=folder,
            env=environment,
            input=TYPED.get(line, "gan\n"),
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
        if line.startswith("cd "):
            folder /= line.removeprefix("cd ")
    said = "\n".join(world.said)
    builds = re.findall(
        r"^(?:docker build --tag gan-serving|az acr build .*--image gan-serving):(\S+)", said, re.M
    )
    assert builds == ["1.0.0", "1.1.0"]
    assert said.count("\ngen verify") + said.count("\ncurl") >= 3
    assert re.search(r"^(kind delete cluster|az group delete) ", said, re.MULTILINE)
