"""What was applied of an environment, as a ConfigMap in its namespace remembers it.

It is written before anything is applied, with all that was and will be there, and again afterwards. So
whatever gen has applied is listed, wherever a run ends.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from generator.cluster.objects import Objects
from generator.core.manifests import Identity
from generator.diagnostics import Diagnostic, DiagnosticError, unknown

_API: Final = "v1", "ConfigMap"
_KEY: Final = "objects"
_RUN: Final = "run"
_LINE: Final = re.compile(r"(\S+) (\S+) ([^\s/]*)/(\S+) (\S+)")
_NO_UID: Final = "-"

Key = tuple[str, str, str, str]


class Entry(NamedTuple):
    """An object; its uid once the cluster has given it one."""

    identity: Identity
    uid: str = ""

    @property
    def key(self) -> Key:
        return key(self.identity)

    def __str__(self) -> str:
        at = self.identity
        return f"{at.api_version} {at.kind} {at.namespace}/{at.name} {self.uid or _NO_UID}"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The ConfigMap: where it is, what it lists, and its resourceVersion, which is empty where it is not.

    `run` counts the runs that have written anything.
    """

    namespace: str
    name: str
    entries: Mapping[Key, Entry]
    version: str = ""
    run: int = 0

    def __str__(self) -> str:
        return f"ConfigMap {self.namespace}/{self.name}"


def key(identity: Identity) -> Key:
    """What an object is, whatever version of its API somebody uses."""
    return identity.api_version.rpartition("/")[0], identity.kind, identity.namespace, identity.name


def namespace(identities: Iterable[Identity], otherwise: str) -> str:
    """The namespace of an environment: the one that most of its objects are in."""
    counts = Counter(one.namespace for one in identities if one.namespace)
    return min(counts, key=lambda name: (-counts[name], name), default=otherwise)


def name(environment: str) -> str:
    """What the ConfigMap of an environment is called."""
    safe = re.sub(r"[^a-z0-9-]", "-", environment.lower())
    unlike = "" if safe == environment else f"-{hashlib.sha256(environment.encode()).hexdigest()[:8]}"
    return f"gen-inventory-{safe}{unlike}"


def read(objects: Objects, environment: str, place: str) -> Inventory:
    """The inventory of an environment in a namespace; empty where there is none.

    Raises `DiagnosticError` (live/inventory) where it cannot be read as one.
    """
    live = objects.get(*_API, place, name(environment))
    if live is None:
        return Inventory(place, name(environment), {})
    data = live.get("data") or {}
    lines = str(data.get(_KEY, "")).splitlines()
    run = str(data.get(_RUN, ""))
    entries = [_entry(line, place, live["metadata"]["name"]) for line in lines]
    listed = {entry.key: entry for entry in entries}
    return Inventory(
        place,
        name(environment),
        listed,
        live["metadata"]["resourceVersion"],
        int(run) if run.isdecimal() else 0,
    )


def _entry(line: str, place: str, name: str) -> Entry:
    if (match := _LINE.fullmatch(line)) is None:
        raise unknown(
            "live/inventory",
            f"ConfigMap {place}/{name} is not as gen writes it",
            "correct the line, or delete the ConfigMap: then nothing is known of what was applied before",
            line[:200],
        )
    return Entry(Identity(*match.group(1, 2, 3, 4)), "" if match[5] == _NO_UID else match[5])


def begin(objects: Objects, inventory: Inventory, entries: Mapping[Key, Entry]) -> Inventory:
    """Write an inventory with the number of this run, so that a run which was planned before cannot begin.

    Raises as `write` does.
    """
    return _put(objects, replace(inventory, run=inventory.run + 1), entries)


def write(objects: Objects, inventory: Inventory, entries: Mapping[Key, Entry]) -> Inventory:
    """Replace what an inventory lists, unless that is the same.

    Raises `DiagnosticError` where somebody else has changed it since it was read (live/busy), and where the
    cluster refuses it (live/failed).
    """
    same = dict(entries) == dict(inventory.entries)
    return inventory if same else _put(objects, inventory, entries)


def _put(objects: Objects, inventory: Inventory, entries: Mapping[Key, Entry]) -> Inventory:
    body: dict[str, Any] = {
        "apiVersion": _API[0],
        "kind": _API[1],
        "metadata": {
            "name": inventory.name,
            "namespace": inventory.namespace,
            "labels": {"app.kubernetes.io/managed-by": "gen"},
        },
        "data": {_KEY: "".join(f"{entry}\n" for entry in entries.values()), _RUN: str(inventory.run)},
    }
    if inventory.version:
        answer = objects.apply(body, force=True, version=inventory.version)
    else:
        answer = objects.create(body)
    if answer.status == 409:
        raise DiagnosticError([_busy(inventory)])
    if not answer.fine:
        message = f"the cluster refused the {inventory}, which lists what is applied"
        raise unknown("live/failed", message, "ask for the permission that the message names", answer.message)
    return replace(inventory, entries=dict(entries), version=answer.body["metadata"]["resourceVersion"])


def _busy(inventory: Inventory) -> Diagnostic:
    return Diagnostic(
        "live/busy",
        f"somebody else is deploying this environment: the {inventory} has changed since the plan was made",
        help="wait for the other run, and start again",
    )
