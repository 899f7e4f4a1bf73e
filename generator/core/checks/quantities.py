"""Kubernetes quantities: as numbers, and in the form in which the API server stores them.

Format: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil
from typing import Any, Final

_QUANTITY: Final = re.compile(r"([+-]?[0-9.]+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]+))?")
_BINARY: Final = {f"{letter}i": Fraction(1024) ** power for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL: Final = {letter: Fraction(1000) ** power for power, letter in enumerate("num kMGTPE", -3)}


def amount(quantity: Any) -> Fraction:
    """A valid quantity as a number."""
    number, binary, decimal, exponent = _parts(quantity)
    factor = _BINARY[binary] if binary else _DECIMAL[decimal or " "]
    return Fraction(number) * factor * Fraction(10) ** int(exponent or 0)


def canonical(quantity: Any) -> str:
    """What the server makes of a valid quantity: the largest suffix of its kind that needs no fraction.

    Fractions of a thousand-millionth are rounded up; powers of ten stay as they are written.
    """
    _, binary, _, exponent = _parts(quantity)
    if exponent:
        return str(quantity)
    value = amount(quantity)
    suffixes = _BINARY if binary and abs(value) >= 1024 else _DECIMAL
    fitting = [(factor, suffix) for suffix, factor in suffixes.items() if value and not value % factor]
    factor, suffix = max(fitting, default=(_DECIMAL["n"], "n" if value else " "))
    return f"{ceil(value / factor)}{suffix.strip()}"


def _parts(quantity: Any) -> tuple[str, str | None, str | None, str | None]:
    match = _QUANTITY.fullmatch(str(quantity))
    assert match is not None, quantity
    return match[1], match[2], match[3], match[4]
