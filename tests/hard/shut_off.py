"""A judge that sees every file, process and connection that rendering asks for, and forbids all of them.

What Python itself needs to import a module is allowed: the package, the standard library, installed packages.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import generator
from tests.hard.fuzz import Input, judge

_ALLOWED: Final = tuple(
    os.path.realpath(place) + os.sep
    for place in (Path(generator.__file__).parent, sys.prefix, sys.base_prefix)
)
_FORBIDDEN: Final = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.")


class Forbidden(BaseException):
    """Something that rendering must not ask for."""


def shut_off(given: Input) -> str:
    """What is wrong with how an input was taken, in a process that can reach nothing. Runs in a child."""
    _shut()
    return judge(given)


@cache
def _shut() -> None:
    """Forbid it all from now on: an audit hook (PEP 578) stays for as long as its process."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or (event == "open" and _is_outside(arguments[0])):
        raise Forbidden(event, *map(repr, arguments[:1]))


def _is_outside(path: Any) -> bool:
    named = isinstance(path, str | bytes)  # else a file that is open already
    return named and not os.path.realpath(os.fsdecode(path)).startswith(_ALLOWED)
