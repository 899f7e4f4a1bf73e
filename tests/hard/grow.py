"""Grow the corpus: what gen takes in a way that no text of the corpus leads to is made small, and kept.

`python -m tests.hard.grow SEED COUNT`. A way is the set of problems that gen finds, without the names and
numbers in them: an input that is refused for a reason of its own reaches code of its own.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator

from generator.diagnostics import DiagnosticError
from tests.hard.bounded import each
from tests.hard.fuzz import CORPUS, KINDS, Input, inputs, run, seeds

_ENDINGS = {"template": ".yaml.j2", "values": ".yaml", "schema": ".json"}
_LARGEST = 4_000  # characters of a text that is kept


def way(given: Input) -> str:
    """How gen takes an input."""
    try:
        run(given)
    except DiagnosticError as error:
        return " ".join(sorted({f"{d.rule}:{_bare(d.message)}" for d in error.diagnostics}))
    return "rendered"


def _bare(message: str) -> str:
    return "-".join(re.findall("[A-Za-z]+", re.sub(r"`.*`|'.*'|\".*\"", "", message, flags=re.DOTALL))[:3])


def alone(kind: str, text: str) -> Input:
    """A text of one kind with good ones of the other kinds."""
    good = {kind: texts[0] for kind, texts in seeds().items()}
    return Input(**{**good, kind: text})


def keep(kind: str, text: str, name: str) -> str:
    """Put a text into the corpus; the name that it got."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = CORPUS / kind / f"{re.sub('[^a-z]+', '-', name.lower()).strip('-')[:40]}-{digest}{_ENDINGS[kind]}"
    path.write_bytes(text.encode())
    return f"{kind}/{path.name}"


def odd_parts(given: Input) -> Iterator[tuple[str, str]]:
    """The texts of an input that are not in the corpus, with their kinds."""
    known = seeds()
    yield from ((kind, getattr(given, kind)) for kind in KINDS if getattr(given, kind) not in known[kind])


def grow(seed: int, count: int) -> Iterator[str]:
    """Keep what is new among so many inputs; the names of what is kept."""
    known = {way for _, way in each(way, [alone(kind, t) for kind in KINDS for t in seeds()[kind]])}
    drawn = [part for given in inputs(seed, count) for part in odd_parts(given) if len(part[1]) < _LARGEST]
    for (kind, text), found in zip(drawn, (w for _, w in each(way, [alone(*p) for p in drawn])), strict=True):
        if found not in known and not found.startswith("killed"):
            known.add(found)
            yield keep(kind, shrunk(kind, text, found), found)


def shrunk(kind: str, text: str, found: str) -> str:
    """A shorter text that gen takes in the same way: without one line after another, where that is so."""
    lines = text.splitlines(keepends=True)
    at = 0
    while at < len(lines):
        shorter = lines[:at] + lines[at + 1 :]
        [(_, now)] = each(way, [alone(kind, "".join(shorter))])
        if now == found:
            lines = shorter
        else:
            at += 1
    return "".join(lines)


if __name__ == "__main__":
    for kept in grow(int(sys.argv[1]), int(sys.argv[2])):
        sys.stdout.write(f"{kept}\n")
