"""What a value or a piece of text was made from: a graph of reads and decisions, built as a template runs.

*Data* are the values that something was computed from. *Decisions* are the conditions, loops and look-ups
without which it would not be there, or would be another. The graph shares its parts, so that adding to it
takes constant time; it is walked only where somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from generator.core.paths import Path


class At(NamedTuple):
    """A place in a template: its name, and the offset of a character."""

    template: str
    offset: int


class Aspect(StrEnum):
    """What of a value was read: all that is in it, its keys (or how many items), or whether it is there."""

    CONTENT = "content"
    KEYS = "keys"
    PRESENCE = "presence"


class Read(NamedTuple):
    """A value path that was read; the value need not exist."""

    path: Path
    aspect: Aspect = Aspect.CONTENT

    def concerns(self, path: Path) -> bool:
        """Whether another value at a path, or none there, may change what was read."""
        own = self.path
        if len(path) <= len(own):
            return own[: len(path)] == path
        return path[: len(own)] == own and (
            self.aspect is Aspect.CONTENT or (self.aspect is Aspect.KEYS and len(path) == len(own) + 1)
        )


class Sources:
    """A node of the graph: what was read here, and the nodes below."""

    __slots__ = ("parts", "reads")

    def __init__(self, reads: tuple[Read, ...] = (), parts: tuple[Sources, ...] = ()) -> None:
        self.reads = reads
        self.parts = parts

    @property
    def data(self) -> tuple[Read, ...]:
        """What was read to compute this, each once, in the order read."""
        found: dict[Read, None] = {}
        for node in _walk(self, into_decisions=False):
            if not isinstance(node, Decision):
                found.update(dict.fromkeys(node.reads))
        return tuple(found)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions that this depends on, those among them that others of them depend on too."""
        found = (node for node in _walk(self, into_decisions=True) if isinstance(node, Decision))
        return tuple(dict.fromkeys(found))

    @property
    def reads_all(self) -> tuple[Read, ...]:
        """Everything that was read, as data or to decide, each once."""
        found = (read for node in _walk(self, into_decisions=True) for read in node.reads)
        return tuple(dict.fromkeys(found))


class Decision(Sources):
    """What decided at a place of a template: the test of an `if`, an item of a loop, a computed key."""

    __slots__ = ("at",)

    def __init__(self, at: At, parts: tuple[Sources, ...]) -> None:
        super().__init__((), parts)
        self.at = at

    @property
    def read(self) -> tuple[Read, ...]:
        """The values that were read to decide."""
        return union(*self.parts).data


NOTHING: Final = Sources()


def union(*several: Sources) -> Sources:
    """All that several were made from."""
    parts = tuple(dict.fromkeys(sources for sources in several if sources is not NOTHING))
    if len(parts) < 2:
        return parts[0] if parts else NOTHING
    return Sources((), parts)


def decided(at: At, *by: Sources) -> Sources:
    """The decision at a place; nothing where no value had a part in it."""
    parts = tuple(sources for sources in by if sources is not NOTHING)
    return Decision(at, parts) if parts else NOTHING


def reading(path: Path, aspect: Aspect = Aspect.CONTENT) -> Sources:
    """A single read."""
    return Sources((Read(path, aspect),))


def _walk(start: Sources, into_decisions: bool) -> Iterator[Sources]:
    """Every node below, each once, depth first and left to right."""
    seen: set[int] = set()
    stack: list[Sources] = [start]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if into_decisions or not isinstance(node, Decision):
            stack.extend(reversed(node.parts))


def paths_of(reads: Iterable[Read]) -> tuple[Path, ...]:
    """The paths that were read, each once; a mapping that was only gone through is left to what is in it."""
    return tuple(dict.fromkeys(read.path for read in reads))
