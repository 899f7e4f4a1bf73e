"""`python -m bench.instructions`: how many instructions one `gen render` takes, by valgrind.

They are the same on a busy machine as on a quiet one, and tell what a change of gen costs or saves; how long
they take is for `python -m bench` to say.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from bench import tools, works
from bench.measure import ENVIRONMENT, Contestant

_COUNT = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}"]


def main() -> None:
    if shutil.which("valgrind") is None:
        raise SystemExit("this needs valgrind on PATH")
    three = works.project()
    work = {
        "three objects, cold": works.gen(three, "render", "--env", "azure", cold=True),
        "three objects": works.gen(three, "render", "--env", "azure"),
        "this repository, cold": works.own("render", "--env", "azure", cold=True),
        "this repository": works.own("render", "--env", "azure"),
    }
    start = count(Contestant([[str(tools.GEN.parent / "python"), "-c", "pass"]]))
    print(f"\n{'millions of instructions':26}\n{'python alone':26}{start:>8.0f}")
    for name, contestant in work.items():
        print(f"{name:26}{count(contestant):>8.0f}", flush=True)
    works.tidy()


def count(contestant: Contestant) -> float:
    """Millions of instructions of a contestant's one command line, the second time that it is run."""
    contestant.round()
    contestant.before()
    environment = {**ENVIRONMENT, **contestant.environment, "PYTHONHASHSEED": "0"}
    line = [*_COUNT, str(tools.GEN.parent / "python"), *contestant.lines[0]]
    if contestant.lines[0][0] == str(tools.GEN.parent / "python"):
        line = [*_COUNT, *contestant.lines[0]]
    ran = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", ran.stderr)
    assert found is not None, ran.stderr
    return int(found[1].replace(",", "")) / 1e6


if __name__ == "__main__":
    main()
