"""Run command lines in interleaved rounds, and say how they compare.

Machines differ and are shared, so seconds mean little. Each round runs every contestant once, and what is
compared are the ratios within a round: their median, and the middle half of them as the spread.
"""

from __future__ import annotations

import os
import resource
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
    accepted: Sequence[int] = (0,)  # exit statuses
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds of user and system, of all processes
    memory: int = 0  # bytes, the largest of its processes

    def round(self) -> None:
        """Do the work once."""
        self.before()
        start = time.perf_counter()
        with ThreadPoolExecutor(self.workers) as pool:
            used = list(pool.map(self._run, self.lines))
        self.seconds.append((time.perf_counter() - start) * self.scale)
        self.cpu.append(sum(usage.ru_utime + usage.ru_stime for usage in used) * self.scale)
        self.memory = max(self.memory, *(usage.ru_maxrss * 1024 for usage in used))

    def _run(self, line: Line) -> resource.struct_rusage:
        return run(line, self.accepted, self.environment)


def run(
    line: Line, accepted: Sequence[int] = (0,), extra: Mapping[str, str] | None = None
) -> resource.struct_rusage:
    """Run one command line and return what the kernel counted of it and of the processes that it waited for.

    Raises RuntimeError where it ends with another status than those accepted.
    """
    process = subprocess.Popen(
        line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**ENVIRONMENT, **(extra or {})}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise RuntimeError(f"{' '.join(line[:6])} … ended with {process.returncode}")
    return usage


def compare(work: Mapping[str, Contestant], rounds: int) -> None:
    """Measure contestants against one another; the first round only warms the caches."""
    for contestant in work.values():
        contestant.round()
        contestant.seconds.clear()
        contestant.cpu.clear()
    for _ in range(rounds):
        for contestant in work.values():
            contestant.round()


def refuse_noise(most: float) -> None:
    """End the program where the machine has more to do than a bound: seconds and ratios would be of that."""
    load = os.getloadavg()[0]
    if load > most:
        raise SystemExit(
            f"the machine has a load of {load:.1f}; measure when it is below {most}, or give --load"
        )


def ratio(one: Sequence[float], other: Sequence[float]) -> tuple[float, float, float]:
    """How much more one takes than another in the same rounds: the median, and the quartiles around it."""
    pairs = [a / b for a, b in zip(one, other, strict=True)]
    if len(pairs) < 3:
        return statistics.median(pairs), min(pairs), max(pairs)
    low, middle, high = statistics.quantiles(pairs, n=4)
    return middle, low, high


def files(folder: Path) -> list[Path]:
    """The files below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
