"""What a change does, from what a cluster refuses to what nobody notices."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

from generator.core.paths import Path


class Absent:
    """The value of a field that is not there."""

    def __repr__(self) -> str:
        return "absent"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


class Impact(IntEnum):
    """What a change amounts to; the lower, the worse."""

    REFUSED = 0
    OUTAGE = 1
    EXPOSURE = 2
    DATA = 3
    RESTART = 4
    REMOVED = 5
    ADDED = 6
    IN_PLACE = 7
    ROUTINE = 8

    @property
    def label(self) -> str:
        """The name as options and reports write it, such as `in-place`."""
        return self.name.lower().replace("_", "-")

    @property
    def title(self) -> str:
        """What it means, in a few words."""
        return _TITLES[self]


_TITLES: Final = {
    Impact.REFUSED: "refused as an update",
    Impact.OUTAGE: "outage",
    Impact.EXPOSURE: "exposure",
    Impact.DATA: "data",
    Impact.RESTART: "pods restart",
    Impact.REMOVED: "object removed",
    Impact.ADDED: "object added",
    Impact.IN_PLACE: "in place",
    Impact.ROUTINE: "routine",
}


class Field(NamedTuple):
    """A field that differs: its name for people, its path on either side, and its values.

    `before_at` and `after_at` lead to the field, or to the nearest field above it on a side that lacks it;
    there the value is `ABSENT`. List entries with a merge key are named by it: `containers[name=gan].image`.
    """

    name: str
    before_at: Path
    after_at: Path
    before: Any
    after: Any


class Effect(NamedTuple):
    """One consequence: how bad, why, the fields that cause it (none: the object as a whole), what to do."""

    impact: Impact
    reason: str
    fields: tuple[Field, ...] = ()
    help: str = ""
