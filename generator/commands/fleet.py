"""Many environments at once: a fleet is split over the cores of the machine, and over machines.

Below a hundred environments a second process costs more than it saves. Whoever hands work to processes gets
the results in the order of the work, whichever process was the first to end.
"""

from __future__ import annotations

import gc
import os
import pickle
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO, Final, Generic, TypeVar

from generator.diagnostics import unknown, usage
from generator.report.progress import counted

Work = TypeVar("Work")
Result = TypeVar("Result")

_PAYS: Final = 100  # environments
_MOST: Final = 8  # processes
_SLICES: Final = 8  # for each process: they end at about the same time, and progress can be told
_SHARD: Final = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


def shard(work: Sequence[Work], share: str | None) -> list[Work]:
    """The part of the work that a share like `3/10` stands for: every tenth from the third on.

    Raises `DiagnosticError` (usage) for what is no share.
    """
    if share is None:
        return list(work)
    match = _SHARD.fullmatch(share)
    if match is None or int(match[1]) > int(match[2]):
        raise usage("usage/shard", f"`{share}` is not a share", "write --shard 3/10 for the third of ten")
    return list(work[int(match[1]) - 1 :: int(match[2])])


def spread(function: Callable[[Sequence[Work]], Result], work: Sequence[Work]) -> Iterator[Result]:
    """What a function makes of the work, slice by slice: here, or from a hundred on in several processes.

    Raises what the function raises, and `DiagnosticError` where the system ended a process.
    """
    processes = min(os.cpu_count() or 1, _MOST)
    if len(work) < _PAYS or processes == 1:
        yield function(work)
        return
    size = -(-len(work) // (processes * _SLICES))
    slices = [work[start : start + size] for start in range(0, len(work), size)]
    children = [_Child(function, slices[number::processes]) for number in range(processes)]
    try:
        results = (children[n % processes].result() for n in range(len(slices)))
        yield from counted(results, size, len(work), "environments")
    finally:
        for child in children:
            child.end()


class _Child(Generic[Work, Result]):
    """A process that works on slices with all that this one has read and compiled."""

    def __init__(
        self, function: Callable[[Sequence[Work]], Result], slices: Iterable[Sequence[Work]]
    ) -> None:
        reader, writer = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            gc.freeze()  # what is the parent's lives as long as this process
            gc.set_threshold(5_000)
            try:
                with os.fdopen(writer, "wb") as answers:
                    for share in slices:
                        _answer(answers, function, share)
                        answers.flush()
            finally:
                os._exit(0)  # nothing of the parent's is cleaned up or written twice
        os.close(writer)
        self.answers = os.fdopen(reader, "rb")

    def result(self) -> Result:
        """What became of the next slice. Raises what the function raised on it."""
        try:
            made, error = pickle.load(self.answers)  # noqa: S301 (our own child wrote it)
        except (EOFError, pickle.UnpicklingError):
            message = "a rendering process was killed"
            raise unknown(
                "fleet/killed", message, "it may have run out of memory; run the command again"
            ) from None
        if error is not None:
            raise error
        result: Result = made
        return result

    def end(self) -> None:
        """End the process; it has nothing left to do, or nothing that anybody waits for."""
        self.answers.close()
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def _answer(answers: IO[bytes], function: Callable[[Sequence[Work]], Result], share: Sequence[Work]) -> None:
    try:
        pickle.dump((function(share), None), answers)
    except Exception as error:
        pickle.dump((None, error), answers)
