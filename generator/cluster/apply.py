"""Applying a plan: what was approved, in order, and so that the same command can follow any end of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from generator.cluster import inventory, kstatus, live, ownership
from generator.cluster.client import Answer
from generator.cluster.inventory import Entry, Key
from generator.cluster.live import State
from generator.cluster.objects import Objects
from generator.cluster.plan import Gone, Plan, not_ours
from generator.core.manifests import Identity
from generator.core.review.fields import differing
from generator.diagnostics import Diagnostic, DiagnosticError, unknown

_ATTEMPTS: Final = 5  # at an object that a controller changes at the same time
_PATIENCE: Final = 60.0  # seconds for a definition to be served, and for an object to be gone
_POLL: Final = 0.2
_BEFORE_ALL: Final = ("Namespace", "CustomResourceDefinition")  # others cannot be checked without them


class Done(NamedTuple):
    """An object, and what was done with it: created, changed, recreated or removed."""

    verb: str
    identity: Identity


class Changed(Exception):
    """The cluster has changed since the plan was made; `states` are the objects as they are now."""

    def __init__(self, states: Sequence[State]) -> None:
        self.states = states
        super().__init__(", ".join(str(state.manifest.identity) for state in states))


@dataclass
class Applying:
    """One run of a plan.

    `force` takes fields from other managers; `recreated` are objects to delete and create again, `removed`
    those to delete.
    """

    objects: Objects
    plan: Plan
    force: bool = False
    recreated: Collection[Identity] = ()
    removed: Sequence[Gone] = ()

    def __post_init__(self) -> None:
        self.inventory = self.plan.inventory
        self.listed: dict[Key, Entry] = self.plan.listed
        self.begun = False

    @property
    def needed(self) -> bool:
        """Whether anything is written at all."""
        return bool(self.plan.written or self.removed or self.plan.unlisted)

    def run(self) -> Iterator[Done]:
        """Apply, remove and record, and tell each object that is written.

        Raises `Changed` where the cluster is not as it was when the plan was made, almost always before
        anything is written, and `DiagnosticError`.
        """
        if not self.needed:
            return
        wanted = self._as_approved()
        first = [one for one in wanted if one.manifest.identity.kind in _BEFORE_ALL]
        for state in first:
            if state.manifest.identity.kind != "Namespace" and not self.begun:
                self._record()
            yield self._written(state)
        if not self.begun:
            self._record()
        for state in self._checked([one for one in wanted if one not in first]):
            yield self._written(state)
        for gone in self.removed:
            if self._delete(gone):
                yield Done("removed", gone.entry.identity)
            del self.listed[gone.entry.key]
        self._record()

    def _as_approved(self) -> list[State]:
        """The objects to write, read again."""
        now = [self._again(state) for state in self.plan.written]
        if changed := [
            new for old, new in zip(self.plan.written, now, strict=True) if _delta(old) != _delta(new)
        ]:
            raise Changed(changed)
        return now

    def _again(self, state: State) -> State:
        """An object as it is now; asked what it would be only where somebody has written to it."""
        found = self.objects.get(*state.manifest.identity)
        if _version(found) == _version(state.live):
            return state
        return live.state(self.objects, state.manifest, state.scaled)

    def _checked(self, wanted: Sequence[State]) -> list[State]:
        """The server is asked now about the objects that it could not be asked about before."""
        now = [
            live.state(self.objects, one.manifest, one.scaled) if one.unchecked == live.NOWHERE else one
            for one in wanted
        ]
        newly = [new for old, new in zip(wanted, now, strict=True) if old.unchecked == live.NOWHERE]
        if problems := [failed(one, one.refusal) for one in newly if one.refusal]:
            raise DiagnosticError(problems)
        return now

    def _record(self) -> None:
        """Write the inventory; the first time as the beginning of this run."""
        how = inventory.write if self.begun else inventory.begin
        self.inventory = how(self.objects, self.inventory, self.listed)
        self.begun = True

    def _written(self, state: State) -> Done:
        verb = "changed" if state.live else "created"
        if state.refusal and state.manifest.identity in self.recreated:
            self._away(state)
            verb, state = "recreated", State(state.manifest, None, state.result)
        answer = self._applied(state)
        identity = state.manifest.identity
        self.listed[inventory.key(identity)] = Entry(identity, answer.body["metadata"]["uid"])
        if identity.kind == "CustomResourceDefinition":
            self._await("served", lambda: _established(self.objects, identity), identity)
            self.objects.forget()
        return Done(verb, identity)

    def _applied(self, state: State) -> Answer:
        """Apply one object, again where a controller has changed it in between and the change is the same."""
        answer = self._once(state)
        for _ in range(_ATTEMPTS):
            if answer.status != 409 or live.causes(answer):
                break
            now = live.state(self.objects, state.manifest, state.scaled)
            if now.settled:  # an answer was lost, and the apply was not
                return Answer(200, now.result)
            if _delta(now) != _delta(state):
                raise Changed([now])
            state = now
            answer = self._once(state)
        if not answer.fine:
            raise DiagnosticError([failed(state, answer)])
        return answer

    def _once(self, state: State) -> Answer:
        body, version = state.manifest.body, _version(state.live)
        if state.kept is not None:
            answer = self.objects.apply(_replicas(body, state.kept), ownership.HANDOVER, version=version)
            if not answer.fine:
                return answer
            version, found = _version(answer.body), answer.body
        else:
            found = state.live or {}
        if found and (operations := ownership.migration(found, state.scaled)):
            answer = self.objects.patch(found, operations)
            if not answer.fine:
                return answer
            version = _version(answer.body)
        return self.objects.apply(body, force=self.force, version=version)

    def _away(self, state: State) -> None:
        """Delete an object that is created again, and wait until it is gone."""
        assert state.live is not None
        identity = state.manifest.identity
        answer = self.objects.delete(state.live)
        if not answer.fine and answer.status != 404:
            raise DiagnosticError([failed(state, answer)])
        self._await("deleted", lambda: self.objects.get(*identity) is None, identity)

    def _delete(self, gone: Gone) -> bool:
        """Delete an object that is still the one that gen applied."""
        found = self.objects.get(*gone.entry.identity)
        if found is None:
            return False
        if why := not_ours(gone.entry, found):
            raise DiagnosticError([kept(gone, why)])
        answer = self.objects.delete(found)
        if not answer.fine and answer.status != 404:
            raise DiagnosticError([kept(gone, answer.message)])
        return answer.fine

    def _await(self, what: str, there: Callable[[], bool], identity: Identity) -> None:
        end = time.monotonic() + _PATIENCE
        while not there():
            if time.monotonic() > end:
                message = f"{identity} is not {what} after {_PATIENCE:.0f} seconds"
                raise unknown("live/stopped", message, "start the same command again when it is")
            time.sleep(_POLL)


def failed(state: State, answer: Answer) -> Diagnostic:
    """What a refused object says; a Secret's is not quoted, as it may hold what the Secret does."""
    identity = state.manifest.identity
    return Diagnostic(
        "live/refused",
        f"the cluster refused the {identity}",
        state.manifest.trace(("kind",)).span,
        found=f"HTTP {answer.status}" if identity.kind == "Secret" else f"{answer.status} {answer.message}",
        help="correct what the message names; the same command goes on from here",
        object=identity.address,
    )


def kept(gone: Gone, why: str) -> Diagnostic:
    """Why an object that is rendered no more was not removed."""
    return Diagnostic(
        "live/kept",
        f"the {gone.entry.identity} is not removed",
        found=why,
        help="look at it, and delete it with kubectl if it is to go",
        object=gone.entry.identity.address,
    )


def _established(objects: Objects, identity: Identity) -> bool:
    return kstatus.status(objects.get(*identity)).state is kstatus.State.CURRENT


def _version(body: dict[str, Any] | None) -> str:
    return body["metadata"]["resourceVersion"] if body else ""


def _replicas(body: dict[str, Any], count: int) -> dict[str, Any]:
    """The object with its replicas and nothing else."""
    metadata = {key: body["metadata"][key] for key in ("name", "namespace") if key in body["metadata"]}
    head = {"apiVersion": body["apiVersion"], "kind": body["kind"]}
    return {**head, "metadata": metadata, "spec": {"replicas": count}}


def _delta(state: State) -> Any:
    """What an apply would change, as it was shown; a Secret's values count although they were not."""
    body = live.plain(state.live) if state.live else {}
    fields = differing(body, state.after.body, state.manifest.kind)
    return bool(state.live), state.conflicts, bool(state.refusal), state.kept, fields
