"""Other values for an environment: each value changed, taken away or added, where the schema takes it.

A mutation is one step away from the values as they are: a scalar with another value, a list without its last
item or with that item twice, a key taken away, or a key added with what the schema gives as its example.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from generator.core import paths
from generator.core.paths import Path
from generator.core.values import Values
from generator.diagnostics import DiagnosticError, Source
from generator.pipeline import Pipeline

_EACH = 5  # so many mutations are looked back at for twins


class Mutation(NamedTuple):
    """A path whose value is another one, how (`changed`, `removed` or `added`), and the whole tree then."""

    path: Path
    how: str
    values: Values


def mutations(line: Pipeline, complete: Values, step: int = 1) -> Iterator[Mutation]:
    """Every mutation of complete values that the schema takes, of every so many that there might be."""
    seen: list[Any] = []
    for path, how, tree in islice(_trees(complete.tree, _Known(line.schema.files)), 0, None, step):
        values = accepted(line, tree)
        if values is None or values.tree == complete.tree or (path, values.tree) in seen[-_EACH:]:
            continue
        seen.append((path, values.tree))
        yield Mutation(path, how, values)


def accepted(line: Pipeline, tree: dict[str, Any]) -> Values | None:
    """The complete values of a tree, or None where the schema refuses it."""
    try:
        return line.values("mutated", [Source("values/mutated.yaml", json.dumps(tree))])
    except DiagnosticError:
        return None


class _Known:
    """What the files of a schema show of values: words for strings, and examples for the keys of mappings."""

    def __init__(self, files: Any) -> None:
        self.words: dict[str, None] = {}
        self.examples: dict[str, list[Any]] = {}
        for schema in files.values():
            self._read(schema)

    def _read(self, schema: Any) -> None:
        if isinstance(schema, list):
            for part in schema:
                self._read(part)
        if not isinstance(schema, dict):
            return
        for word in (*schema.get("enum", ()), schema.get("const")):
            if isinstance(word, str):
                self.words[word] = None
        if isinstance(properties := schema.get("properties"), dict):
            for key, field in properties.items():
                if isinstance(field, dict):
                    shown = [*field.get("examples", ()), *([field["default"]] if "default" in field else ())]
                    shown += [field["const"]] if "const" in field else list(field.get("enum", ()))[:2]
                    shown += [True, False] if field.get("type") == "boolean" else []
                    self.examples.setdefault(key, []).extend(e for e in shown if e not in self.examples[key])
        for part in schema.values():
            self._read(part)


def trees(tree: dict[str, Any], optional: dict[str, list[Any]]) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Every mutation of a tree that has no schema; `optional` has values for keys that may be added."""
    known = _Known({})
    known.examples.update(optional)
    yield from _trees(tree, known)


def _trees(tree: dict[str, Any], known: _Known) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for path, value in _places(tree):
        for other in _others(value, known):
            yield path, "changed", _with(tree, path, other)
        if path and isinstance(path[-1], str):
            yield path, "removed", _with(tree, path, None)
        if isinstance(value, dict):
            for key, examples in known.examples.items():
                for example in examples if key not in value else ():
                    for other in (example, *list(_others(example, known))[:2]):
                        yield (*path, key), "added", _with(tree, (*path, key), other)
            for key in list(value)[:1]:
                yield (*path, f"{key}x"), "added", _with(tree, (*path, f"{key}x"), value[key])


def _places(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, tree
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, child in children:
        yield from _places(child, (*path, step))


def _others(value: Any, known: _Known) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, 0, value * 2, 1)
    elif isinstance(value, str):
        digits = next((n for n, c in enumerate(value) if c.isdigit()), None)
        if digits is not None:
            yield value[:digits] + str((int(value[digits]) + 1) % 10) + value[digits + 1 :]
        yield from (f"{value}x", f"x{value}", f"{value}1", value[:-1], "")
        yield from (word for word in known.words if word != value)
    elif isinstance(value, list) and value:
        yield from ([*value, copy.deepcopy(value[-1])], value[:-1])
    elif isinstance(value, list):
        yield from (["x"], [1], [{}])
    elif isinstance(value, dict) and value:
        yield {}


def _with(tree: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy with another value at a path, or without it where the value is None."""
    made = copy.deepcopy(tree)
    if not path:
        return value if isinstance(value, dict) else made
    parent = paths.get(made, path[:-1])
    if value is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = copy.deepcopy(value)
    return made
