"""Which files an input names, and what each holds: instances, or a request of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.diagnostics import DiagnosticError
from generator.serving import npy, rest_json
from generator.serving.tensors import invalid

_LARGEST = 1 << 30  # bytes of a file that a project names


@dataclass(frozen=True, slots=True)
class Piece:
    """What one file, or one line of it, says.

    A `row` is one instance, still without a batch dimension, and anything else a request as it is. `value` is
    JSON's, with bytes decoded, or tensors, or the file's bytes.
    """

    name: str
    value: Any
    row: bool = False


def read(places: Iterable[str]) -> list[Piece]:
    """The pieces of files, folders, patterns and `-`. Raises `DiagnosticError` (verify/input)."""
    return [piece for place in places for name, content in _found(place) for piece in _pieces(name, content)]


def read_below(folder: Path, place: str) -> list[Piece]:
    """The pieces of a place that a project names, relative to a folder, and that must be in it.

    Whoever can open a pull request can name any file, and what is read is sent to a server. So neither a path
    nor a link may lead outside, and hidden folders such as `.git` are no part of it. Raises `DiagnosticError`
    (verify/input).
    """
    top = os.path.realpath(folder)
    if Path(place).is_absolute() or ".." in Path(place).parts:
        raise _outside(place)
    found: list[Piece] = []
    for path in _paths(Path(folder, place).absolute()):
        real = os.path.realpath(path)
        below = Path(os.path.relpath(real, top)).parts
        if not real.startswith(f"{top}{os.sep}") or any(part.startswith(".") for part in below):
            raise _outside(place)
        if Path(real).stat().st_size > _LARGEST:
            raise invalid(f"{place} holds more than {_LARGEST >> 20} MiB", "give a smaller input")
        name = str(folder / os.path.relpath(path, folder.absolute()))
        found += _pieces(name, _content(Path(real)))
    return found


def _outside(place: str) -> DiagnosticError:
    return invalid(f"{place} leads outside of the project", "name a file that is committed beside it")


def _found(place: str) -> Iterator[tuple[str, bytes]]:
    """The files a place names, folders and patterns in the order of names; hidden files are left out."""
    if place == "-":
        yield "standard input", sys.stdin.buffer.read()
        return
    for file in _paths(Path(place)):
        yield str(file), _content(file)


def _paths(place: Path) -> list[Path]:
    try:
        paths = [place] if place.is_file() else place.iterdir() if place.is_dir() else _matching(place)
        files = sorted(p for p in paths if p.is_file() and not p.name.startswith("."))
    except (OSError, ValueError) as error:  # a name with a NUL, or no pattern
        raise invalid(f"{place} cannot be read: {error}") from None
    if not files:
        raise invalid(
            f"{place} matches no file", "give a file, a folder that holds files, or a pattern in quotes"
        )
    return files


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise invalid(f"{file} cannot be read: {error.strerror}") from None


def _matching(pattern: Path) -> Iterable[Path]:
    return Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))


def _pieces(name: str, content: bytes) -> list[Piece]:
    if not content:
        raise invalid(f"{name} is empty", "was it written completely?")
    return _reader(name, content)(name, content)


def _reader(name: str, content: bytes) -> Callable[[str, bytes], list[Piece]]:
    """How to read a file, by the end of its name; standard input by what it begins with."""
    if name != "standard input":
        return _READERS.get(Path(name).suffix.lower(), _bytes)
    if content.startswith(npy.MAGIC):
        return _npy
    if content.startswith(b"PK\x03\x04"):
        return _npz
    return _json_or_lines if content.lstrip()[:1] in (b"{", b"[") else _bytes


def _bytes(name: str, content: bytes) -> list[Piece]:
    return [Piece(name, content, row=True)]


def _json(name: str, content: bytes) -> list[Piece]:
    return [Piece(name, _parsed(content, name))]


def _lines(name: str, content: bytes) -> list[Piece]:
    places = (
        (f"{name}:{number}", line) for number, line in enumerate(content.splitlines(), 1) if line.strip()
    )
    return [Piece(place, _parsed(line, place), row=True) for place, line in places]


def _json_or_lines(name: str, content: bytes) -> list[Piece]:
    try:
        json.loads(content)
    except ValueError:
        return _lines(name, content)
    return _json(name, content)


def _npy(name: str, content: bytes) -> list[Piece]:
    return [Piece(name, npy.load_npy(content, name))]


def _npz(name: str, content: bytes) -> list[Piece]:
    return [Piece(name, npy.load_npz(content, name))]


def _parsed(content: bytes, name: str) -> Any:
    try:
        return decoded(json.loads(content), name)
    except RecursionError:
        raise invalid(f"{name} is nested too deeply") from None
    except ValueError as error:
        raise invalid(f"{name} is not JSON: {error}") from None


def decoded(value: Any, name: str) -> Any:
    """The value of JSON or YAML with its {"b64": …} as bytes. Raises `DiagnosticError` (verify/input)."""
    try:
        return rest_json.decoded(value)
    except ValueError as error:
        raise invalid(f"{name}: {error}", 'bytes are written as {"b64": "…"}, in base64') from None


_READERS = {".json": _json, ".ndjson": _lines, ".jsonl": _lines, ".npy": _npy, ".npz": _npz}
