"""What a deployment would do: an environment's objects, and those that it does not render any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from generator.cluster import inventory, kstatus, ownership
from generator.cluster.inventory import Entry, Inventory, Key
from generator.cluster.live import State, plain, states
from generator.cluster.objects import Objects
from generator.core.manifests import Manifest

# Never removed unless somebody names them: what is in them goes with them.
KEPT: Final = ("Namespace", "CustomResourceDefinition", "PersistentVolume", "PersistentVolumeClaim")
# What can be deleted and created again; who asks for it accepts that it is away for a moment.
_RECREATED: Final = frozenset(
    "ConfigMap ClusterRoleBinding CronJob DaemonSet Deployment IngressClass Job Pod PriorityClass ReplicaSet "
    "RoleBinding RuntimeClass Secret Service StatefulSet StorageClass".split()
)


class Gone(NamedTuple):
    """An object of the inventory that is rendered no more; `why` says why it cannot be removed."""

    entry: Entry
    live: dict[str, Any]
    why: str = ""

    @property
    def name(self) -> str:
        """Kind/name, as options write it."""
        return f"{self.entry.identity.kind}/{self.entry.identity.name}"


@dataclass(frozen=True)
class Plan:
    """The objects of an environment in apply order, what it does not render any more, and its inventory."""

    states: Sequence[State]
    gone: Sequence[Gone]
    inventory: Inventory

    @cached_property
    def written(self) -> list[State]:
        """The objects that are not as they would be."""
        return [state for state in self.states if not state.settled]

    @property
    def owned(self) -> list[State]:
        """Those of them that stay as they are, and change hands."""
        return [one for one in self.written if one.live and plain(one.live) == plain(one.result)]

    @property
    def current(self) -> bool:
        """Whether every object was rolled out when it was read."""
        return all(kstatus.status(one.live).state is kstatus.State.CURRENT for one in self.states)

    @property
    def rendered(self) -> list[Entry]:
        """The objects of the environment."""
        return [Entry(state.manifest.identity, _uid(state.live)) for state in self.states]

    @property
    def listed(self) -> dict[Key, Entry]:
        """What the inventory lists once everything is applied and nothing removed."""
        return {entry.key: entry for entry in (*self.rendered, *(gone.entry for gone in self.gone))}

    @property
    def unlisted(self) -> bool:
        """Whether the inventory has to be written even if no object is."""
        return not self.inventory.version or self.listed != dict(self.inventory.entries)

    def scaled_back(self) -> Iterator[tuple[State, Gone]]:
        """Workloads whose rendered replicas are not those that an autoscaler gave them which goes."""
        for gone in self.gone:
            if gone.entry.identity.kind == "HorizontalPodAutoscaler":
                target = gone.live.get("spec", {}).get("scaleTargetRef") or {}
                yield from ((one, gone) for one in self.states if _scales(gone.entry, target, one))

    def foreign(self) -> Iterator[State]:
        """Objects that somebody else made: neither gen nor `kubectl apply` has ever applied them."""
        for state in self.states:
            known = self.inventory.entries.get(inventory.key(state.manifest.identity))
            ours = known is not None and known.uid == _uid(state.live)
            if state.live is not None and not ours and not _applied(state.live):
                yield state


def plan(objects: Objects, environment: str, manifests: Sequence[Manifest], place: str) -> Plan:
    """Ask a cluster; nothing in it is changed. `place` is the namespace of the inventory."""
    listed = inventory.read(objects, environment, place)
    asked = tuple(states(objects, manifests))
    rendered = {inventory.key(state.manifest.identity) for state in asked}
    left = [entry for known, entry in listed.entries.items() if known not in rendered]
    return Plan(asked, tuple(_gone(objects, left)), listed)


def _gone(objects: Objects, left: Sequence[Entry]) -> Iterator[Gone]:
    """Those that are still in the cluster."""
    for entry in left:
        live = objects.get(*entry.identity)
        if live is not None:
            yield Gone(entry, live, not_ours(entry, live))


def not_ours(entry: Entry, live: dict[str, Any]) -> str:
    """Why an object is not the one that gen applied, or nothing."""
    if entry.uid and entry.uid != live["metadata"]["uid"]:
        return "somebody has deleted it and made another one of this name"
    if not ownership.applied(live) and (owners := ownership.managers(live)):
        return f"gen owns none of its fields any more, {', '.join(owners)} does"
    return ""


def _scales(autoscaler: Entry, target: Mapping[str, Any], state: State) -> bool:
    at = state.manifest.identity
    same = (at.kind, at.name) == (target.get("kind"), target.get("name"))
    stated = state.manifest.body.get("spec", {}).get("replicas")
    return (
        same
        and at.namespace == autoscaler.identity.namespace
        and state.live is not None
        and stated not in (None, state.live["spec"].get("replicas"))
    )


def _applied(live: dict[str, Any]) -> bool:
    """Whether gen or `kubectl apply` has applied an object: one of a name alone leaves no owner behind."""
    owned = ownership.applied(live) or bool(ownership.taken_over(live))
    return owned or not ownership.managers(live)


def only_as_new(objects: Objects, state: State) -> bool:
    """Whether the cluster refuses an object as an update, and would take it as a new one."""
    if state.live is None or state.refusal is None or state.refusal.status != 422:
        return False
    return objects.create(state.manifest.body, dry_run=True).body.get("reason") == "AlreadyExists"


def can_recreate(state: State) -> bool:
    """Whether an object may be deleted and created again."""
    identity, spec = state.manifest.identity, (state.live or {}).get("spec") or {}
    claims = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    return identity.kind in _RECREATED and claims.get("whenDeleted") != "Delete"


def _uid(live: dict[str, Any] | None) -> str:
    return live["metadata"]["uid"] if live else ""
