"""What one run may keep for the next: compiled templates, and that a schema or rules were found in order.

Never a result, and nothing that is not a function of texts: a record is known by a digest of all that it was
made from. Whoever holds the store between runs (`generator.cache`) knows nothing of what is in it.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from types import CodeType
from typing import Any, Final, NamedTuple, TypeGuard

Record = Any  # plain data, or code

LARGEST: Final = 8 << 20  # bytes of a store; a large project takes a few hundred thousand
_MARK: Final = b"gen kept 1\n"
_SUM: Final = 32  # bytes of a checksum


class Kept:
    """Records by their keys, with what this run has added and used."""

    def __init__(self, records: dict[bytes, Record] | None = None) -> None:
        self.records = records or {}
        self.grown = False  # whether there is something that was not there before
        self._used: set[bytes] = set()

    def recall(self, key: bytes) -> Record | None:
        """The record of a key, or None. It is what this run, or whoever wrote the store, has put there."""
        self._used.add(key)
        return self.records.get(key)

    def keep(self, key: bytes, record: Record) -> None:
        self._used.add(key)
        self.records[key] = record
        self.grown = True

    def dump(self) -> bytes:
        """The store as bytes: what this run has used where it would be too large, or nothing."""
        for records in (self.records, {key: r for key, r in self.records.items() if key in self._used}):
            data = marshal.dumps(records)
            if len(data) <= LARGEST:
                return b"".join((_MARK, sha256(data).digest(), data))
        return b""


def load(stored: bytes) -> Kept:
    """The store in some bytes; an empty one for whatever `dump` has not written."""
    head = len(_MARK) + _SUM
    data = stored[head:]
    if stored[:head] == _MARK + sha256(data).digest():
        with suppress(Exception):
            records = marshal.loads(data)  # noqa: S302 (`generator.cache` says whose bytes these are)
            if isinstance(records, dict):
                return Kept(records)
    return Kept()


def key(kind: str, *parts: str) -> bytes:
    """The key of what is made from some texts."""
    digest = sha256(kind.encode())
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(raw))
        digest.update(raw)
    return digest.digest()


class Code(NamedTuple):
    """A compiled template: its code, its runs of text with their offsets, and the offsets of its places."""

    code: CodeType
    texts: tuple[tuple[str, int], ...]
    places: tuple[int, ...]


def code(record: Record | None) -> Code | None:
    """The compiled template in a record; None for anything else."""
    if not isinstance(record, tuple) or len(record) != 3:
        return None
    compiled, texts, places = record
    if isinstance(compiled, CodeType) and _are_located(texts) and _are_offsets(places):
        return Code(compiled, texts, places)
    return None


def _are_located(texts: object) -> TypeGuard[tuple[tuple[str, int], ...]]:
    return isinstance(texts, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) and _are_offsets(pair[1:])
        for pair in texts
    )


def _are_offsets(numbers: object) -> TypeGuard[tuple[int, ...]]:
    return isinstance(numbers, tuple) and all(type(number) is int for number in numbers)


def texts_of(names: Iterable[tuple[str, str]]) -> list[str]:
    """Some texts with their names, in an order that does not depend on where they came from."""
    return [part for pair in sorted(names) for part in pair]
