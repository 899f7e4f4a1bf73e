"""How the place of a source is shown: from the current folder, as an editor or a terminal opens it."""

from __future__ import annotations

import os

from generator.diagnostics import Source, Span
from generator.project import shown


def path(source: Source) -> str:
    """The path of a source for people who stand in the current folder."""
    if not source.home or source.home.endswith(":"):
        return f"{source.home}{source.path}"
    return shown(os.path.join(source.home, source.path))  # noqa: PTH118 (a tenth of the time)


def place(span: Span) -> str:
    """A span as `path:line:column`; only the path where nothing of the source is known."""
    where = path(span.source)
    return f"{where}:{span.line}:{span.column}" if span.source.text else where
