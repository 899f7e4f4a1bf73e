"""The values that are lifted out of manifests: where each stands, and what it is in every environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain, count
from json import dumps
from typing import Any, Final, NamedTuple

from generator.core.canonical import canonical
from generator.core.paths import Path
from generator.core.values import ENVIRONMENT

_RESERVED: Final = frozenset(
    (
        f"{ENVIRONMENT} namespace images range dict cycler joiner loop self super caller varargs kwargs true "
        "false none True False None and or not in is if elif else for set import from include with without "
        "block macro call filter recursive context ignore missing as do"
    ).split()
)
_SHORTENED: Final = frozenset(("spec", "template", "jobTemplate", "metadata", "data"))
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final = re.compile(r"[A-Za-z0-9]+")


class Value(NamedTuple):
    """A value to be: its path among the values, what it is where it is set, and what it is for."""

    path: Path
    given: dict[str, Any]
    about: str
    flag: bool = False  # decides whether something is there; false where it is not said


class Lifted:
    """Every value that was lifted, and the texts that stand for expressions until templates are written."""

    def __init__(self, environments: Iterable[str], marker: str) -> None:
        self.environments = tuple(environments)
        self.marker = marker
        self.values: dict[Path, Value] = {}
        self.expressions: list[str] = []
        self._inner: set[Path] = set()
        self._keys: set[str] = set()

    def key(self, *candidates: str) -> str:
        """A name at the top of the values that nothing else has: the first candidate that is free."""
        numbered = (f"{candidates[-1]}{number}" for number in count(2))
        free = (n for n in chain(candidates, numbered) if n not in self._keys and n not in _RESERVED)
        found = next(free)
        self._keys.add(found)
        return found

    def is_free(self, path: Path) -> bool:
        """Whether a value can stand at a path beside all others."""
        above = (path[:length] for length in range(1, len(path)))
        return (
            path not in self.values and path not in self._inner and not any(a in self.values for a in above)
        )

    def add(
        self, candidates: Iterable[Path], given: Mapping[str, Any], about: str, flag: bool = False
    ) -> Path:
        """Lift a value to the first of some paths that is free."""
        path = next(path for path in candidates if self.is_free(path))
        self.values[path] = Value(path, dict(given), about, flag)
        self._inner.update(path[:length] for length in range(1, len(path)))
        return path

    def expression(self, code: str) -> str:
        """The text that stands for `{{ code }}`."""
        self.expressions.append(code)
        return f"{self.marker}{len(self.expressions) - 1}x"

    def bound(self, path: Path) -> str:
        """The text that stands for the value at a path."""
        return self.expression(code(path))

    def tree(self, environment: str) -> dict[str, Any]:
        """The values that only this environment has; those that all share stand in `shared`."""
        return _tree(
            (value.path, value.given[environment])
            for value in self.values.values()
            if environment in value.given and not self._is_shared(value)
        )

    def shared(self) -> dict[str, Any]:
        """The values that are the same in every environment."""
        return _tree(
            (value.path, next(iter(value.given.values())))
            for value in self.values.values()
            if self._is_shared(value)
        )

    def _is_shared(self, value: Value) -> bool:
        everywhere = len(value.given) == len(self.environments)
        return everywhere and len({canonical(given) for given in value.given.values()}) == 1


def camel(*words: str) -> str:
    """Words as one name that templates can write without quotes."""
    parts = [part for word in words for part in _WORDS.findall(word)]
    text = parts[0][:1].lower() + parts[0][1:] if parts else ""
    text += "".join(part[:1].upper() + part[1:] for part in parts[1:])
    return text if text[:1].isalpha() else f"x{text}"


def shortened(key: str, name: Path) -> Path:
    """The path of a value below an object's key, without the steps that say nothing.

    An empty step stands for the one container that a pod has.
    """
    steps = [step for step in name if step and step not in _SHORTENED]
    if len(steps) > 1 and steps[-1] == "value" and steps[-3:-2] == ["env"]:
        steps.pop()
    return (key, *map(str, steps or name))


def code(path: Path) -> str:
    """The expression that reads the value at a path; Jinja takes only plain words behind a dot."""
    head, *rest = map(str, path)
    return head + "".join(f".{s}" if _NAME.fullmatch(s) else f"[{literal(s)}]" for s in rest)


def literal(text: str) -> str:
    """A text as an expression of a template writes it."""
    return dumps(text, ensure_ascii=False)


def _tree(entries: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in entries:
        inner = tree
        for step in path[:-1]:
            inner = inner.setdefault(str(step), {})
        inner[str(path[-1])] = value
    return tree
