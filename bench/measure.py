"""Run command lines in interleaved rounds, and say how they compare.

Machines differ and are shared, so seconds mean little. Each round runs every contestant once, and what is
compared are the ratios within a round: their median, and the middle half of them as the spread.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

Line = Sequence[str]

# As for a user: Python keeps what it compiled, whatever this shell asks of it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclass
class Contestant:
    """One way to do a work: command lines, run `workers` at a time, and what to do before each round."""

    lines: Sequence[Line]
    before: Callable[[], object] = lambda: None
    workers: int = 1
    scale: float = 1.0  # for a sample of a larger work
    seconds: list[float] = field(default_factory=list)
    memory: int = 0  # bytes, the largest of its processes

    def round(self) -> None:
        """Do the work once."""
        self.before()
        start = time.perf_counter()
        if self.workers == 1:
            peaks = [run(line) for line in self.lines]
        else:
            with ThreadPoolExecutor(self.workers) as pool:
                peaks = list(pool.map(run, self.lines))
        self.seconds.append((time.perf_counter() - start) * self.scale)
        self.memory = max(self.memory, *peaks)


def run(line: Line) -> int:
    """Run one command line and return its peak memory in bytes by the kernel's accounting.

    Raises RuntimeError where it fails.
    """
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(line[:6])} … ended with {process.returncode}")
    return usage.ru_maxrss * 1024


def compare(work: Mapping[str, Contestant], rounds: int) -> None:
    """Measure contestants against one another; the first round only warms the caches."""
    for contestant in work.values():
        contestant.round()
        contestant.seconds.clear()
    for _ in range(rounds):
        for contestant in work.values():
            contestant.round()


def ratio(one: Contestant, other: Contestant) -> tuple[float, float, float]:
    """How much longer one takes than another: the median, and the quartiles around it."""
    pairs = [a / b for a, b in zip(one.seconds, other.seconds, strict=True)]
    if len(pairs) < 3:
        return statistics.median(pairs), min(pairs), max(pairs)
    low, middle, high = statistics.quantiles(pairs, n=4)
    return middle, low, high


def files(folder: Path) -> list[Path]:
    """The files below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
