"""The steps of a script: what each is for, how it sees that it is done, what it runs, and how to undo it.

The `.sh` files beside this module hold them:

    ### NAME: what it is for
    # done: a condition
    # undo: commands, or in brackets why there are none; `(asked here too)` where an undoing asks as well
    commands
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from generator.sources.packaged import Packaged

_HEAD: Final = re.compile(r"^### ([a-z]+): (.+)\n", re.MULTILINE)
_FUNCTIONS: Final = r"""set -euo pipefail
step() { printf '\n== %s\n' "$1"; }
skip() { echo 'done already'; }
stop() { printf 'error: %s\n  help: %s\n' "$1" "$2" >&2 && exit 1; }
"""

_WIDTH: Final = 100
_ASKS: Final = "(asked here too)"

Constant = str | Sequence[str]


class Step(NamedTuple):
    """One step, in bash; `done` is empty where its commands see for themselves what there is to do."""

    name: str
    purpose: str
    done: str
    undo: tuple[str, ...]
    commands: tuple[str, ...]

    def text(self, place: str) -> str:
        """The step as it is read and run; `place` is such as 3/9 group."""
        notes = [f"# undo: {line}" for line in self.undo if line != _ASKS]
        return "\n".join([self._title(place), *notes, *_unless(self.done, self.commands), ""])

    def undoing(self, place: str) -> str:
        """What takes back what the step has made."""
        if not self.done:
            return "\n".join([self._title(place), *self.undo, ""])
        inner = [f"  {line}" for line in self.undo]
        return "\n".join([self._title(place), f"if {self.done}; then", *inner, "fi", ""])

    @property
    def makes(self) -> bool:
        """Whether there is something to undo."""
        return bool(self.undo) and not self.undo[0].startswith("(")

    @property
    def asks(self) -> bool:
        """Whether it only looks, and an undoing has to look as well."""
        return self.undo == (_ASKS,)

    def _title(self, place: str) -> str:
        return f"step {shlex.quote(f'{place}: {self.purpose}')}"


class Script(NamedTuple):
    """A script: the texts of its steps by their places and names, and the values that they work on.

    `name` is what somebody types who wants it to destroy; empty for a script that builds.
    """

    about: str
    constants: Mapping[str, Constant]
    parts: Mapping[str, str]
    name: str = ""

    @property
    def head(self) -> str:
        """What every step needs before it: the values in constants, quoted, and two functions."""
        body = "".join(self.parts.values())
        used = {key: value for key, value in self.constants.items() if re.search(rf"\b{key}\b", body)}
        lines = _packed(f"{key}={_quoted(value)}" for key, value in used.items())
        typed = shlex.quote(self.name)
        help = shlex.quote(f"bash SCRIPT {typed}")
        guard = f'[ "${{1-}}" = {typed} ] || stop "this destroys; say what, and it does" {help}'
        return "\n".join([_FUNCTIONS.rstrip(), *([guard] if self.name else []), *lines, ""])

    @property
    def text(self) -> str:
        """The whole script."""
        about = "".join(f"# {line}\n" for line in self.about.splitlines())
        return "\n".join([f"#!/usr/bin/env bash\n{about}{self.head}", *self.parts.values()])


def building(about: str, constants: Mapping[str, Constant], steps: Sequence[Step]) -> Script:
    """The script that takes the steps."""
    places = (f"{number}/{len(steps)} {step.name}" for number, step in enumerate(steps, 1))
    return Script(
        about, constants, {place: step.text(place) for place, step in zip(places, steps, strict=True)}
    )


def undoing(about: str, constants: Mapping[str, Constant], steps: Sequence[Step], name: str) -> Script:
    """The script that takes back what the steps have made, the last one first, if `name` is typed."""
    left = [step for step in steps if step.asks] + [step for step in reversed(steps) if step.makes]
    places = [f"{number}/{len(left)} {step.name}" for number, step in enumerate(left, 1)]
    texts = [s.text(place) if s.asks else s.undoing(place) for place, s in zip(places, left, strict=True)]
    return Script(about, constants, dict(zip(places, texts, strict=True)), name)


def choose(platform: str, names: Iterable[str]) -> tuple[Step, ...]:
    """Steps of a platform by their names: its own, and those that all have."""
    packaged = Packaged("generator", "provision")
    known: dict[str, Step] = {}
    for file in ("common.sh", f"{platform}.sh"):
        _, *found = _HEAD.split(packaged.read(file).text)
        for name, purpose, body in zip(found[::3], found[1::3], found[2::3], strict=True):
            known[name] = _read(name, purpose, body)
    return tuple(known[name] for name in names)


def _read(name: str, purpose: str, body: str) -> Step:
    lines = body.strip().splitlines()
    done = [line.removeprefix("# done: ") for line in lines if line.startswith("# done: ")]
    undo = [line.removeprefix("# undo: ") for line in lines if line.startswith("# undo: ")]
    commands = [line for line in lines if not line.startswith(("# done: ", "# undo: "))]
    return Step(name, purpose, "".join(done), tuple(undo), tuple(commands))


def _unless(done: str, commands: Iterable[str]) -> list[str]:
    if not done:
        return list(commands)
    return [f"if {done}; then skip; else", *(f"  {line}" for line in commands), "fi"]


def _packed(assignments: Iterable[str]) -> list[str]:
    """Assignments, several to a line where they are short."""
    lines: list[str] = []
    for one in assignments:
        if lines and len(lines[-1]) + len(one) < _WIDTH:
            lines[-1] += f" {one}"
        else:
            lines.append(one)
    return lines


def _quoted(value: Constant) -> str:
    """A value as bash reads it back, character for character; a list is an array."""
    return shlex.quote(value) if isinstance(value, str) else f"({' '.join(map(shlex.quote, value))})"
