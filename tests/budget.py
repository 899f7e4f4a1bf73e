"""How much is drawn by tests that could go on for ever: little in `make test`, all of it in `make test-all`.

`GEN_TEST_FULL=1` asks for all of it, whatever else is selected.
"""

from __future__ import annotations

import os
from typing import TypeVar

FULL = os.environ.get("GEN_TEST_FULL", "") not in ("", "0")

Budget = TypeVar("Budget")


def budget(little: Budget, full: Budget) -> Budget:
    """One of two budgets, by what this run was asked for."""
    return full if FULL else little
