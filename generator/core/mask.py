"""Secrets in anything that is shown: values hidden, and no more told than whether they differ.

What `kubectl diff` prints is the model: `***` for equal values, `*** (before)` and `*** (after)` for others.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from generator.core import documents, nodes, serialise
from generator.core.layout import MARK, File, OutputLine
from generator.core.paths import Path
from generator.core.secrets import APPLIED, DATA, KIND, hides
from generator.diagnostics import DiagnosticError, Source


def objects(before: Any, after: Any) -> tuple[Any, Any]:
    """Two states of an object, None where there is none, with a Secret's values hidden in both."""
    return _masked(before, after, "*** (before)"), _masked(after, before, "*** (after)")


def change(before: bytes | None, after: File | None) -> tuple[bytes | None, File | None]:
    """A file as it is and as it would be rendered, with a Secret's values hidden in both.

    Where one of the two cannot be read, and might hold a Secret, neither is shown.
    """
    contents = [before, after.content if after else None]
    if not any(content and b"Secret" in content for content in contents):
        return before, after
    try:
        old, new = objects(*(_read(content) for content in contents))
    except DiagnosticError:
        old, new = None, None
    return _dump(before, old), after.showing(new or {}) if after else None


def lines(file: File) -> File:
    """A file whose lines hide the values of a Secret, each at its own number."""
    return _Hidden(file.name, file.manifest) if file.private else file


class _Hidden(File):
    """A file of as many lines as it has with the values."""

    @cached_property
    def lines(self) -> tuple[OutputLine, ...]:
        shown = File(self.name, self.manifest).lines
        kind = self.manifest.identity.kind
        return tuple(
            (_hide(text, path) if path and hides(kind, path) else text, path) for text, path in shown
        )


def _hide(text: str, path: Path) -> str:
    """The key of a line, and nothing of its value, also where a value has several lines."""
    return f"{' ' * (len(text) - len(text.lstrip(' ')))}{path[-1]}: ***"


def _read(content: bytes | None) -> Any:
    if content is None:
        return None
    source = Source("", content.decode(errors="replace"), sensitive=True)
    return nodes.plain(documents.parse_one(source), source)


def _dump(content: bytes | None, body: Any) -> bytes | None:
    """What is shown in the place of a file: its header, and the body."""
    if content is None:
        return None
    header = content.partition(b"\n")[0] if content.startswith(MARK.encode()) else b""
    return header + b"\n" + serialise.dump(body or {}).encode()


def _masked(body: Any, other: Any, differing: str) -> Any:
    if not isinstance(body, dict) or body.get("kind") != KIND:
        return body
    masked = dict(body)
    for field in DATA:
        values = body.get(field)
        if isinstance(values, dict):
            theirs = (other or {}).get(field) or {}
            masked[field] = {k: "***" if theirs.get(k, v) == v else differing for k, v in values.items()}
        elif values is not None:
            masked[field] = "***"
    return _without_applied(masked)


def _without_applied(body: dict[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(annotations, dict) or APPLIED not in annotations:
        return body
    return {**body, "metadata": {**body["metadata"], "annotations": {**annotations, APPLIED: "***"}}}
