"""Pods that are replaced: which, how many at a time, and whether it is more than a new image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil, floor
from typing import Any, Final

from generator.core.checks.pods import pod_of
from generator.core.counting import counted
from generator.core.review.availability import count
from generator.core.review.effects import ABSENT, Effect, Field, Impact
from generator.core.review.objects import ObjectChange, Objects, get

_ROLLED: Final = ("Deployment", "StatefulSet", "DaemonSet")
_VERSION: Final = "app.kubernetes.io/version"
_REFERENCE: Final = re.compile(r"(?P<repository>.+?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>[^@]+))?")


def restarts(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A change of a pod template replaces every pod of the workload."""
    kind = change.identity.kind
    fields = change.below("spec", "template") if kind in _ROLLED else ()
    if change.before is None or change.after is None or not fields:
        yield from _next_run(change)
        return
    pod = pod_of(change.after)
    assert pod is not None  # the checks have seen a pod template
    pods = count(pod, after)
    if waits := _waits(change.new, kind):
        yield Effect(Impact.IN_PLACE, waits, fields)
        return
    outage = _all_at_once(change.new, kind, pods)
    images = [f for f in fields if _only_version(f)]
    routine = len(images) == len(fields)
    impact = Impact.OUTAGE if outage and pods else Impact.ROUTINE if routine else Impact.RESTART
    versions = tuple(
        f for f in change.below("metadata", "labels") if routine and f.before_at[-1:] == (_VERSION,)
    )
    reason = (
        f"{_image(fields)}: {_pace(change.new, kind, pods)}" if routine else _pace(change.new, kind, pods)
    )
    yield Effect(impact, f"{reason}{outage}", (*fields, *versions))


def versions(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """An object without pods in which nothing but the label of its version changes."""
    labels = [f for f in change.fields if f.after_at[-2:] == ("labels", _VERSION)]
    if labels and len(labels) == len(change.fields) and change.identity.kind not in _ROLLED:
        yield Effect(Impact.ROUTINE, "only the version label changes", change.fields)


def _next_run(change: ObjectChange) -> Iterator[Effect]:
    fields = change.below("spec", "jobTemplate") if change.identity.kind == "CronJob" else ()
    if fields and change.before and change.after:
        yield Effect(Impact.IN_PLACE, "takes effect at the next run", fields)


def _waits(body: dict[str, Any], kind: str) -> str:
    """Why pods are not replaced yet, if so."""
    if kind != "Deployment" and get(body, "spec", "updateStrategy", "type") == "OnDelete":
        return "pods change when they are deleted (updateStrategy OnDelete)"
    if get(body, "spec", "paused") is True:
        return "the rollout is paused; pods change when it resumes"
    return ""


def _all_at_once(body: dict[str, Any], kind: str, pods: int) -> str:
    """What is said where no pod is left while the new ones start."""
    if kind == "Deployment" and get(body, "spec", "strategy", "type") == "Recreate":
        return "; strategy Recreate stops all pods before the first new one starts"
    surge, missing = _rolling(body, kind, pods)
    if missing >= pods and not surge:
        return "; none is left while the new ones start"
    return ""


def _rolling(body: dict[str, Any], kind: str, pods: int) -> tuple[int, int]:
    """How many pods there may be above the number wanted, and how many may be missing."""
    if kind == "StatefulSet":
        return 0, _share(
            get(body, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable", default=1), pods
        )
    strategy = "strategy" if kind == "Deployment" else "updateStrategy"
    rolling = get(body, "spec", strategy, "rollingUpdate", default={})
    unavailable, surge = ("25%", "25%") if kind == "Deployment" else (1, 0)
    missing = _share(rolling.get("maxUnavailable", unavailable), pods)
    return _share(rolling.get("maxSurge", surge), pods, up=True), missing


def _share(value: Any, pods: int, up: bool = False) -> int:
    if isinstance(value, str):
        part = int(value.rstrip("%")) * pods / 100
        return ceil(part) if up else floor(part)
    return int(value)


def _pace(body: dict[str, Any], kind: str, pods: int) -> str:
    """How many pods restart, in which steps, and what bounds the time that it takes."""
    if kind == "DaemonSet":
        surge, missing = _rolling(body, kind, 1)
        return f"its pods restart on every node, {_at_a_time(max(surge, missing, 1))}"
    if not pods:
        return "no pod runs, so none restarts"
    surge, missing = _rolling(body, kind, pods)
    step = pods if get(body, "spec", "strategy", "type") == "Recreate" else max(surge + missing, 1)
    text = f"{counted(pods, 'pod')} restart{'s' if pods == 1 else ''}"
    text += f", {_at_a_time(step)}" if pods > step else ""
    ready = get(body, "spec", "minReadySeconds", default=0)
    if ready:
        text += f", at least {ready * ceil(pods / step)} s in all"
    if kind == "Deployment":
        deadline = get(body, "spec", "progressDeadlineSeconds", default=600)
        text += f"; the rollout fails after {deadline} s without progress"
    return text


def _at_a_time(step: int) -> str:
    return "one at a time" if step == 1 else f"{step} at a time"


def _only_version(field: Field) -> bool:
    """Whether a field of a pod template is an image of the same repository, or the label of its version."""
    path = field.after_at
    if path[-2:] == ("labels", _VERSION):
        return True
    if path[-1:] != ("image",) or ABSENT in (field.before, field.after):
        return False
    return _parts(field.before)[0] == _parts(field.after)[0]


def _image(fields: tuple[Field, ...]) -> str:
    """What changes about the images, such as `tag 1.0 → 1.1`."""
    said = []
    for field in fields:
        if field.after_at[-1:] == ("image",):
            old, new = _parts(field.before), _parts(field.after)
            which = 1 if old[1] != new[1] else 2
            said.append(f"{('', 'tag', 'digest')[which]} {old[which] or 'none'} → {new[which] or 'none'}")
    return ", ".join(dict.fromkeys(said)) or "version label"


def _parts(image: Any) -> tuple[str, str, str]:
    match = _REFERENCE.fullmatch(str(image))
    if match is None:
        return str(image), "", ""
    return match["repository"], match["tag"] or "", match["digest"] or ""
