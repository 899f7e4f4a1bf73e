"""What a model is expected to answer: a section of the values, or a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.core.values import overlay
from generator.diagnostics import usage

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_TOLERANCE = 1e-5  # float32 keeps seven digits; a graph on another processor rounds the last one or two


@dataclass(frozen=True, slots=True)
class Expected:
    """What holds for one output; `None` expects nothing."""

    shape: tuple[int, ...] | None = None
    argmax: int | None = None
    equals: Any = None
    tolerance: float = _TOLERANCE
    finite: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One input, by file or as a value, and all that its outputs have to be."""

    file: str | None = None
    value: Any = None
    outputs: Mapping[str, Expected] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectations:
    """Everything that is judged; `latency` is in seconds, `outputs` hold for inputs that no case names."""

    signature: str | None = None
    minimum_version: int | None = None
    latency: float | None = None
    outputs: Mapping[str, Expected] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()


def expectations(values: Mapping[str, Any]) -> Expectations:
    """The expectations in values that verify.schema.json accepts."""
    latency, common = values.get("latency"), values.get("outputs", {})
    return Expectations(
        signature=values.get("signature"),
        minimum_version=values.get("minimumVersion"),
        latency=None if latency is None else seconds(latency),
        outputs=_outputs(common),
        cases=tuple(
            Case(case.get("file"), case.get("value"), _outputs(overlay(common, case.get("outputs", {}))))
            for case in values.get("inputs", ())
        ),
    )


def seconds(text: str) -> float:
    """A duration such as 500ms, 2s, 5m or 1.5 (seconds). Raises `DiagnosticError` (usage/duration)."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)?", text)
    if match is None:
        raise usage("usage/duration", f"{text!r} is no duration", "write 500ms, 10s or 5m")
    return float(match[1]) * _UNITS[match[2] or "s"]


def _outputs(outputs: Mapping[str, Any]) -> dict[str, Expected]:
    return {name: _expected(expected) for name, expected in outputs.items()}


def _expected(expected: Mapping[str, Any]) -> Expected:
    fields = dict(expected)
    if "shape" in fields:
        fields["shape"] = tuple(fields["shape"])
    return Expected(**fields)
