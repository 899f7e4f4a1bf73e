"""`gen list`, and what every command shares."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import __version__
from generator.cli import COMMANDS
from generator.diagnostics import Exit
from tests.conftest import Gen, write


def test_environments(project: Path, gen: Gen) -> None:
    write(project, {"values/fraud/azure.yaml": "", "values/fraud/base.yaml": "", "values/_shared.yaml": ""})
    assert gen("list").out.split() == ["dev", "fraud/azure", "prod"]
    ran = gen("list", "--format", "json")
    assert json.loads(ran.out)["environments"] == ["dev", "fraud/azure", "prod"]
    assert ran.out.count("\n") == 1, "a CI system reads one line"


def test_version(gen: Gen) -> None:
    assert gen("--version").out == f"gen {__version__}\n"


def test_every_command_has_help(gen: Gen) -> None:
    listed = gen("--help").out
    for command, summary in COMMANDS.items():
        ran = gen(command, "--help")
        assert ran.status == 0
        assert f"Usage: gen {command}" in ran.out.replace("root", "gen")
        assert command in listed
        assert summary.split(".")[0].split()[0] in listed


@pytest.mark.parametrize("arguments", [[], *([command] for command in COMMANDS)], ids=" ".join)
def test_every_help_ends_with_the_exit_codes(gen: Gen, arguments: list[str]) -> None:
    lines = gen(*arguments, "--help").out.rstrip().splitlines()[-5:]
    assert lines[0].strip() == "Exit codes:"
    assert [line.split()[0] for line in lines[1:]] == ["0", "1", "2", "3"]
    assert {int(code) for code in Exit} == {0, 1, 2, 3}


def test_the_shell_completes_commands_and_environments(project: Path, gen: Gen) -> None:
    def completed(line: str) -> list[str]:
        shell = {"_GEN_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        command = [str(Path(sys.executable).parent / "gen")]
        ran = subprocess.run(command, env={**os.environ, **shell}, capture_output=True, text=True, check=True)
        return ran.stdout.split()

    assert "render" in completed("gen re")
    assert completed("gen render --env ") == ["dev", "prod"]
    assert completed("gen render --env p") == ["prod"]


def test_help_is_a_command(gen: Gen) -> None:
    assert gen("help").out == gen("--help").out
    assert gen("help", "render").out == gen("render", "--help").out
    ran = gen("help", "rendr")
    assert (ran.status, "did you mean `render`" in ran.err) == (2, True)
