"""Field paths: where a value sits in a tree, as a tuple of keys and indexes, and how people write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP = re.compile(
    r"""\.?(?P<bare>[A-Za-z_][A-Za-z0-9_-]*)|\[(?P<index>[0-9]+)\]|\[(?P<key>"(?:[^"\\]|\\.)*")\]"""
)


def show(path: Path) -> str:
    """`spec.ports[0].name`; a key that is no plain word as `metadata.labels["app.kubernetes.io/name"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _BARE.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def parse(text: str) -> Path | None:
    """The path that `show` writes as `text`, or None where it is no path."""
    path, rest = head(text)
    return path if path and not rest else None


def head(text: str) -> tuple[Path, str]:
    """The path that a text begins with, and what follows it."""
    steps: list[str | int] = []
    at = 0
    while (match := _STEP.match(text, at)) is not None and (steps or not text.startswith(".")):
        bare, index, key = match["bare"], match["index"], match["key"]
        try:
            steps.append(bare if bare is not None else int(index) if index is not None else json.loads(key))
        except ValueError:  # an escape that JSON does not have, or an index of thousands of digits
            break
        at = match.end()
    return tuple(steps), text[at:]


def get(tree: Any, path: Path) -> Any:
    """The value at a path. Raises KeyError where there is none."""
    for step in path:
        if isinstance(tree, str):  # its characters are no values
            raise KeyError(step)
        try:
            tree = tree[step]
        except (IndexError, TypeError) as error:
            raise KeyError(step) from error
    return tree


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar and every empty container with its path, in document order."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, list) and tree:
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    else:
        yield path, tree
