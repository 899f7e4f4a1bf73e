"""What shells complete `gen explain` with, asked by the protocol that their completion scripts use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Gen, write

CONFIG = "25-configmap-gan.yaml"
RULE = "few:\n  message: m\n  assert: name\n  at: name\n  help: h\n"
SCRIPT = """
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_gen_completion gen
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def environment(project: Path, gen: Gen, tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that has `gen`, in a rendered project."""
    write(project, {"schema/rules.yaml": RULE})
    gen("render", "--all")
    program = tmp_path / "bin/gen"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom generator.__main__ import main\nmain()\n")
    program.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(root)}


def fish(environment: dict[str, str], line: str) -> list[str]:
    """What fish is told; zsh asks the same way."""
    asked = {"_GEN_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    ran = subprocess.run(
        ["gen"],
        env={**environment, **asked, "_TYPER_COMPLETE_ARGS": line},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    return ran.stdout.split()


def bash(environment: dict[str, str], *words: str) -> list[str]:
    """What bash is left with after its own completion function has run; a colon is a word there."""
    source = subprocess.run(
        ["gen"],
        env={**environment, "_GEN_COMPLETE": "source_bash"},
        capture_output=True,
        text=True,
        check=True,
    )
    script = Path(environment["PATH"].split(":")[0]) / "completion.bash"
    script.write_text(source.stdout)
    ran = subprocess.run(
        ["bash", "-c", SCRIPT, "bash", script, *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


@pytest.mark.parametrize(
    ("begun", "found"),
    [
        ("check/abs", ["check/absent", "check/absent-key"]),
        ("rule/", ["rule/few"]),
        ("data.", ["data.mode"]),
        ("environment.n", ["environment.name"]),
        ("configmap/g", ["configmap/gan", "configmap/gan:apiVersion"]),
        ("configmap/gan:data.", ["configmap/gan:data.mode"]),
        ("rendered/prod/", [f"rendered/prod/{CONFIG}"]),
        ("values/d", ["values/dev.yaml"]),
        ("values/dev.yaml:", ["values/dev.yaml:1", "values/dev.yaml:2"]),
        ("nothing-like-this", []),
    ],
)
def test_what_is_completed(environment: dict[str, str], begun: str, found: list[str]) -> None:
    completed = sorted(fish(environment, f"gen explain {begun}"))
    assert completed[: len(found)] == found
    assert all(name.startswith(begun) for name in completed)


def test_bash_takes_a_colon_for_a_word(environment: dict[str, str]) -> None:
    assert bash(environment, "gen", "explain", "configmap/gan", ":", "data") == ["data", "data.mode"]
    assert bash(environment, "gen", "explain", "values/dev.yaml", ":", "1") == ["1"]
    assert bash(environment, "gen", "explain", "data.m") == ["data.mode"]


def test_a_broken_project_completes_what_needs_no_rendering(
    project: Path, environment: dict[str, str]
) -> None:
    write(project, {"templates/configmap.yaml.j2": "{% if %}"})
    assert fish(environment, "gen explain values/d") == ["values/dev.yaml"]
    assert fish(environment, "gen explain data.") == []
