"""Run a function on hostile inputs in a process that may be killed: each has bounds on work and memory.

Work is the CPU time of the process, so that a busy machine finds nothing that an idle one does not.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Input = TypeVar("Input")

SECONDS = 15  # of CPU time, for one input
MEMORY = 1 << 30  # bytes for the whole process
ASLEEP = 600  # seconds without an answer: only a process that waits for something gets there


def each(judge: Callable[[Input], str], inputs: Sequence[Input]) -> Iterator[tuple[Input, str]]:
    """Every input with what is wrong about it, an empty text where nothing is.

    `judge` says so for one input, in a child process; where that hangs or dies, a new child goes on.
    """
    done = 0
    while done < len(inputs):
        for complaint in _answers(judge, inputs[done:]):
            yield inputs[done], complaint
            done += 1
            if complaint.startswith("killed"):
                break


def _answers(judge: Callable[[Input], str], inputs: Sequence[Input]) -> Iterator[str]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(judge, inputs, writer)
    os.close(writer)
    try:
        with os.fdopen(reader) as answers:
            for _ in inputs:
                ready = select.select([answers], [], [], ASLEEP)[0]
                line = answers.readline() if ready else ""
                if not line:
                    yield f"killed: {_end(child) if ready else 'it waits for something'}"
                    return
                yield json.loads(line)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _end(child: int) -> str:
    """How a child ended that closed its pipe; it stays to be waited for."""
    found = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    if found is not None and found.si_status == signal.SIGXCPU:
        return f"more than {SECONDS} seconds of CPU time"
    return f"it died of {found and found.si_status}"


def _work(judge: Callable[[Input], str], inputs: Sequence[Input], writer: int) -> None:
    """The child: one line of JSON for each input. Never returns."""
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for given in inputs:
        used = resource.getrusage(resource.RUSAGE_SELF)
        allowed = int(used.ru_utime + used.ru_stime) + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))
        os.write(writer, (json.dumps(judge(given) or _memory()) + "\n").encode())
    os._exit(0)


def _memory() -> str:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"killed: {used >> 20} MiB of memory" if used > MEMORY else ""
