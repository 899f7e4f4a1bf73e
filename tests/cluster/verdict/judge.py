"""gen's verdict on an object as it is, without templates or values: the rules that it breaks."""

from __future__ import annotations

from typing import Any

from generator.core import checks
from generator.core.bindings import RenderedText
from generator.core.checks import openapi
from generator.core.checks.target import DEFAULT, Target
from generator.core.manifests import Manifest
from generator.core.nodes import Mapping
from generator.diagnostics import Severity


def rules(body: dict[str, Any], target: Target = DEFAULT) -> list[str]:
    """The ids of the errors that gen finds in an object, without explaining them where its shape is wrong."""
    manifest = Manifest(body, Mapping([], 0, 0), RenderedText("one.yaml", [], [], _nowhere, _nowhere))
    for family in checks.FAMILIES:
        if openapi.valid in family and not openapi.accepts(manifest):
            return ["api"]
        found = checks.findings(family, [manifest], target)
        if errors := [finding.rule for finding in found if finding.severity is Severity.ERROR]:
            return errors
    return []


def _nowhere(*_: object) -> Any:
    raise AssertionError("an object without a template has no places")
