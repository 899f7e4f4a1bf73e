"""The name that somebody meant when they wrote another."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """A hint for a person, or the empty string: the nearest known name, else all names if they are few."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(str(name) for name in known))
    folded = {name.lower(): name for name in names}
    if close := get_close_matches(str(written).lower(), folded, n=1, cutoff=0.6):
        return f"did you mean `{folded[close[0]]}`?"
    if 0 < len(names) <= 9:
        return "known are " + ", ".join(f"`{name}`" for name in names)
    return ""
