"""Reads a file of expectations: strict YAML, checked against verify.schema.json."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from generator.core import documents, nodes
from generator.diagnostics import Source, usage
from generator.serving.expectations import Expectations, expectations


def schema() -> Any:
    """The JSON Schema of the `verify` section, for a project's own schema to hold."""
    return json.loads((files(__package__) / "verify.schema.json").read_text("utf-8"))


def load(path: Path) -> Expectations:
    """The expectations of a file. Raises `DiagnosticError` with each place that is wrong."""
    try:
        source = Source(str(path), path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise usage("verify/file", f"{path} cannot be read: {error}", "give a YAML file") from None
    root = documents.parse_one(source)
    values = nodes.plain(root, source)
    return expectations(values)
