"""What the pods of an environment ask for in all: CPU, memory, accelerators, and how many they are."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from generator.core.checks.pods import Pod
from generator.core.checks.quantities import ONE, amount
from generator.core.review.availability import count
from generator.core.review.objects import Objects, get

_GIB: Final = 1024**3 * ONE


class Total(NamedTuple):
    """A sum before and after, in the unit that it is written with: cores, GiB or pieces."""

    name: str
    before: float
    after: float


def totals(before: Objects, after: Objects) -> list[Total]:
    """The sums that differ."""
    old, new = _sums(before), _sums(after)
    names = dict.fromkeys((*old, *new))
    found = [Total(name, _scaled(name, old[name]), _scaled(name, new[name])) for name in names]
    return [total for total in found if total.before != total.after]


def _sums(objects: Objects) -> Counter[str]:
    sums: Counter[str] = Counter()
    for pod in objects.pods:
        pods = count(pod, objects)
        sums["pods"] += pods * ONE
        for name, each in _of_pod(pod).items():
            sums[name] += pods * each
    return sums


def _of_pod(pod: Pod) -> Counter[str]:
    sums: Counter[str] = Counter()
    for container in pod.spec.get("containers") or ():
        for bound in ("requests", "limits"):
            for name, quantity in get(container, "resources", bound, default={}).items():
                if name in ("cpu", "memory"):
                    sums[f"{name} {bound}"] += amount(quantity)
                elif "/" in name and bound == "limits":  # an extended resource: both are equal
                    sums[name] += amount(quantity)
    return sums


def _scaled(name: str, value: int) -> float:
    return round(value / (_GIB if name.startswith("memory") else ONE), 3)
