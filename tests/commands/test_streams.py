"""Standard streams that are full, closed, or read by nobody: said where it can be, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("list", "render --all", "check --all --format json", "--help", "schema")


def gen(project: Path, streams: str, arguments: str, **extra: str) -> tuple[int, str]:
    """`gen` in a shell that redirects its streams: the exit status, and what is left on standard error."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    line = f"'{sys.executable}' -m generator {arguments} {streams}"
    ran = subprocess.run(
        ["bash", "-c", line], cwd=project, env=environment | extra, capture_output=True, text=True
    )
    return ran.returncode, ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_full_disk_under_standard_output_is_said(project: Path, arguments: str, unbuffered: str) -> None:
    status, told = gen(project, "> /dev/full", arguments, PYTHONUNBUFFERED=unbuffered)
    assert status == 3
    assert told.count("error[output/stream]: cannot write to a standard stream: No space left") == 1
    assert "Traceback" not in told


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", "2> /dev/null >&2"])
@pytest.mark.parametrize("arguments", COMMANDS)
def test_closed_streams_take_nothing_and_change_nothing(project: Path, arguments: str, streams: str) -> None:
    if arguments.startswith("check"):
        gen(project, "", "render --all")
    assert gen(project, streams, arguments) == (0, "")
    if arguments.startswith("render"):
        assert gen(project, "", "check --all") == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("more", ["", "--format json", "--format concise"])
def test_any_text_can_be_said_in_any_locale(project: Path, encoding: str, more: str) -> None:
    (project / "values/dev.yaml").write_text('data: "größe €"\n', encoding="utf-8")
    gen(project, "", "render --env prod")
    rendered = project / "rendered/prod/25-configmap-gan.yaml"
    rendered.write_text(rendered.read_text() + "# ü€😀\n", encoding="utf-8")
    shell = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    line = [sys.executable, "-m", "generator", "check", "--all", *more.split()]
    ran = subprocess.run(line, cwd=project, env=os.environ | shell, capture_output=True)
    assert (ran.returncode, b"internal/bug" in ran.stderr, b"Traceback" in ran.stderr) == (1, False, False)
    if "json" in more:
        told = json.loads(ran.stdout.decode(encoding))
        assert "größe €" in json.dumps(told["diagnostics"], ensure_ascii=False)
        assert "ü€😀" in json.dumps(told["drift"], ensure_ascii=False)


def test_a_file_whose_name_is_no_text_can_be_told(project: Path) -> None:
    name = os.fsencode(project / "templates") + b"/\xff.yaml.j2"
    Path(os.fsdecode(name)).write_text("kind: {{ nothing }}\n")
    for more in ("", " --format json"):
        status, told = gen(project, "", f"check --all{more}")
        assert (status, "internal/bug" in told, "Traceback" in told) == (1, False, False)


def test_problems_that_nobody_can_read_still_count(project: Path) -> None:
    (project / "values/dev.yaml").write_text("nonsense: 1\n")
    assert gen(project, "2>&-", "check --all")[0] == 1


@pytest.mark.parametrize("arguments", ["list", "render --all"])
def test_a_reader_that_has_seen_enough_is_no_mistake(project: Path, arguments: str) -> None:
    status, told = gen(project, "| true; exit ${PIPESTATUS[0]}", arguments)
    assert (status, told) == (0, "")
