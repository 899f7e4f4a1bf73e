"""The objects of an environment as its cluster has them: a table, lines for what changes, and plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from generator.cluster.kstatus import State
from generator.cluster.waiting import Found
from generator.report.line import Line, Painted

STYLES: Final = {State.CURRENT: "added", State.FAILED: "error", State.UNKNOWN: "error"}
_WIDTH: Final = max(map(len, State))


def lines(where: str, found: Sequence[Found]) -> Iterator[Line]:
    """The table, with a headline that says where the objects are."""
    yield Line(f"{where}: {counts(found)}")
    yield from map(row, found)


def counts(found: Sequence[Found]) -> str:
    """How many objects are in each state."""
    states = Counter(one.status.state for one in found)
    return ", ".join(f"{states[state]} {state}" for state in State if states[state])


def row(one: Found) -> Line:
    """An object with its state, its pods and what it lacks."""
    status = one.status
    state = Painted(STYLES.get(status.state, "warning"), f"{status.state:{_WIDTH}}")
    lacks = f": {status.message}" if status.message else ""
    note = "  (not as rendered)" if one.differs else ""
    return Line("  ", state, f"  {pods(one):>5}  {one.manifest.identity}{lacks}", Painted("note", note))


def pods(one: Found) -> str:
    """How many of its pods are ready, of how many."""
    return "" if one.status.total is None else f"{one.status.ready}/{one.status.total}"


def changes(before: Sequence[Found], after: Sequence[Found]) -> Iterator[Line]:
    """The objects whose state or reasons are others now; at first those that are not current."""
    known = {one.manifest.identity: one for one in before}
    for one in after:
        old = known.get(one.manifest.identity)
        told = (one.status, one.reasons) != (old.status, old.reasons) if old else not one.settled
        if told:
            yield row(one)
            yield from (Line(f"      {reason}") for reason in one.reasons)


def plain(found: Sequence[Found]) -> list[dict[str, Any]]:
    """The objects as plain data; `pods` are those that are ready and those that are wanted."""
    return [
        {
            "object": one.manifest.identity.address,
            "state": str(one.status.state),
            "message": one.status.message,
            **(
                {"pods": {"ready": one.status.ready, "wanted": one.status.total}}
                if one.status.total is not None
                else {}
            ),
            "reasons": list(one.reasons),
            "differs": list(one.differs),
            "givenUp": one.given_up,
        }
        for one in found
    ]
