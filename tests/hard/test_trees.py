"""Every hostile tree through every command: nothing outside is read, written, started or reached.

See tests/hard/trees/tree.py for how to add one. `make test` runs a sample, `make test-all` all of them and
under `strace` where there is one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.budget import FULL
from tests.hard import traced, watched
from tests.hard.trees import TREES
from tests.hard.trees.tree import CANARY, Tree
from tests.report.test_line import is_safe
from tests.rights import renounce

ROOT = Path(__file__).parents[2]
PARTS = 8  # processes one after the other; a fault of one is reported with the trees of its part
SAMPLE = TREES[:: len(TREES) // 40]
ALL = os.environ.get("GEN_TREES") == "all"  # minutes for each part; else a sample
CHOSEN = TREES if ALL else SAMPLE

# What the program itself is made of, and what git and the C library look at wherever they run.
_ITS_OWN = tuple(
    os.path.realpath(path)
    for path in (
        ROOT / "generator", ROOT / "tests", sys.prefix, sys.base_prefix, sysconfig.get_paths()["stdlib"],
        "/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime",
        "/etc/gitconfig", "/etc/mime.types", "/dev/null", "/dev/urandom", "/proc/self/maps", "/proc/meminfo",
        "/proc/cpuinfo", "/proc/filesystems", "/sys/devices/system/cpu",
    )
)  # fmt: skip
_LINES_OUT = re.compile(
    r"\{.*\}|\d+ environments? clean|\S.*: .*|  [-+~ ].*|Apply with:|up to date|\S.* written|[@+\- ].*|"
    r"\S+:?|\{\{ 7 \* 7 \}\}/dev|##\w+\\x5b.*|.*:\d+|rendered/.*|.* ignored.*|Nothing .*|selected.*|"
)
_LINES_ERR = re.compile(r"(error|warning)\[[a-z-]+/[A-Za-z0-9_-]+\]: .*|  .*||.*: (error|warning)\[.*")


def lay_out(place: Path, tree: Tree) -> Path:
    """The tree as a clone, in a folder with what it must not get at."""
    project, outside = place / "project", place / "outside"
    for name in (
        "values.yaml",
        "precious.txt",
        "values/dev.yaml",
        "templates/configmap.yaml.j2",
        "schema/values.schema.json",
        "ignore",
    ):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text(f"{CANARY}: {CANARY}\n")
    (outside / "rendered").mkdir()
    shutil.copytree(outside.parent.parent / "repository", project, symlinks=True)
    tree.lay_out(project)
    return project


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a folder."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A folder with an empty repository to clone, a home, and a place for temporary files."""
    for name in ("repository", "home", "tmp"):
        (tmp_path / name).mkdir()
    subprocess.run(["git", "init", "--quiet", "--template=", tmp_path / "repository"], check=True)
    (tmp_path / "repository/.git/info").mkdir()
    return tmp_path


def run(space: Path, jobs: list[dict[str, Any]], log: Path | None) -> list[dict[str, Any]]:
    """Every job, as an ordinary user."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(space / "home"),
        "TMPDIR": str(space / "tmp"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
    }
    line = [*(traced.command(log) if log else []), sys.executable, "-P", "-m", "tests.hard.watched"]
    given = "".join(json.dumps(job) + "\n" for job in jobs)
    ran = subprocess.run(
        line, input=given, capture_output=True, text=True, env=environment, cwd=ROOT, preexec_fn=renounce
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return [json.loads(report) for report in ran.stdout.splitlines()]


@pytest.mark.parametrize("part", range(PARTS))
def test_a_hostile_tree_does_nothing_but_be_answered(part: int, space: Path) -> None:
    trees = {str(space / str(n) / "project"): tree for n, tree in enumerate(CHOSEN[part::PARTS])}
    for n, tree in enumerate(trees.values()):
        (space / str(n)).mkdir()
        lay_out(space / str(n), tree)
    before = {folder: contents(Path(folder).parent / "outside") for folder in trees}
    log = space / "trace" if FULL and traced.STRACE else None
    reports = run(
        space, [{"folder": folder, "commands": tree.commands} for folder, tree in trees.items()], log
    )
    assert len(reports) == sum(len(tree.commands) for tree in trees.values())
    complaints = [
        f"{trees[r['folder']].name}: gen {' '.join(r['command'])}: {c}"
        for r in reports
        for c in judged(trees[r["folder"]], r, space)
    ]
    if log:
        complaints += list(traced_complaints(log, reports, trees, space))
    complaints += [
        f"{tree.name}: what lies outside was changed"
        for folder, tree in trees.items()
        if contents(Path(folder).parent / "outside") != before[folder]
    ]
    assert complaints == [], "\n".join(complaints)


def judged(tree: Tree, report: dict[str, Any], space: Path) -> Iterator[str]:
    """What is wrong with one run."""
    shown = report["out"] + report["err"]
    if report["status"] not in (0, 1, 2, 3):
        yield f"ended with {report['status']}: {shown[-1500:]}"
        return
    if "internal/bug" in shown or "Traceback" in shown:
        yield f"a bug: {shown[-1500:]}"
    if report["memory"] > 1 << 30:
        yield f"{report['memory'] >> 20} MiB of memory"
    if CANARY in shown:
        yield f"what lies outside is shown: {shown[-500:]}"
    if tree.refused and report["command"][:2] == ["check", "--all"] and report["status"] == 0:
        yield f"it is not refused: {shown[-500:]}"
    if tree.says and report["command"][0] == "check" and tree.says not in shown:
        yield f"does not say {tree.says}: {shown[-500:]}"
    yield from _lines(report)
    notes = report["notes"]
    yield from (f"starts {one}" for one in notes["started"] if Path(one).name != "git")
    yield from (f"connects: {one}" for one in notes["connected"])
    yield from (f"reads {one}" for one in notes["read"] if not may_read(one, report["folder"], space))
    yield from (f"writes {one}" for one in notes["written"] if not may_write(one, report["folder"], space))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    for stream, expected in (("out", _LINES_OUT), ("err", _LINES_ERR)):
        for line in report[stream].split("\n"):
            if not is_safe(line) or not expected.fullmatch(line) or line.startswith("error[forged"):
                yield f"an unexpected line on {stream}: {line[:300]!r}"


def _below(path: str, *folders: str) -> bool:
    return any(f"{path}/".startswith(f"{folder}/") for folder in folders)


def may_read(path: str, project: str, space: Path) -> bool:
    """Whether a run may have read a path: of the project, of the program, or of git's own."""
    own = _below(path, project, str(space / "home"), str(space / "tmp"), *_ITS_OWN)
    listed = f"{project}/".startswith(f"{path.rstrip('/')}/") or path in (
        "/proc",
        str(ROOT),
    )  # a folder on the way
    cores = re.fullmatch(r"/proc/\d+/cgroup|/sys/fs/cgroup/.*", path)
    return own or listed or cores is not None


def may_write(path: str, project: str, space: Path) -> bool:
    """Whether a run may have written a path: output, derived files, temporary ones, the cache."""
    own = (
        f"{project}/rendered",
        f"{project}/schema",
        str(space / "tmp"),
        str(space / "home/.cache"),
        "/dev/null",
    )
    return _below(path, *own)


def traced_complaints(
    log: Path, reports: list[dict[str, Any]], trees: dict[str, Tree], space: Path
) -> Iterator[str]:
    """What processes did that nobody may do, as the tracer saw it."""
    events, parents = traced.events(log)
    runs = {report["pid"]: report for report in reports}
    for pid, what, path in dict.fromkeys(events):
        while pid not in runs and pid in parents:
            pid = parents[pid]
        if pid not in runs:
            continue  # the program that starts the runs
        project = runs[pid]["folder"]
        wrong = {
            "read": not may_read(path, project, space),
            "change": not may_write(path, project, space),
            "start": Path(path).name != "git",
            "connect": True,
        }
        if wrong[what]:
            yield f"{trees[project].name}: gen {' '.join(runs[pid]['command'])}: {what} {path}"


def test_the_suite_would_notice(space: Path) -> None:
    """A run that reads, writes, starts and shows what it may not is reported for each of them."""
    report = {
        "folder": str(space), "command": ["check", "--all"], "status": 0, "cpu": 0, "memory": 1, "pid": 1,
        "out": f"{CANARY}\n", "err": "::error::x\n",
        "notes": {"read": ["/etc/a"], "written": ["/etc/a"], "started": ["/bin/sh"], "connected": ["x"]},
    }  # fmt: skip
    told = "\n".join(judged(Tree("any", {}, refused=True), report, space))
    for wanted in (
        "is shown",
        "not refused",
        "unexpected line",
        "starts /bin/sh",
        "connects",
        "reads /etc",
        "writes /etc",
    ):
        assert wanted in told
    notes = watched.Notes()
    notes.hook("open", ("/etc/hostname", "r", os.O_RDONLY))
    notes.hook("open", ("/etc/hostname", "w", os.O_WRONLY))
    assert notes.read == notes.written == {os.path.realpath("/etc/hostname")}


def test_there_are_many_trees_and_no_two_of_one_name() -> None:
    names = [tree.name for tree in TREES]
    assert len(names) >= 150
    assert [name for name in names if names.count(name) > 1] == []
