"""The vendored schemas of the Kubernetes API, one minor version each, and what changed between them.

`generator/openapi/README.md` describes the files. The minor version of Kubernetes 1.35 is 35.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pkgutil import get_data  # far quicker to import than importlib.resources
from typing import Any, Final

from generator.core.paths import Path

DEFAULT: Final = 35  # its file is complete; those of the others hold what differs from it
MINORS: Final = range(33, 38)
_REFERENCE: Final = re.compile(r'"#/definitions/([^"]+)"')
_ABSENT: Final = "null"


def shown(minor: int) -> str:
    """A version as people write it."""
    return f"v1.{minor}"


def kinds(minor: int) -> dict[str, str]:
    """Every kind that can be applied, such as `apps/v1 Deployment`, with the name of its definition."""
    return _document(minor)[0]


@cache
def schema(kind: str, minor: int = DEFAULT) -> dict[str, Any] | None:
    """The schema of a kind with every definition that it reaches, or None for a kind that there is not."""
    known = kinds(minor)
    if kind not in known:
        return None
    return {"$ref": f"#/definitions/{known[kind]}", "definitions": reached(known[kind], minor)}


def reached(definition: str, minor: int) -> dict[str, Any]:
    """A definition, and every other that it refers to, by name."""
    definitions = _document(minor)[1]
    found: dict[str, Any] = {}
    waiting = [definition]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = json.loads(definitions[name])
            waiting += _REFERENCE.findall(definitions[name])
    return found


def of_kind(kind: str, minor: int) -> str:
    """Why a version does not have a kind that another one has, and what to write instead; else nothing."""
    others = [other for other in MINORS if kind in kinds(other)]
    if others:
        return _when(kind, others, minor)
    if kind in (gone := _removed()):
        since, instead = gone[kind]
        while instead in gone:
            instead = gone[instead][1]
        return f"{kind} was removed in v1.{since}" + (f"; write {instead}" if instead else "")
    return ""


def of_field(kind: str, path: Path, minor: int) -> str:
    """Which versions have a field that this one does not; nothing where none has it."""
    others = [other for other in MINORS if other != minor and _has(kind, path, other)]
    return _when(f"`{path[-1]}`", others, minor) if others else ""


def _when(what: str, others: list[int], minor: int) -> str:
    """When something came or went, as the versions tell that have it; `minor` is not one of them."""
    if later := [other for other in others if other > minor]:
        chosen = f"gen checks for {shown(minor)}, see `kubernetes` in gen.yaml"
        return f"{what} exists from {shown(min(later))}; {chosen}"
    return f"{what} was removed in {shown(max(others) + 1)}"


def _has(kind: str, path: Path, minor: int) -> bool:
    """Whether a version has the field at a path of a kind."""
    found = schema(kind, minor)
    here: Any = found
    for step in path:
        while isinstance(here, dict) and "$ref" in here and found is not None:
            here = found["definitions"][here["$ref"].removeprefix("#/definitions/")]
        if not isinstance(here, dict):
            return False
        below = here.get("properties", {}).get(step) if isinstance(step, str) else here.get("items")
        here = here.get("additionalProperties") if below is None else below
    return isinstance(here, dict)


@cache
def _document(minor: int) -> tuple[dict[str, str], dict[str, str]]:
    """The kinds with the names of their definitions, and the JSON of every definition by name.

    A file has a definition a line. There are some five hundred, and few objects reach more than a
    hundred: only those are parsed.
    """
    text = (get_data("generator.openapi", f"{shown(minor)}.json") or b"").decode()
    head, _, rest = text.partition(',\n"definitions": {\n')
    lines = (line.rstrip(",").split(": ", 1) for line in rest.splitlines()[:-2])
    named: dict[str, str | None] = json.loads(head + "}")["kinds"]
    definitions = {name.strip('"'): definition for name, definition in lines}
    if minor == DEFAULT:
        return {kind: name for kind, name in named.items() if name}, definitions
    base_kinds, base_definitions = _document(DEFAULT)
    merged = {**base_kinds, **named}
    every = {**base_definitions, **definitions}
    return (
        {kind: name for kind, name in merged.items() if name},
        {name: definition for name, definition in every.items() if definition != _ABSENT},
    )


@cache
def _removed() -> dict[str, tuple[int, str]]:
    """Kinds that no vendored version has any more: the minor version that removed each, and its successor."""
    found: dict[str, tuple[int, str]] = json.loads(get_data("generator.openapi", "removed.json") or b"{}")
    return found
