"""The template of a merged object: canonical YAML with expressions, and conditions around lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from generator.core import serialise
from generator.core.adopt.lifted import Lifted
from generator.core.adopt.merging import TAG, Merged
from generator.core.paths import Path

_LEAD: Final = re.compile(r" *(?:- )*")
_ENDRAW: Final = "{% endraw +%}"


def template(merged: Merged, lifted: Lifted) -> str:
    """The template that makes the object in every environment that has it."""
    token = re.compile(f"{lifted.marker}([0-9]+)x")
    open_: list[Path] = []
    written: list[str] = []

    def close(path: Path | None) -> None:
        while open_ and (path is None or path[: len(open_[-1])] != open_[-1]):
            open_.pop()
            written.append("{% endif %}")

    for path, lines in _fields(merged):
        close(path)
        for length in range(len(path) + 1):
            above = path[:length]
            if above in merged.conditions and above not in open_:
                written.append(f"{{% if {merged.conditions[above]} %}}")
                open_.append(above)
        safe = _raw(lines, path) if any(map(TAG.search, lines)) else lines
        written += (
            token.sub(lambda match: f"{{{{ {lifted.expressions[int(match[1])]} }}}}", line) for line in safe
        )
    close(None)
    return "".join(f"{line}\n" for line in written)


def _fields(merged: Merged) -> Iterator[tuple[Path, list[str]]]:
    """The lines of the body, those of one text together, each with the path of its field."""
    for path, lines in groupby(serialise.lines(merged.body), lambda line: line[1]):
        yield path, [text for text, _ in lines]


def _raw(lines: list[str], path: Path) -> list[str]:
    """Lines that a template writes as they are, although they look like tags."""
    first, *rest = lines
    start = len(_LEAD.match(first)[0])  # type: ignore[index]
    name = f"{serialise.quoted(path[-1])}: " if path and isinstance(path[-1], str) else ""
    if name and first.startswith(name, start):
        start += len(name)
    begin = "{% raw %}" if first[:start].strip() else "{%+ raw %}"
    opened = [f"{first[:start]}{begin}{first[start:]}", *rest]
    return [*opened[:-1], f"{opened[-1]}{_ENDRAW}"]
