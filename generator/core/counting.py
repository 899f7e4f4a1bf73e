"""How many, in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number and what there is of it: `1 object`, `2 objects`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
