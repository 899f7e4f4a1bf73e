"""Resources of containers: requests and limits that fit together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator.core.checks.finding import Finding
from generator.core.checks.pods import pods
from generator.core.checks.quantities import ONE, amount
from generator.core.manifests import Manifest


def requests(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """No container asks for more than it may use; devices are whole, and asked for by their limit."""
    for pod in pods(manifests):
        for path, container in pod.containers():
            resources = container.get("resources") or {}
            limits = resources.get("limits") or {}
            for name, quantity in (resources.get("requests") or {}).items():
                if problem := _misfit(name, quantity, limits.get(name)):
                    place = (*path, "resources", "requests", name)
                    expected = "no request" if name not in limits else str(limits[name])
                    yield Finding("resources", pod.manifest, place, problem, str(quantity), expected)
            for name, quantity in limits.items():
                if "/" in name and amount(quantity) % ONE:
                    place = (*path, "resources", "limits", name)
                    yield Finding("resources", pod.manifest, place, "a device is not divided", str(quantity))


def _misfit(name: str, quantity: Any, limit: Any) -> str:
    """What is wrong with a request, in view of the limit of the same resource."""
    if "/" in name and (limit is None or amount(quantity) != amount(limit)):
        return "a device is asked for by its limit, and by nothing else"
    if limit is not None and amount(quantity) > amount(limit):
        return "more than the limit"
    return ""
