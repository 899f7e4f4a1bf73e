"""Run a function on hostile inputs in a process that may be killed: each has bounds on time and memory."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Input = TypeVar("Input")

SECONDS = 20  # for one input; a busy machine is several times slower than a free one
MEMORY = 1 << 30  # bytes for the whole process


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
        _work(judge, inputs, writer)
    os.close(writer)
    try:
        with os.fdopen(reader) as answers:
            for _ in inputs:
                ready = select.select([answers], [], [], SECONDS)[0]
                line = answers.readline() if ready else ""
                if not line:
                    yield f"killed: {'it died' if ready else f'no answer within {SECONDS} seconds'}"
                    return
                yield json.loads(line)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _work(judge: Callable[[Input], str], inputs: Sequence[Input], writer: int) -> None:
    """The child: one line of JSON for each input. Never returns."""
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    for given in inputs:
        os.write(writer, (json.dumps(judge(given) or _memory()) + "\n").encode())
    os._exit(0)


def _memory() -> str:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"killed: {used >> 20} MiB of memory" if used > MEMORY else ""
