"""Patterns of a schema, matched where no pattern takes for ever.

The expressions are those of Rust's `regex`, which matches in linear time and therefore has neither
look-around nor back-references. Python's `re`, which may need for ever for `(a+)+$` on sixty letters,
never sees one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from generator.core import bounds


def options() -> Any:
    """How the validator is told to match patterns."""
    import jsonschema_rs

    return jsonschema_rs.RegexOptions(size_limit=bounds.PATTERN_SIZE, dfa_size_limit=bounds.PATTERN_SIZE)


def is_linear(pattern: str) -> bool:
    """Whether a pattern can be matched here at all."""
    import jsonschema_rs

    try:
        _matcher(pattern)
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text."""
    return bool(_matcher(pattern).is_valid(text))


@lru_cache(maxsize=bounds.PATTERNS)
def _matcher(pattern: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options(), offline=True)
