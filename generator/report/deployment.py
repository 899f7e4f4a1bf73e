"""A deployment for people: what it does besides what a review shows, and what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.cluster.apply import Done
from generator.cluster.plan import Plan
from generator.report.line import Line, Painted


def besides(plan: Plan) -> Iterator[str | Line]:
    """What a plan does that its review does not show: owners, the inventory."""
    if owners := [str(state.manifest.identity) for state in plan.owned]:
        yield Line(Painted("bold", "new owner"), f"  gen owns what it applies: {', '.join(owners)}")
    if plan.unlisted and not plan.written:
        yield f"the {plan.inventory} will list what is applied"


def plain(plan: Plan) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "owners": [state.manifest.identity.address for state in plan.owned],
        "inventory": {"namespace": plan.inventory.namespace, "name": plan.inventory.name},
    }


def line(done: Done) -> str:
    """What was done with one object."""
    return f"{done.verb} {done.identity}"


def item(done: Done) -> Mapping[str, str]:
    """The same as plain data."""
    return {"object": done.identity.address, "done": done.verb}


def summary(done: Sequence[Done], whole: int) -> str:
    """How many objects were written, by what was done, and how many of the whole were left as they are."""
    counts = Counter(one.verb for one in done)
    same = whole - sum(number for verb, number in counts.items() if verb != "removed")
    counts += Counter({"unchanged": same})
    return ", ".join(f"{number} {verb}" for verb, number in counts.items())
