"""Values on their way through the rendered text: each is a token there, and stays a value here.

An output expression of a template emits a token, a short run of private-use characters that no input may
hold, and its value is kept beside. `generator.core.manifests` parses the text and puts the values back, so
that no value can change the structure of a document. Every piece of text knows where in which template it
stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, Final, NamedTuple, NoReturn

from generator.core import bounds, tracked
from generator.core.sources import NOTHING, At, Sources, union
from generator.diagnostics import Span

_ZERO: Final = 0x10FE00  # ten digits from here, in the last private-use plane, then the two brackets
_OPEN, _CLOSE = chr(_ZERO + 10), chr(_ZERO + 11)
RESERVED: Final = re.compile(f"[{chr(_ZERO)}-{_CLOSE}]")
TOKEN: Final = re.compile(f"{_OPEN}([{chr(_ZERO)}-{chr(_ZERO + 9)}]+){_CLOSE}")
_DIGITS: Final = {ord(str(digit)): chr(_ZERO + digit) for digit in range(10)}
_NUMBERS: Final = {ord(token): digit for digit, token in _DIGITS.items()}


class Binding(NamedTuple):
    """What a token stands for: the value, and where a template writes it."""

    value: Any
    at: At


class TooMuch(Exception):
    """A template that works or writes beyond its bounds."""


class Piece(str):
    """A run of template text, or of text pasted on purpose, with the place of its first character."""

    __slots__ = ("at", "sources")
    at: At
    sources: Sources  # what decided that it is there, and what pasted text was made from

    def part(self, text: str, start: int) -> Piece:
        """Text that stands for this piece from an offset within it on."""
        return located(text, At(self.at.template, self.at.offset + start), self.sources)

    def because(self, sources: Sources) -> Piece:
        """The same text, whose being there depends on something more."""
        return located(self, self.at, union(self.sources, sources))


class Token(Piece):
    """The text of a token, with the value it stands for."""

    __slots__ = ("value",)
    value: Any

    def because(self, sources: Sources) -> Token:
        token = Token(self)
        token.at, token.value, token.sources = self.at, self.value, union(self.sources, sources)
        return token


class Captured(str):
    """Text that a macro, a call block or a `set` block made.

    Written out, it is pasted as it was captured, tokens and all. Anything else that is done to it (a filter,
    a comparison, `~`) sees the finished text with every value in its place.
    """

    __slots__ = ("pieces", "placed")
    pieces: tuple[Piece, ...]
    placed: bool  # whether a template has moved it to its column already, with `indent`


class Fragment:
    """Captured text that holds a mapping, a list or null: it can be written out, and nothing else."""

    __slots__ = ("holds", "pieces", "placed")

    def __init__(self, pieces: tuple[Piece, ...], holds: str) -> None:
        self.pieces = pieces
        self.holds = holds
        self.placed = False

    def _refuse(self, *_: Any) -> NoReturn:
        raise tracked.Unbindable(f"captured text that holds {self.holds}")

    __str__ = __len__ = __iter__ = __contains__ = __getitem__ = __bool__ = __eq__ = __ne__ = _refuse
    __add__ = __radd__ = __mul__ = __mod__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse
    __hash__ = None  # type: ignore[assignment]


Part = Piece | Captured | Fragment


class Bindings:
    """The tokens of one template's rendering, and what it has used of its bounds.

    `running` holds the places of the expressions under evaluation, outermost first, after a first one that
    stands for none.
    """

    __slots__ = ("length", "made", "running", "steps", "weight")

    def __init__(self) -> None:
        self.made: list[Binding] = []
        self.running = [At("", 0)]
        self.steps = self.length = self.weight = 0

    def charge(self, steps: int) -> None:
        """Count work done. Raises `TooMuch` beyond the bound."""
        self.steps += steps
        if self.steps > bounds.STEPS:
            raise TooMuch(f"more than {bounds.STEPS:,} steps")

    def grow(self, characters: int) -> None:
        """Count text made. Raises `TooMuch` beyond the bound."""
        self.length += characters
        if self.length > bounds.TEXT:
            raise TooMuch(f"more than {bounds.TEXT:,} characters of text")

    def weigh(self, value: Any, depth: int = 0) -> Any:
        """Count a value that is made, compared or written; what it holds twice counts twice.

        Parts that values share cost no memory and all the time of the world: `[x, x]`, forty times over, is a
        million million entries to whoever compares or writes it. Raises `TooMuch` beyond the bounds.
        """
        if isinstance(value, str):
            self.weight += len(value) >> 2
        elif isinstance(value, dict | list | tuple):
            self.weight += len(value) + 1
            if depth > bounds.NESTING:
                raise TooMuch(f"values nested more than {bounds.NESTING} levels deep")
            for child in (*value, *value.values()) if isinstance(value, dict) else value:
                self.weigh(child, depth + 1)
        if self.weight > bounds.WEIGHT:
            raise TooMuch(f"more than {bounds.WEIGHT:,} entries of lists and mappings")
        return value

    def token(self, value: Any, at: At, sources: Sources = NOTHING) -> Token:
        """Keep a value and return the token that stands for it."""
        token = Token(_OPEN + str(len(self.made)).translate(_DIGITS) + _CLOSE)
        token.at, token.value, token.sources = at, value, sources
        self.made.append(Binding(value, at))
        return token


class Uncounted(Bindings):
    """The tokens of a text that was rendered within its bounds before."""

    __slots__ = ()

    def charge(self, steps: int) -> None:
        pass

    def grow(self, characters: int) -> None:
        pass

    def weigh(self, value: Any, depth: int = 0) -> Any:
        return value


def capture(parts: Iterable[Part]) -> Captured | Fragment:
    """What a block captured, with its values resolved for whoever works on it."""
    pieces = tuple(flatten(parts))
    try:
        captured = Captured("".join(tracked.text(p.value) if isinstance(p, Token) else p for p in pieces))
    except tracked.Unbindable as error:
        return Fragment(pieces, str(error))
    captured.pieces, captured.placed = pieces, False
    return captured


def flatten(parts: Iterable[Part]) -> Iterator[Piece]:
    """The pieces in order, those of captured text among them."""
    for part in parts:
        if isinstance(part, Piece):
            yield part
        else:
            yield from part.pieces


def indented(parts: Iterable[Part], blanks: str, first: bool) -> Iterator[Piece]:
    """The same text with every line but the first (or that too) moved right; empty lines stay empty."""
    at_start = first
    for piece in flatten(parts):
        if not piece:
            yield piece
        for match in _LINES.finditer(piece):
            if at_start and match[0] != "\n":
                yield piece.part(blanks, match.start())
            yield piece if isinstance(piece, Token) else piece.part(match[0], match.start())
            at_start = match[0].endswith("\n")


_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")


def placed(text: Captured | Fragment, blanks: str) -> Captured | Fragment:
    """Captured text that stands alone on a line of a template: all of it takes that line's indentation."""
    if text.placed or not blanks:
        return text
    return capture(indented(text.pieces, blanks, first=False))


def located(text: str, at: At, sources: Sources = NOTHING) -> Piece:
    """A piece of text that stands at a place."""
    piece = Piece(text)
    piece.at, piece.sources = at, sources
    return piece


def number(token: str) -> int:
    """The number of a token, from the digits that `TOKEN` matched."""
    return int(token.translate(_NUMBERS))


class RenderedText:
    """What one template made: text with tokens, the bindings behind them, and where each character stands.

    `show` gives the span between two places of the templates; `again` renders the same text once more, with
    the sources of all that is in it.
    """

    __slots__ = ("_traced", "again", "bindings", "pieces", "show", "starts", "template", "text")

    def __init__(
        self,
        template: str,
        parts: Iterable[Part],
        bindings: list[Binding],
        show: Callable[[At, At | None], Span],
        again: Callable[[], RenderedText],
    ) -> None:
        self.template = template
        self.bindings = bindings
        self.show = show
        self.again = again
        self._traced: RenderedText | None = None
        self.pieces = list(flatten(parts))
        self.text = "".join(self.pieces)
        self.starts: list[int] = []

    @property
    def traced(self) -> RenderedText:
        """The same text with the sources of all that is in it: rendered again, once, when somebody asks."""
        if self._traced is None:
            self._traced = self.again()
        return self._traced

    def sources(self, start: int, end: int) -> Sources:
        """What decided that the characters from `start` to `end` are there, and that there are no others."""
        starts = self._starts()
        first = bisect_left(starts, start)
        if first and starts[first - 1] + len(self.pieces[first - 1]) > start:
            first -= 1
        last = bisect_right(starts, end)
        # What is empty, and begins a line, stands between what is before and what is after it.
        between = start == 0 or self.text[start - 1] == "\n"
        return union(
            *(
                piece.sources
                for piece, at in zip(self.pieces[first:last], starts[first:last], strict=True)
                if (at < end if piece else at > start or not between)
            )
        )

    def _starts(self) -> list[int]:
        if not self.starts:
            self.starts = [0, *accumulate(map(len, self.pieces))][:-1]
        return self.starts

    def at(self, offset: int) -> At:
        """Where the character at an offset of the text stands in the templates."""
        if not self.pieces:
            return At(self.template, 0)
        starts = self._starts()
        index = bisect_right(starts, min(offset, len(self.text) - 1)) - 1
        piece = self.pieces[index]
        within = 0 if isinstance(piece, Token) else offset - starts[index]
        return At(piece.at.template, piece.at.offset + within)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The span in the templates that made the characters from `start` to `end`."""
        literal = end is not None and not TOKEN.search(self.text, start, end)
        return self.show(self.at(start), self.at(end) if literal and end is not None else None)
