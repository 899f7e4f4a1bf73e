"""The canonical writer: one text for one object, and the same object for every reader.

Block style, keys in the order people expect, long text as literal blocks, and quotes around everything that
YAML 1.1, YAML 1.2, PyYAML or kubectl's parser could take for something else than the string it is. PyYAML's
own dump leaves `y`, `1e3` and `08` bare. Every line remembers the field path it shows.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from generator.core import scalars
from generator.core.paths import Path

# What Kubernetes users expect to read first, in this order; every other key follows in alphabetical order.
_FIRST: Final = {
    key: rank
    for rank, key in enumerate(
        (
            "apiVersion kind metadata name generateName namespace labels annotations type image "
            "imagePullPolicy command args workingDir ports envFrom env resources volumeMounts "
            "startupProbe readinessProbe livenessProbe lifecycle replicas selector strategy "
            "template immutable data stringData spec"
        ).split()
    )
}
_LAST: Final = len(_FIRST)
_LONG_KEY: Final = 500  # readers look for the colon after a key no further than 1,024 characters

# Characters that a reader may not show, fold, or allow: written as escapes, so that a reviewer sees them.
_HIDDEN: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ufeff\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_ESCAPED: Final = re.compile(f'["\\\\\n\t{_HIDDEN}]')
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}

# Text that a literal block holds unchanged for every reader: no blank at its start or at the end of a line,
# and nothing that does not show.
_BLOCK: Final = re.compile("(?=[^ \n])(?:(?:[^\n]*[^\n ])?\n)+(?:[^\n]*[^\n ])?")
_UNSEEN: Final = re.compile(f"[\t{_HIDDEN}]")


def dump(value: Any) -> str:
    """The canonical YAML of plain data, ending in a line break."""
    return "\n".join(line for line, _ in lines(value)) + "\n"


def lines(value: Any) -> list[tuple[str, Path]]:
    """The canonical YAML line by line, each with the path of the field that it shows."""
    written: list[tuple[str, Path]] = []
    if isinstance(value, dict | list) and value:
        _container(value, "", (), written)
    else:
        _leaf("", value, "", (), written)
    return written


def _container(value: Any, blanks: str, path: Path, out: list[tuple[str, Path]]) -> None:
    if isinstance(value, dict):
        for key in ordered(value):
            name = quoted(key)
            if len(name) > _LONG_KEY:
                out.append((f"{blanks}? {name}", (*path, key)))
                name = ""
            _entry(f"{blanks}{name}:", value[key], blanks, (*path, key), out)
        return
    for index, item in enumerate(value):
        place = (*path, index)
        if isinstance(item, dict | list) and item:
            # The item's first line moves up, behind its dash.
            start = len(out)
            _container(item, blanks + "  ", place, out)
            line, first = out[start]
            out[start] = (f"{blanks}- {line[len(blanks) + 2 :]}", first)
        else:
            _leaf(f"{blanks}- ", item, blanks, place, out)


def _entry(lead: str, value: Any, blanks: str, path: Path, out: list[tuple[str, Path]]) -> None:
    if isinstance(value, dict | list) and value:
        out.append((lead, path))
        # A list stands at its key's own column, as kubectl writes it.
        _container(value, blanks if isinstance(value, list) else blanks + "  ", path, out)
    else:
        _leaf(f"{lead} ", value, blanks, path, out)


def _leaf(lead: str, value: Any, blanks: str, path: Path, out: list[tuple[str, Path]]) -> None:
    if isinstance(value, str) and "\n" in value and _is_block(value):
        body = value.rstrip("\n")
        ending = len(value) - len(body)
        out.append((f"{lead}|{'-' if ending == 0 else '' if ending == 1 else '+'}", path))
        text = (body + "\n" * (ending - 1) if ending > 1 else body).split("\n")
        out.extend((f"{blanks}  {line}" if line else "", path) for line in text)
    else:
        out.append((lead + scalar(value), path))


def _is_block(text: str) -> bool:
    return bool(_BLOCK.fullmatch(text)) and not _UNSEEN.search(text)


def ordered(mapping: dict[str, Any]) -> list[str]:
    """The keys in canonical order."""
    return sorted(mapping, key=lambda key: (_FIRST.get(key, _LAST), key))


def scalar(value: Any) -> str:
    """A scalar or an empty container on one line."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return json.dumps(value)


def number(value: float) -> str:
    """A float that YAML 1.1 takes for one too: with a point, and a sign in the exponent."""
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def quoted(text: str) -> str:
    """A string, bare where every reader agrees on it and in double quotes everywhere else."""
    if scalars.is_plain(text):
        return text
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
