"""`python -m bench.watch`: how long after a save `gen render --watch` says what it changes."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import quantiles

from bench import tools, works
from bench.measure import ENVIRONMENT

_END = r"^(kind|1,000 environments|1000 environments|azure): .*\d"  # the last line of a round
Change = tuple[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.watch", description=__doc__)
    parser.add_argument("--saves", type=int, default=15)
    options = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    one, all_ = ("team: vision", "team: sound"), ("level: info", "level: debug")
    measure("three environments, values of one", works.project(), "azure.yaml", one, options.saves)
    measure("1,000 environments, base.yaml", works.project(1000), "base.yaml", all_, options.saves)
    works.tidy()


def measure(title: str, folder: Path, name: str, change: Change, saves: int) -> None:
    """Print the time from a save to the first line of a diff, and to the end of the round."""
    line = [str(tools.GEN), "render", "--all", "--watch", "--project", str(folder)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, bufsize=1, env=ENVIRONMENT)
    assert process.stdout is not None
    place = folder / "values" / name
    first, whole = [], []
    try:
        until(process.stdout, _END)
        for number in range(saves):
            time.sleep(1)
            place.write_text(place.read_text().replace(*(change if number % 2 == 0 else change[::-1])))
            start = time.perf_counter()
            until(process.stdout, "@@")
            first.append(time.perf_counter() - start)
            until(process.stdout, _END)
            whole.append(time.perf_counter() - start)
    finally:
        process.kill()
        process.communicate()
    for what, seconds in (("first answer", first), ("all written", whole)):
        low, middle, high = (1000 * second for second in quantiles(seconds, n=4))
        print(f"{title:36}{what:14}{middle:>8.0f} ms ({low:.0f}–{high:.0f})", flush=True)


def until(lines: Iterable[str], mark: str) -> None:
    """Read up to a line that holds a mark. Raises RuntimeError where the lines end before."""
    if not any(re.search(mark, line) for line in lines):
        raise RuntimeError(f"it ended without {mark}")


if __name__ == "__main__":
    main()
