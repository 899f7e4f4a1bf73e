"""Durations as people write them."""

from __future__ import annotations

import re
from typing import Final

from generator.diagnostics import usage

_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0}


def seconds(text: str) -> float:
    """A duration such as 500ms, 2s, 5m or 1.5 (seconds). Raises `DiagnosticError` (usage/duration)."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)?", text)
    if match is None:
        raise usage("usage/duration", f"{text!r} is not a duration", "write 500ms, 10s or 5m")
    return float(match[1]) * _UNITS[match[2] or "s"]
