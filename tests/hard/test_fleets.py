"""Large fleets: several processes write what one would, shards make up the whole, memory stays flat."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from generator.commands import fleet
from generator.diagnostics import DiagnosticError
from tests.hard.projects import command, gen, make, tree

SIZE = 230  # more than enough for a second process


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fleet of one ConfigMap each."""
    values = {f"e{n:03}": f'name: e{n:03}\ndata: {{ number: "{n}" }}\n' for n in range(SIZE)}
    return make(tmp_path / "project", values)


def test_a_fleet_renders_to_what_its_environments_render_to(project: Path, tmp_path: Path) -> None:
    assert gen(project, "render", "--all").returncode == 0
    made = tree(project / "rendered")
    assert len(made) == SIZE
    for name in ("e000", "e117", f"e{SIZE - 1}"):
        out = tmp_path / name
        assert gen(project, "render", "--env", name, "--output", str(out)).returncode == 0
        assert tree(out) == {path[5:]: content for path, content in made.items() if path.startswith(name)}
    assert gen(project, "check", "--all").returncode == 0


def test_drift_anywhere_in_a_fleet_is_found_and_told_in_order(project: Path) -> None:
    assert gen(project, "render", "--all").returncode == 0
    changed = [f"e{n:03}" for n in (3, 117, SIZE - 1)]
    for name in changed:
        path = project / "rendered" / name / f"25-configmap-{name}.yaml"
        path.write_text(path.read_text().replace("number", "figure"))
    ran = gen(project, "check", "--all")
    assert ran.returncode == 1
    assert re.findall(r"^\S*/(e[0-9]{3})/25-configmap\S*$", ran.stdout, re.MULTILINE) == changed
    assert re.findall(r"error\[drift/changed\]: \S*/(e[0-9]{3})/", ran.stderr) == changed
    plain = json.loads(gen(project, "check", "--all", "--format", "json").stdout)
    assert [Path(drift["path"]).parent.name for drift in plain["drift"]] == changed


def test_shards_make_up_the_whole(project: Path) -> None:
    assert gen(project, "render", "--all").returncode == 0
    whole = tree(project / "rendered")
    shutil.rmtree(project / "rendered")
    for number in range(1, 4):
        ran = gen(project, "render", "--all", "--shard", f"{number}/3")
        assert ran.returncode == 0, ran.stderr
    assert tree(project / "rendered") == whole
    assert gen(project, "check", "--all", "--shard", "2/3").returncode == 0


def test_one_wrong_environment_keeps_a_fleet_from_being_written(project: Path) -> None:
    (project / "values" / "e200.yaml").write_text("name: e200\ndata: { number: 5 }\n")
    ran = gen(project, "render", "--all")
    assert ran.returncode == 1
    assert "e200" in ran.stderr
    assert tree(project / "rendered") == {}


@pytest.mark.parametrize("share", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3", "1/3/5", ""])
def test_what_is_no_shard_is_refused(share: str) -> None:
    with pytest.raises(DiagnosticError) as refused:
        fleet.shard([1, 2, 3], share)
    assert refused.value.diagnostics[0].rule == "usage/shard"


def test_a_shard_is_a_share_of_all(project: Path) -> None:
    ran = gen(project, "render", "--env", "e001", "--shard", "1/2")
    assert ran.returncode == 2
    assert "error[usage/shard]" in ran.stderr


def test_results_come_in_the_order_of_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)

    def slow_at_first(share: Sequence[int]) -> tuple[list[int], int]:
        time.sleep(0.05 if share[0] < 50 else 0)
        return list(share), os.getpid()

    made = list(fleet.spread(slow_at_first, range(400)))
    assert [n for share, _ in made for n in share] == list(range(400))
    assert len({process for _, process in made}) == 3
    assert os.getpid() not in {process for _, process in made}


def test_what_a_process_raises_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def refuse(share: Sequence[int]) -> None:
        fleet.shard(share, "nonsense")

    with pytest.raises(DiagnosticError, match="`nonsense` is not a share"):
        list(fleet.spread(refuse, range(400)))


def test_a_process_that_is_ended_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def end(share: Sequence[int]) -> None:
        if 300 in share:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(DiagnosticError, match="process was killed"):
        list(fleet.spread(end, range(400)))


def test_a_terminal_is_told_how_far_a_fleet_is(project: Path) -> None:
    """On a real terminal, with the two seconds of patience taken away."""
    program = (
        "import os, sys\nfrom generator.__main__ import main\nfrom generator.report import progress\n"
        "os.cpu_count = lambda: 2\nprogress._QUIET = 0\n"
        f"sys.argv[1:] = {command(project, 'render', '--all')[3:]}\nmain()"
    )
    ours, theirs = pty.openpty()
    line = [sys.executable, "-c", program]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        assert process.stdout is not None
        result = process.stdout.read()
    told = b""
    with suppress(OSError):  # the other side is closed
        while part := os.read(ours, 4096):
            told += part
    os.close(ours)
    assert "230 environments: 230 created" in result
    shown = [int(n) for n in re.findall(rb"\r([0-9]+) of 230 environments", told)]
    assert shown == sorted(shown)
    assert shown[-1] == SIZE
    assert told.endswith(b"\r\033[K"), "the line is gone at the end"


def test_memory_does_not_grow_with_the_fleet(project: Path, tmp_path: Path) -> None:
    small = make(tmp_path / "small", {"a": 'name: a\ndata: { k: "1" }\n'})
    assert peak(project) < peak(small) + 12_000_000


def peak(root: Path) -> int:
    """The most memory in bytes that any process of a render held."""
    process = subprocess.Popen(command(root, "render", "--all"), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024
