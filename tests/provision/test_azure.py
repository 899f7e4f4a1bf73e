"""The real az reads every line that scripts have for it; it stops where it would need a login."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.provision.conftest import ROOT, Provision
from tests.provision.test_script import without_secret
from tests.provision.world import World

pytestmark = pytest.mark.azure
AZ = ROOT / ".cache/azure/bin/az"
LOGIN = "Please run 'az login'"


@pytest.fixture
def az(tmp_path: Path) -> Iterator[list[list[str]]]:
    """Lines for az. In the end each must have got as far as to be asked for a login.

    az writes below the home folder before it asks, so it gets another one.
    """
    lines: list[list[str]] = []
    yield lines
    unique = [list(line) for line in dict.fromkeys(map(tuple, lines))]
    assert unique
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda line: ask(line, tmp_path), unique)
        refused = {
            " ".join(line): said for line, said in zip(unique, answers, strict=True) if LOGIN not in said
        }
    assert refused == {}


def ask(line: list[str], home: Path) -> str:
    """What az says of its arguments."""
    environment = {**os.environ, "HOME": str(home), "AZURE_CONFIG_DIR": str(home / "azure")}
    environment["AZURE_CORE_COLLECT_TELEMETRY"] = "no"
    ran = subprocess.run([AZ, *line], env=environment, capture_output=True, text=True)
    return f"{ran.returncode}: {ran.stderr}"


def test_every_line_of_a_script_is_one_that_az_reads(
    provision: Provision, home: Path, world: World, az: list[list[str]]
) -> None:
    for options in ([], ["--local-build"]):
        assert provision("--env", "azure", "--run", "--yes", *options).returncode == 0
        assert provision("--env", "azure", "--run", "--destroy", typed="gan\n").returncode == 0
    without_secret(home)
    assert provision("--env", "azure", "--run", "--yes").returncode == 0
    az += [call[1:] for call in world.calls if call[0] == "az"]
    assert {line[0] for line in az} == {
        "account",
        "acr",
        "aks",
        "group",
        "provider",
        "resource",
        "role",
        "vm",
    }


def test_what_a_script_advises_is_what_az_reads(
    provision: Provision, world: World, az: list[list[str]]
) -> None:
    az += [
        ["account", "set", "--subscription", "11111111-2222-3333-4444-555555555555"],
        ["provider", "register", "--namespace", "Microsoft.Compute", "--wait"],
        ["vm", "list-skus", "--location", "westeurope", "--output", "table"],
        ["vm", "list-usage", "--location", "westeurope", "--output", "table"],
        ["role", "assignment", "create", "--role", "AcrPull", "--assignee-object-id", "0", "--scope", "/s/1"],
    ]


@pytest.mark.parametrize(
    "line",
    [
        "acr create --name gan --resource-group gan",
        "group create --name gan --place westeurope",
        "acs create",
    ],
)
def test_az_refuses_a_line_that_is_wrong(line: str, tmp_path: Path) -> None:
    said = ask(line.split(), tmp_path)
    assert (said.startswith("2: "), LOGIN in said) == (True, False)
