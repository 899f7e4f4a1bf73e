"""The standard streams, which may be full, or read by nobody any more."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO

from generator.diagnostics import Diagnostic, Exit


class StreamError(Exception):
    """A standard stream does not take what is written; `reason` is what the system says."""

    def __init__(self, reason: OSError) -> None:
        self.reason = reason
        super().__init__(str(reason))


def put(stream: TextIO, text: str) -> None:
    """Write a text. Raises `StreamError`."""
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
        with suppress(OSError):
            sys.stderr.write(text.full(Diagnostic("output/stream", message), colour=False))
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
