"""Values on their way through the rendered text: each is a token there, and stays a value here.

An output expression of a template emits a token, a short run of private-use characters that no input may
hold, and its value is kept beside. `generator.core.manifests` parses the text and puts the values back, so
that no value can change the structure of a document. Every piece of text knows where in which template it
stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, Final, NamedTuple, NoReturn

from generator.core import bounds, tracked
from generator.core.paths import Path
from generator.core.tracked import Paths
from generator.diagnostics import Span

_ZERO: Final = 0x10FE00  # ten digits from here, in the last private-use plane, then the two brackets
_OPEN, _CLOSE = chr(_ZERO + 10), chr(_ZERO + 11)
RESERVED: Final = re.compile(f"[{chr(_ZERO)}-{_CLOSE}]")
TOKEN: Final = re.compile(f"{_OPEN}([{chr(_ZERO)}-{chr(_ZERO + 9)}]+){_CLOSE}")
_DIGITS: Final = {ord(str(digit)): chr(_ZERO + digit) for digit in range(10)}
_NUMBERS: Final = {ord(token): digit for digit, token in _DIGITS.items()}


class At(NamedTuple):
    """A place in a template: its name, and the offset of a character."""

    template: str
    offset: int


class Binding(NamedTuple):
    """What a token stands for: the value (still tracked), the value paths behind it, where it was written."""

    value: Any
    paths: Paths
    at: At


class TooMuch(Exception):
    """A template that works or writes beyond its bounds."""


class Piece(str):
    """A run of template text, or of text pasted on purpose, with the place of its first character."""

    __slots__ = ("at",)
    at: At


class Token(Piece):
    """The text of a token, with the value it stands for."""

    __slots__ = ("value",)
    value: Any


class Captured(str):
    """Text that a macro, a call block or a `set` block made.

    Written out, it is pasted as it was captured, tokens and all. Anything else that is done to it (a filter,
    a comparison, `~`) sees the finished text with every value in its place.
    """

    __slots__ = ("pieces",)
    pieces: tuple[Piece, ...]


class Fragment:
    """Captured text that holds a mapping, a list or null: it can be written out, and nothing else."""

    __slots__ = ("holds", "pieces")

    def __init__(self, pieces: tuple[Piece, ...], holds: str) -> None:
        self.pieces = pieces
        self.holds = holds

    def _refuse(self, *_: Any) -> NoReturn:
        raise tracked.Unbindable(f"captured text that holds {self.holds}")

    __str__ = __len__ = __iter__ = __contains__ = __getitem__ = __bool__ = __eq__ = __ne__ = _refuse
    __add__ = __radd__ = __mul__ = __mod__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse
    __hash__ = None  # type: ignore[assignment]


Part = Piece | Captured | Fragment


class Expression:
    """An expression that is being evaluated: where it stands, and the value paths it has read so far."""

    __slots__ = ("at", "reads")

    def __init__(self, at: At) -> None:
        self.at = at
        self.reads: list[Path] = []


class Bindings:
    """The tokens of one template's rendering, and what it has used of its bounds.

    `running` holds the expressions under evaluation, outermost first; what stands in none reads into the
    first entry, which nobody asks.
    """

    __slots__ = ("length", "made", "running", "steps", "weight")

    def __init__(self) -> None:
        self.made: list[Binding] = []
        self.running = [Expression(At("", 0))]
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

    def token(self, value: Any, made_by: Expression) -> Token:
        """Keep a value and return the token that stands for it."""
        # An expression that read nothing may show a macro's argument: then it is what the caller read.
        reads = made_by.reads or next(
            (outer.reads for outer in reversed(self.running[1:]) if outer.reads), []
        )
        token = Token(_OPEN + str(len(self.made)).translate(_DIGITS) + _CLOSE)
        token.at, token.value = made_by.at, value
        self.made.append(Binding(value, narrowest(reads), made_by.at))
        return token


def capture(parts: Iterable[Part]) -> Captured | Fragment:
    """What a block captured, with its values resolved for whoever works on it."""
    pieces = tuple(flatten(parts))
    try:
        captured = Captured("".join(tracked.text(p.value) if isinstance(p, Token) else p for p in pieces))
    except tracked.Unbindable as error:
        return Fragment(pieces, str(error))
    captured.pieces = pieces
    return captured


def flatten(parts: Iterable[Part]) -> Iterator[Piece]:
    """The pieces in order, those of captured text among them."""
    for part in parts:
        if isinstance(part, Piece):
            yield part
        else:
            yield from part.pieces


def indented(parts: Iterable[Part], blanks: str, first: bool) -> Iterator[Part]:
    """The same text with every line but the first (or that too) moved right; empty lines stay empty."""
    at_start = first
    for piece in flatten(parts):
        for match in re.finditer(r"[^\n]*\n|[^\n]+", piece):
            place = At(piece.at.template, piece.at.offset + match.start())
            if at_start and match[0] != "\n":
                yield located(blanks, place)
            yield piece if isinstance(piece, Token) else located(match[0], place)
            at_start = match[0].endswith("\n")


def located(text: str, at: At) -> Piece:
    """A piece of text that stands at a place."""
    piece = Piece(text)
    piece.at = at
    return piece


def narrowest(read: list[Path]) -> Paths:
    """The paths that an expression ended at, without the containers that it only went through."""
    return tuple(
        path
        for path in dict.fromkeys(read)
        if not any(len(other) > len(path) and other[: len(path)] == path for other in read)
    )


def number(token: str) -> int:
    """The number of a token, from the digits that `TOKEN` matched."""
    return int(token.translate(_NUMBERS))


class RenderedText:
    """What one template made: text with tokens, the bindings behind them, and where each character stands.

    `show` gives the span between two places of the templates.
    """

    __slots__ = ("bindings", "pieces", "show", "starts", "template", "text")

    def __init__(
        self,
        template: str,
        parts: Iterable[Part],
        bindings: list[Binding],
        show: Callable[[At, At | None], Span],
    ) -> None:
        self.template = template
        self.bindings = bindings
        self.show = show
        self.pieces = list(flatten(parts))
        self.text = "".join(self.pieces)
        self.starts: list[int] = []

    def at(self, offset: int) -> At:
        """Where the character at an offset of the text stands in the templates."""
        if not self.pieces:
            return At(self.template, 0)
        if not self.starts:
            self.starts = [0, *accumulate(map(len, self.pieces))][:-1]
        index = bisect_right(self.starts, min(offset, len(self.text) - 1)) - 1
        piece = self.pieces[index]
        within = 0 if isinstance(piece, Token) else offset - self.starts[index]
        return At(piece.at.template, piece.at.offset + within)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The span in the templates that made the characters from `start` to `end`."""
        literal = end is not None and not TOKEN.search(self.text, start, end)
        return self.show(self.at(start), self.at(end) if literal and end is not None else None)
