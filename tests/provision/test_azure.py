"""The real az reads every line that scripts have for it; it stops where it would need a login."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.provision.conftest import ROOT, Provision
from tests.provision.test_script import without_secret
from tests.provision.world import World

pytestmark = pytest.mark.azure
AZURE = ROOT / ".cache/azure"
LOGIN = "Please run 'az login'"


def answers(lines: list[list[str]], home: Path) -> list[str]:
    """What az says of lines, as `STATUS: WORDS`. It writes below the home folder, so it gets another one."""
    environment = {**os.environ, "HOME": str(home), "AZURE_CONFIG_DIR": str(home / "azure")}
    environment["HTTPS_PROXY"] = "http://127.0.0.1:9"  # some lines ask the registry without a login
    ran = subprocess.run(
        [AZURE / "bin/python", Path(__file__).with_name("azure") / "read.py"],
        env={**environment, "AZURE_CORE_COLLECT_TELEMETRY": "no"},
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(ran.stdout))


def refused(lines: list[list[str]], home: Path) -> dict[str, str]:
    """The lines that do not get as far as to be asked for a login, with what az says of them.

    Where no docker daemon answers, `az acr login` gets as far as that, and `az account set` looks for the
    subscription among those of former logins.
    """
    further = {"acr login": "DOCKER_COMMAND", "account set": "doesn't exist in cloud"}
    said = zip(map(" ".join, lines), answers(lines, home), strict=True)
    return {
        line: words
        for line, words in said
        if LOGIN not in words and further.get(" ".join(line.split()[:2]), LOGIN) not in words
    }


def test_every_line_of_a_script_is_one_that_az_reads(
    provision: Provision, home: Path, world: World, tmp_path: Path
) -> None:
    for options in ([], ["--local-build"]):
        assert provision("--env", "azure", "--run", "--yes", *options).returncode == 0
        assert provision("--env", "azure", "--run", "--destroy", typed="gan\n").returncode == 0
    without_secret(home)
    assert provision("--env", "azure", "--run", "--yes").returncode == 0
    lines = [list(line) for line in dict.fromkeys(tuple(call[1:]) for call in world.calls if call[0] == "az")]
    groups = {line[0] for line in lines}
    assert groups == {"account", "acr", "aks", "group", "provider", "resource", "role", "vm"}
    assert refused(lines, tmp_path) == {}


def test_what_a_script_advises_is_what_az_reads(provision: Provision, tmp_path: Path) -> None:
    """Every command of az that stands in a help, its variables filled in."""
    text = "".join(path.read_text() for path in (ROOT / "generator/provision").glob("*.sh"))
    advised = re.findall(r"""["'](az (?!is |works )[a-z][^"']+)["']""", text.replace("\\\n", " "))
    lines = [re.sub(r"\$[A-Za-z]+", "value", line).split()[1:] for line in advised]
    lines = [line for line in lines if line not in (["login"], ["aks", "install-cli"])]  # these would begin
    assert len(lines) >= 5
    assert refused(lines, tmp_path) == {}


def test_az_refuses_a_line_that_is_wrong(tmp_path: Path) -> None:
    wrong = [
        "acr create --name ganregistry --resource-group g",
        "group create --name g --place x",
        "acs create",
    ]
    said = answers([line.split() for line in wrong], tmp_path)
    assert [words.partition(":")[0] for words in said] == ["2", "2", "2"]
    assert [words for words in said if LOGIN in words] == []
