"""What is waited for: a table on a terminal, which goes away; elsewhere a line for each change."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from generator.cluster.kstatus import State
from generator.cluster.waiting import Found
from generator.report import rollout
from generator.report.line import printable
from generator.report.reporter import Format, Reporter


class LiveTable:
    """Shows the objects that are waited for each time that it is called; `found` are those of the last call.

    `rich` is loaded on a terminal only.
    """

    def __init__(self, reporter: Reporter) -> None:
        self.found: Sequence[Found] = ()
        self._reporter = reporter
        self._live: Any = None
        self._terminal = reporter.format is Format.TEXT and sys.stderr.isatty()

    def __call__(self, found: Sequence[Found]) -> None:
        before, self.found = self.found, list(found)
        if self._terminal:
            self._draw(found)
        else:
            self._reporter.progress(rollout.changes(before, found))

    def _draw(self, found: Sequence[Found]) -> None:
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), transient=True)
            self._live.start()
        self._live.update(table(found), refresh=True)

    def __enter__(self) -> LiveTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave nothing of it on the terminal."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def table(found: Sequence[Found]) -> Any:
    """The objects that are not current, with their reasons, as a table of `rich`."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, title=rollout.counts(found), title_justify="left", padding=(0, 1))
    for name in ("state", "pods", "object", ""):
        made.add_column(name, overflow="fold")
    for one in found:
        if one.status.state is State.CURRENT:
            continue
        told = "\n".join(map(printable, (one.status.message, *one.reasons)))
        cells = (one.status.state, rollout.pods(one), printable(str(one.manifest.identity)), told)
        made.add_row(*map(Text, cells))
    return made
