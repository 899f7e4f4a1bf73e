"""Every object of an environment as its cluster has it, once or until all of them are current."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from generator.cluster import kstatus, live
from generator.cluster.kstatus import State, Status
from generator.cluster.objects import Objects
from generator.cluster.reasons import reasons
from generator.core.manifests import Identity, Manifest
from generator.diagnostics import DiagnosticError

_POLL: Final = 2.0  # seconds


class Found(NamedTuple):
    """One object as its cluster has it.

    `reasons` say why it is not current. `differs` names rendered fields that are live with another value.
    `given_up` says why it is not waited for any more although it is not current.
    """

    manifest: Manifest
    status: Status
    reasons: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    given_up: str = ""

    @property
    def settled(self) -> bool:
        """Whether waiting for it is over."""
        return bool(self.given_up) or self.status.state in (State.CURRENT, State.FAILED)


class Limits(NamedTuple):
    """How long is waited: in all, and for an object that shows no progress; both in seconds."""

    whole: float
    stalled: float = float("inf")


class Clock(Protocol):
    """What the module `time` has of a clock."""

    def monotonic(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float, /) -> None:
        """Return so many seconds later."""


def look(objects: Objects, manifests: Iterable[Manifest]) -> list[Found]:
    """The objects as they are now, in apply order. Raises `DiagnosticError` (cluster/…).

    An object that may not be read is `unknown`.
    """
    return [_look(objects, manifest) for manifest in manifests if manifest.applied]


def wait(
    objects: Objects,
    manifests: Iterable[Manifest],
    limits: Limits,
    show: Callable[[Sequence[Found]], None] = lambda found: None,
    clock: Clock = time,
) -> list[Found]:
    """The objects once each is current, has failed or is given up; `show` gets all of them at every look.

    An API server that cannot be reached is waited for too. Raises `DiagnosticError` (cluster/refused) where
    it does not accept the credentials.
    """
    end = clock.monotonic() + limits.whole
    waited = _Waited(objects, manifests, limits, clock.monotonic())
    while True:
        now = clock.monotonic()
        waited.look(now)
        if now >= end:
            waited.give_up(f"not within {limits.whole:g} s")
        show(waited.found)
        if all(one.settled for one in waited.found):
            return waited.found
        clock.sleep(min(_POLL, end - now))


class _Waited:
    """The objects that are waited for, and when each was last seen to change."""

    def __init__(self, objects: Objects, manifests: Iterable[Manifest], limits: Limits, now: float) -> None:
        self._objects = objects
        self._limits = limits
        unasked = Status(State.UNKNOWN, "not asked yet")
        self._found = {one.identity: Found(one, unasked) for one in manifests if one.applied}
        self._moved: dict[Identity, float] = dict.fromkeys(self._found, now)

    @property
    def found(self) -> list[Found]:
        return list(self._found.values())

    def look(self, now: float) -> None:
        """Ask for each object that is not settled; no more of them where the API server cannot be reached."""
        for identity, old in self._found.items():
            if old.settled:
                continue
            try:
                new = _look(self._objects, old.manifest)
            except DiagnosticError as error:
                problem = error.diagnostics[0]
                if problem.rule != "cluster/unreachable":
                    raise
                self._found[identity] = old._replace(status=Status(State.UNKNOWN, problem.message))
                return
            if new.status != old.status:
                self._moved[identity] = now
            elif now - self._moved[identity] >= self._limits.stalled and not new.settled:
                new = new._replace(given_up=f"no progress for {self._limits.stalled:g} s")
            self._found[identity] = new

    def give_up(self, why: str) -> None:
        for identity, one in self._found.items():
            if not one.settled:
                self._found[identity] = one._replace(given_up=why)


def _look(objects: Objects, manifest: Manifest) -> Found:
    answer = objects.read(*manifest.identity)
    if answer.status == 404:
        return Found(manifest, kstatus.status(None))
    if not answer.fine:
        return Found(manifest, Status(State.UNKNOWN, f"{answer.status} {answer.message}"))
    status = kstatus.status(answer.body)
    why = () if status.state is State.CURRENT else reasons(objects, answer.body)
    return Found(manifest, status, why, live.differing(answer.body, manifest))
