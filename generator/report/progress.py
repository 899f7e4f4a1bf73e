"""How a long command goes, on standard error and only on a terminal; `rich` is loaded when there is one."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

_QUIET: Final = 2.0  # seconds before a count is shown


def counted(results: Iterator[Result], size: int, whole: int, what: str) -> Iterator[Result]:
    """The results, each of `size` pieces; on a terminal and after two seconds, how many pieces are done."""
    start = time.monotonic()
    shown = False
    for number, result in enumerate(results, 1):
        yield result
        if sys.stderr.isatty() and time.monotonic() - start > _QUIET:
            sys.stderr.write(f"\r{min(number * size, whole):,} of {whole:,} {what}")
            shown = True
    if shown:
        sys.stderr.write("\r\033[K")


class Progress:
    """A line that says what is waited for, and a bar for work that comes in many pieces."""

    def __init__(self, wanted: bool = True) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._shown = wanted and sys.stderr.isatty()

    def waiting(self, text: str) -> None:
        """Say what is waited for, in place of what was said before."""
        self._show(text, None)

    def total(self, count: int) -> None:
        """Start a bar of so many pieces; a single one needs none."""
        if count > 1:
            self._show("requests", count)
        else:
            self.close()

    def done(self) -> None:
        """One more piece is done."""
        if self._task is not None:
            self._bar.advance(self._task)

    def close(self) -> None:
        """Leave nothing of it on the terminal."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None

    def _show(self, text: str, total: int | None) -> None:
        if not self._shown:
            return
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import Progress as Bars

        from generator.report.line import printable

        if self._bar is None:
            self._bar = Bars(console=Console(stderr=True), transient=True)
            self._bar.start()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(escape(printable(text)), total=total)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
