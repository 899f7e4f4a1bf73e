"""The standard streams: every line is made safe here, and they may be full, or read by nobody any more."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from generator.diagnostics import Diagnostic, Exit
from generator.report.line import Line


class StreamError(Exception):
    """A standard stream does not take what is written; `reason` is what the system says."""

    def __init__(self, reason: OSError) -> None:
        self.reason = reason
        super().__init__(str(reason))


def put(stream: TextIO, lines: Iterable[str | Line], colour: bool = False) -> None:
    """Write lines, a text as one of them whatever it holds. Raises `StreamError`."""
    for line in lines:
        write(stream, (line if isinstance(line, Line) else Line(line)).shown(colour) + "\n")


def write(stream: TextIO, text: str) -> None:
    """Write a text as it is; whoever calls this has made it safe. Raises `StreamError`."""
    try:
        stream.write(text)
    except OSError as error:
        raise StreamError(error) from None


def lost(reason: OSError) -> Exit:
    """Say, where that is possible, that a stream took no more; the exit status of a run that was cut short.

    Whoever closed a pipe knows.
    """
    if not isinstance(reason, BrokenPipeError):
        from generator.report import text

        message = f"cannot write to a standard stream: {reason.strerror or reason}"
        with suppress(StreamError):
            put(sys.stderr, text.full(Diagnostic("output/stream", message)))
    return Exit.UNKNOWN


def finish(status: int) -> int:
    """Write what still waits to be written; the exit status, unless something of the result is lost."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            pass  # the run is complete, and its status stands
        except OSError as error:
            status = lost(error)
    return status
