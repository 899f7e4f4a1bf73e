"""Where the time of one `gen render` goes: imports by package, and the stages of the line."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from bench.measure import ENVIRONMENT

_STAGES = """
import sys, time
begin = time.perf_counter()
def lap(name):
    global begin
    now = time.perf_counter()
    print(f"{name}\\t{now - begin}")
    begin = now
from pathlib import Path
from generator.project import Project
lap("import the line")
project = Project(Path(sys.argv[1]))
line = project.line
lap("read and compile the schema")
for turn in ("first", "second"):
    from generator.core import checks, layout, templates
    complete = line.values(project.layers("azure"))
    lap(f"{turn} environment: values")
    objects = line.objects(templates.context(complete))
    lap(f"{turn} environment: templates")
    checks.run(objects, complete)
    lap(f"{turn} environment: checks")
    b"".join(file.content for file in layout.files(objects))
    lap(f"{turn} environment: writing YAML")
"""


def imports(gen: Path, project: Path) -> list[tuple[str, float]]:
    """Milliseconds that `gen render` spends importing, by top-level package, the most first."""
    line = [
        sys.executable,
        "-X",
        "importtime",
        str(gen),
        "render",
        "--env",
        "azure",
        "--project",
        str(project),
    ]
    told = subprocess.run(line, capture_output=True, text=True, check=True, env=ENVIRONMENT).stderr
    spent: Counter[str] = Counter()
    for row in told.splitlines():
        own, _, name = row.removeprefix("import time:").split("|") if row.count("|") == 2 else ("", "", "")
        if own.strip().isdigit():
            spent[name.strip().split(".")[0]] += int(own)
    return [(name, micros / 1000) for name, micros in spent.most_common(14)]


def stages(project: Path) -> list[tuple[str, float]]:
    """Milliseconds of each stage in a fresh process, for the first environment and for the next."""
    line = [sys.executable, "-c", _STAGES, str(project)]
    told = subprocess.run(line, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout
    return [(name, float(seconds) * 1000) for name, seconds in (row.split("\t") for row in told.splitlines())]
