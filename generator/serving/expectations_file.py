"""Expectations from YAML: the section of an environment's values that gen.yaml names, or a file that is one.

verify.schema.json says what the section may hold. It is checked here, because a project's own schema need not
know it, and by the same code as values are, so that a mistake is shown in its place.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from generator.core import values
from generator.core.paths import Path as FieldPath
from generator.core.schema import NAME, Schema
from generator.core.values import Values
from generator.diagnostics import Source
from generator.project import shown
from generator.serving.expectations import Expectations, expectations
from generator.sources import disk


def from_values(complete: Values, path: FieldPath | None) -> Expectations:
    """The expectations at a path of an environment's values; without one there are none.

    Raises `DiagnosticError` with each place that is wrong.
    """
    if path is None:
        return expectations({})
    section = _section()
    nested = section
    for key in reversed(path):
        nested = {"properties": {key: nested}}
    _schema({"$defs": section["$defs"], **nested}).check(complete)
    return expectations(complete.get(path) or {})


def from_file(path: Path) -> Expectations:
    """The expectations of a file. Raises `DiagnosticError` with each place that is wrong."""
    found = values.merge([disk.file(path, shown(path))])
    _schema(_section()).check(found)
    return expectations(found.tree)


def _section() -> Any:
    return json.loads((files(__package__) / "verify.schema.json").read_text("utf-8"))


def _schema(root: Any) -> Schema:
    return Schema({NAME: Source(NAME, json.dumps(root))})
