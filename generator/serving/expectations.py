"""What a model is expected to answer: a section of the values, or a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.core.durations import seconds
from generator.core.values import overlay

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


def _outputs(outputs: Mapping[str, Any]) -> dict[str, Expected]:
    return {name: _expected(expected) for name, expected in outputs.items()}


def _expected(expected: Mapping[str, Any]) -> Expected:
    fields = dict(expected)
    if "shape" in fields:
        fields["shape"] = tuple(fields["shape"])
    return Expected(**fields)
