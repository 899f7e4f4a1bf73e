"""One text for each value: whether data is the same, types included."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """A text that is equal for values that are equal as JSON, and for no others."""
    return json.dumps(value, sort_keys=True)
