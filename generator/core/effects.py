"""Where a value goes: the lines made from it, those that it decides over, and conditions that read it.

All lines of an environment are asked once where they come from; after that, each value is only looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from generator.core import lineage
from generator.core.bindings import RenderedText
from generator.core.layout import File
from generator.core.paths import Path
from generator.core.sources import Decision, Read, union
from generator.diagnostics import Span

T = TypeVar("T")


class Use(NamedTuple):
    """A rendered line, counted from 1, that depends on a value."""

    file: File
    line: int


class Effects(NamedTuple):
    """What a value does: lines made from it, lines it decides over, and conditions that make nothing here."""

    used: tuple[Use, ...]
    decided: tuple[Use, ...]
    silent: tuple[Span, ...]

    @property
    def none(self) -> bool:
        """Whether nothing that is rendered would change with the value."""
        return not (self.used or self.decided or self.silent)


class Index:
    """The values behind every line of an environment, and those behind every condition of its templates."""

    def __init__(self, files: Iterable[File], texts: Sequence[RenderedText]) -> None:
        self._data: dict[Read, dict[Use, None]] = {}
        self._decides: dict[Read, dict[Use, None]] = {}
        self._silent: dict[Read, dict[Span, None]] = {}
        self.writes: dict[tuple[str, int], dict[Use, None]] = {}
        for file in files:
            self._read(file)
        for text in texts:
            everything = union(*(piece.sources for piece in text.traced.pieces))
            for decision in everything.decisions:
                self._note(decision, text)
            for binding in text.traced.bindings:  # a mapping that is empty, or may get more keys
                for read in lineage.deep(binding.value).reads_all:
                    if read not in self._decides and read not in self._data:
                        self._silent.setdefault(read, {})[text.show(binding.at, None)] = None

    def _read(self, file: File) -> None:
        """Note what is behind the lines of a file."""
        found: dict[Path, tuple[tuple[Read, ...], tuple[Decision, ...], Span]] = {}
        for number, (_, path) in enumerate(file.lines, 1):
            if path is None:
                continue
            if path not in found:
                trace = file.manifest.trace(path)
                sources = trace.sources
                found[path] = sources.data, sources.decisions, trace.span
            use, (data, decisions, span) = Use(file, number), found[path]
            self.writes.setdefault((span.source.path, span.line), {})[use] = None
            for read in data:
                self._data.setdefault(read, {})[use] = None
            for decision in decisions:
                shown = file.manifest.rendered.show(decision.at, None)
                self.writes.setdefault((shown.source.path, shown.line), {})[use] = None
                for read in decision.read:
                    self._decides.setdefault(read, {})[use] = None

    def _note(self, decision: Decision, text: RenderedText) -> None:
        """Note what a decision has read without a line that depends on it."""
        for read in decision.read:
            if read not in self._decides and read not in self._data:
                self._silent.setdefault(read, {})[text.show(decision.at, None)] = None

    @property
    def reads(self) -> set[Read]:
        """Everything that something in the output depends on."""
        return {*self._data, *self._decides, *self._silent}

    def effects(self, path: Path) -> Effects:
        """What the value at a path does, or another one there, or one inside of it."""
        used = _of(self._data, path)
        decided = {use: None for use in _of(self._decides, path) if use not in used}
        silent = _of(self._silent, path)
        if used or decided:  # then a loop over what it stands in is no news
            within = {read: spans for read, spans in self._silent.items() if read.path[: len(path)] == path}
            silent = _of(within, path)
        return Effects(tuple(used), tuple(decided), tuple(silent))


def _of(known: dict[Read, dict[T, None]], path: Path) -> dict[T, None]:
    return {item: None for read, items in known.items() if read.concerns(path) for item in items}
