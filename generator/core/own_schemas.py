"""The schemas of gen's own files: gen.yaml, and the rules of a project."""

from __future__ import annotations

import json
from pkgutil import get_data  # far quicker to import than importlib.resources

from generator.core.patterns import options
from generator.core.schema import NAME, Schema
from generator.core.values import Values
from generator.diagnostics import Source


def check(given: Values, name: str) -> None:
    """Raises `DiagnosticError` with every way in which a file breaks its schema, `NAME.schema.json` here.

    Whoever has nothing to explain need not follow the schema: validating alone takes a tenth of the time.
    """
    import jsonschema_rs

    text = (get_data("generator.core", f"{name}.schema.json") or b"").decode()
    validator = jsonschema_rs.Draft202012Validator(
        json.loads(text), validate_formats=True, pattern_options=options(), offline=True
    )
    if not validator.is_valid(given.tree):
        Schema({NAME: Source(f"{name}.schema.json", text)}).check(given)
