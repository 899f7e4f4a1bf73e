"""Pod Security against the test data of its own project, which a real API server was asked about.

The data lie in the Go module `k8s.io/pod-security-admission`: for every level and minor version, pods that
must be admitted and pods that must be refused, each named after the control that refuses it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from generator.core.checks import podsecurity
from generator.core.checks.podsecurity.control import Level, Subject
from generator.core.checks.podsecurity.policy import Standard

MODULE = "k8s.io/pod-security-admission"
LEVELS = [Level.BASELINE, Level.RESTRICTED]
# Each sort of file at least this often in every level of every version: nothing is found in an empty folder.
FEWEST = 8


@pytest.fixture(scope="module")
def data() -> Path:
    """The folder of the test data, from the Go module cache."""
    said = "there is no Go command"
    if shutil.which("go"):
        command = ["go", "list", "-m", "-f", "{{.Dir}}", MODULE]
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True)
        if folder := done.stdout.strip():
            return Path(folder) / "test" / "testdata"
        said = done.stderr or "it was not downloaded"
    leave_out: Callable[[str], NoReturn] = (
        pytest.fail if os.environ.get("GEN_REQUIRE_CLUSTER") else pytest.skip
    )
    return leave_out(f"the Go module cache does not hold {MODULE}: {said}")


def refused(pod: dict[str, Any], level: Level, minor: int, server: int) -> set[str]:
    """The controls that refuse a pod."""
    subject = Subject(pod["metadata"].get("annotations") or {}, pod["spec"])
    found = podsecurity.violations(subject, Standard(level, minor), server)
    return {control.id.lower() for control, _ in found}


def pods(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pods of a folder, with the control that their file is named after."""
    files = sorted(folder.glob("*.yaml"))
    assert len(files) >= FEWEST, folder
    for file in files:
        yield re.sub(r"\d+\.yaml", "", file.name), yaml.safe_load(file.read_text(encoding="utf-8"))


def minors(data: Path) -> list[int]:
    """Every minor version that there are data for."""
    return sorted(int(folder.name.removeprefix("v1.")) for folder in (data / "baseline").glob("v1.*"))


@pytest.mark.parametrize("level", LEVELS)
def test_what_must_be_admitted_is_admitted(data: Path, level: Level) -> None:
    asked = minors(data)
    assert len(asked) > 35
    for minor in asked:
        for name, pod in pods(data / level / f"v1.{minor}" / "pass"):
            assert refused(pod, level, minor, asked[-1]) == set(), (minor, name, pod)


@pytest.mark.parametrize("level", LEVELS)
def test_what_must_be_refused_is_refused_by_the_control_it_was_made_for(data: Path, level: Level) -> None:
    for minor in minors(data):
        replaced = {
            control.replaces.lower(): control.id.lower() for control in podsecurity.controls(level, minor)
        }
        for name, pod in pods(data / level / f"v1.{minor}" / "fail"):
            assert replaced.get(name, name) in refused(pod, level, minor, minor), (minor, name, pod)
