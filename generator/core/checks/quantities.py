"""Kubernetes quantities: as numbers, and in the form in which the API server stores them.

Format: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from typing import Any, Final

ONE: Final = 10**9  # thousand-millionths, the finest that the server keeps

_QUANTITY: Final = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]+))?")
_BINARY: Final[dict[str, int]] = {f"{letter}i": 1024**power * ONE for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL: Final[dict[str, int]] = {letter: 1000**power for power, letter in enumerate("num kMGTPE")}
_EXPONENT: Final = 100  # beyond it every amount is out of proportion, and need not be told from another


def amount(quantity: Any) -> int:
    """A valid quantity in thousand-millionths; what is finer is rounded up, as the server does."""
    sign, whole, part, binary, decimal, exponent = _parts(quantity)
    power = max(-_EXPONENT, min(int((exponent or "0")[:9]), _EXPONENT)) - len(part)
    factor = _BINARY[binary] if binary else _DECIMAL[decimal or " "]
    value = int(f"{sign}{whole}{part}") * factor
    scale: int = 10 ** abs(power)
    return value * scale if power >= 0 else -(-value // scale)


def canonical(quantity: Any) -> str:
    """What the server makes of a valid quantity: the largest suffix of its kind that needs no fraction.

    Powers of ten stay as they are written.
    """
    _, _, _, binary, _, exponent = _parts(quantity)
    if exponent:
        return str(quantity)
    value = amount(quantity)
    suffixes = _BINARY if binary and abs(value) >= 1024 * ONE else _DECIMAL
    fitting = [(factor, suffix) for suffix, factor in suffixes.items() if value and not value % factor]
    factor, suffix = max(fitting, default=(1, "n" if value else " "))
    return f"{value // factor}{suffix.strip()}"


def _parts(quantity: Any) -> tuple[str, str, str, str | None, str | None, str | None]:
    match = _QUANTITY.fullmatch(str(quantity))
    assert match is not None, quantity
    return match[1], match[2], match[3], match[4], match[5], match[6]
