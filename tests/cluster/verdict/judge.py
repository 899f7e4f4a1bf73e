"""gen's verdict on an object as it is, without templates or values: the rules that it breaks."""

from __future__ import annotations

from typing import Any

from generator.core import checks
from generator.core.bindings import RenderedText
from generator.core.checks import openapi
from generator.core.checks.finding import Finding
from generator.core.checks.target import DEFAULT, Target
from generator.core.manifests import Manifest
from generator.core.nodes import Mapping
from generator.diagnostics import Severity


def rules(body: dict[str, Any], target: Target = DEFAULT) -> list[str]:
    """The ids of the errors that gen finds in an object, without explaining them where its shape is wrong."""
    if not openapi.accepts(_manifest(body), target):
        return ["api"]
    return [finding.rule for finding in errors(body, target)]


def errors(body: dict[str, Any], target: Target = DEFAULT) -> list[Finding]:
    """The errors that gen finds in an object, of the first family that finds any."""
    for family in checks.FAMILIES:
        found = checks.findings(family, [_manifest(body)], target)
        if wrong := [finding for finding in found if finding.severity is Severity.ERROR]:
            return wrong
    return []


def _manifest(body: dict[str, Any]) -> Manifest:
    return Manifest(body, Mapping([], 0, 0), RenderedText("one.yaml", [], [], _nowhere, _nowhere))


def _nowhere(*_: object) -> Any:
    raise AssertionError("an object without a template has no places")
