"""Where the time of one `gen render` goes: imports by package, and the stages of the line."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.measure import ENVIRONMENT

Times = dict[str, float]

_RUNS = 7
_STAGES = """
import sys, time
begin = time.perf_counter()
def lap(name):
    global begin
    now = time.perf_counter()
    print(f"{name}\\t{now - begin}")
    begin = now
from pathlib import Path
from generator.project import DiskProject
lap("import the line")
project = DiskProject(Path(sys.argv[1]))
line = project.line
lap("read and compile the schema")
for turn in ("first", "second"):
    from generator.core import checks, layout, templates
    complete = line.values("azure", project.layers("azure"))
    lap(f"{turn} environment: values")
    objects = [m for _, made in line.made(templates.context(complete)) for m in made]
    lap(f"{turn} environment: templates")
    checks.run(objects, complete)
    lap(f"{turn} environment: checks")
    b"".join(file.content for file in layout.files(objects))
    lap(f"{turn} environment: writing YAML")
"""


def imports(gen: Path, project: Path) -> list[tuple[str, float]]:
    """Milliseconds that `gen render` spends importing, by top-level package, the most first."""
    line = [sys.executable, "-X", "importtime", str(gen), "render", "--env", "azure"]
    found = _medians([*line, "--project", str(project)], _packages)
    return sorted(found.items(), key=lambda pair: -pair[1])[:14]


def stages(project: Path) -> list[tuple[str, float]]:
    """Milliseconds of each stage in a fresh process, for the first environment and for the next."""
    return [*_medians([sys.executable, "-c", _STAGES, str(project)], _laps).items()]


def _medians(line: list[str], read: Callable[[subprocess.CompletedProcess[str]], Times]) -> Times:
    """What several runs of a command line tell, each entry by its median."""
    runs = [
        read(subprocess.run(line, capture_output=True, text=True, check=True, env=ENVIRONMENT))
        for _ in range(_RUNS)
    ]
    return {name: median(run.get(name, 0.0) for run in runs) for name in runs[0]}


def _packages(ran: subprocess.CompletedProcess[str]) -> Times:
    spent: Counter[str] = Counter()
    for row in ran.stderr.splitlines():
        own, _, name = row.removeprefix("import time:").split("|") if row.count("|") == 2 else ("", "", "")
        if own.strip().isdigit():
            spent[name.strip().split(".")[0]] += int(own)
    return {name: micros / 1000 for name, micros in spent.items()}


def _laps(ran: subprocess.CompletedProcess[str]) -> Times:
    return {name: float(seconds) * 1000 for name, seconds in (r.split("\t") for r in ran.stdout.splitlines())}
