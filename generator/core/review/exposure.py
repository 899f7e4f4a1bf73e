"""Changes that let more of the world in, or let a pod do more to its node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from generator.core.checks.pods import pod_of
from generator.core.review.availability import new_places
from generator.core.review.effects import Effect, Field, Impact
from generator.core.review.networks import Network, beyond, everything, parsed, written
from generator.core.review.objects import ObjectChange, Objects, get

_INTERNAL: Final = {
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("Internal",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
}
_RANGES: Final = "service.beta.kubernetes.io/azure-allowed-ip-ranges"
_HOST: Final = ("hostNetwork", "hostPID", "hostIPC")


def services(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A Service that is reachable from further away than it was."""
    if change.identity.kind != "Service" or change.after is None:
        return
    fields = (*change.below("spec"), *change.below("metadata", "annotations"))
    old, new = _reach(change.old), _reach(change.new)
    if new > old:
        yield Effect(Impact.EXPOSURE, _REACHES[new], _named(fields, *_REACH_FIELDS))
    elif new in (_PUBLIC, _INSIDE):
        wider = beyond(_sources(change.new), _sources(change.old))
        if wider:
            reason = f"the load balancer now takes connections from {written(wider)}"
            yield Effect(Impact.EXPOSURE, reason, _named(fields, "loadBalancerSourceRanges", _RANGES))


_NONE, _NODES, _INSIDE, _PUBLIC = range(4)
_REACHES: Final = {
    _NODES: "reachable at every node's address",
    _INSIDE: "reachable from the network of the cluster through an internal load balancer",
    _PUBLIC: "reachable from the internet through a public load balancer",
}
_REACH_FIELDS: Final = ("type", "externalIPs", "annotations", *_INTERNAL)


def _reach(body: dict[str, Any]) -> int:
    """How far away a Service can be reached from."""
    spec = body.get("spec", {})
    if spec.get("type") == "LoadBalancer":
        notes = get(body, "metadata", "annotations", default={})
        return _INSIDE if any(notes.get(name) in values for name, values in _INTERNAL.items()) else _PUBLIC
    return _NODES if spec.get("type") == "NodePort" or spec.get("externalIPs") else _NONE


def _sources(body: dict[str, Any]) -> list[Network]:
    ranges = get(body, "spec", "loadBalancerSourceRanges", default=[])
    ranges = ranges or [r for r in get(body, "metadata", "annotations", _RANGES, default="").split(",") if r]
    return parsed(ranges) if ranges else everything()


def _named(fields: tuple[Field, ...], *names: str) -> tuple[Field, ...]:
    """Those fields that one of the names is part of."""
    return tuple(f for f in fields if set(names) & {*f.before_at, *f.after_at, *_keys(f)})


def _keys(field: Field) -> Iterator[str]:
    """The keys of a mapping that comes or goes as a whole."""
    for value in (field.before, field.after):
        if isinstance(value, dict):
            yield from value


def pods(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """Pods that share more of their node, or hold more rights on it."""
    if change.after is None or (pod := pod_of(change.after)) is None:
        return
    old = pod_of(change.before) if change.before else None
    had = set(_rights(old.spec)) if old else set()
    gained = sorted(set(_rights(pod.spec)) - had)
    if gained:
        fields = _named(change.below(*[str(step) for step in pod.path]), *_RIGHTS)
        yield Effect(Impact.EXPOSURE, f"the pods gain: {', '.join(gained)}", fields)


_RIGHTS: Final = (
    "hostPort",
    *_HOST,
    "securityContext",
    "privileged",
    "capabilities",
    "hostPath",
    "add",
    "ports",
    "volumes",
)


def _rights(spec: dict[str, Any]) -> Iterator[str]:
    """What a pod may do beyond its own container."""
    yield from (name for name in _HOST if spec.get(name) is True)
    for volume in spec.get("volumes") or ():
        if path := get(volume, "hostPath", "path"):
            yield f"the node's {path}"
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        context = container.get("securityContext") or {}
        yield from ("privileged mode" for _ in (1,) if context.get("privileged") is True)
        if context.get("allowPrivilegeEscalation") is True:
            yield "privilege escalation"
        yield from (f"capability {name}" for name in get(context, "capabilities", "add", default=[]))
        yield from (f"host port {p['hostPort']}" for p in container.get("ports") or () if "hostPort" in p)


def networks(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """A network policy that lets through what it did not."""
    if change.identity.kind != "NetworkPolicy" or change.before is None:
        return
    if change.after is None:
        if new_places(change, before, after):
            return
        yield Effect(
            Impact.EXPOSURE, "the pods that it selects lose this policy, and accept what it kept out"
        )
        return
    for direction in ("ingress", "egress"):
        old, new = _governed(change.old, direction), _governed(change.new, direction)
        looser = (old and not new) or (old and new and _looser(change, direction))
        if looser:
            fields = (*change.below("spec", direction), *change.below("spec", "policyTypes"))
            yield Effect(Impact.EXPOSURE, f"more {direction} traffic is allowed", fields)
    if selector := change.below("spec", "podSelector"):
        yield Effect(Impact.EXPOSURE, "other pods are selected; those left out accept everything", selector)


def _governed(body: dict[str, Any], direction: str) -> bool:
    spec = body.get("spec", {})
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]
    return direction.capitalize() in types


def _looser(change: ObjectChange, direction: str) -> bool:
    old = get(change.old, "spec", direction, default=[])
    new = get(change.new, "spec", direction, default=[])
    return any(not any(_covers(known, rule, direction) for known in old) for rule in new)


def _covers(known: dict[str, Any], rule: dict[str, Any], direction: str) -> bool:
    """Whether a rule allows nothing that a known one did not; absent peers or ports mean all of them."""
    side = "from" if direction == "ingress" else "to"
    peers, ports = known.get(side) or [], known.get("ports") or []
    if ports and not (rule.get("ports") and all(port in ports for port in rule["ports"])):
        return False
    if not peers:
        return True
    return bool(rule.get(side)) and all(any(_peer(p, peer) for p in peers) for peer in rule[side])


def _peer(known: dict[str, Any], peer: dict[str, Any]) -> bool:
    if "ipBlock" not in known or "ipBlock" not in peer:
        return known == peer
    return not beyond(_block(peer["ipBlock"]), _block(known["ipBlock"]))


def _block(block: dict[str, Any]) -> list[Network]:
    return beyond(parsed([block["cidr"]]), parsed(block.get("except") or ()))


def ingresses(change: ObjectChange, before: Objects, after: Objects) -> Iterator[Effect]:
    """An Ingress that publishes more than it did."""
    if change.identity.kind != "Ingress" or change.after is None:
        return
    gained = sorted(set(_routes(change.new)) - set(_routes(change.old)))
    if gained:
        reason = f"published at {', '.join(gained[:3])}" + (
            f" and {len(gained) - 3} more" if len(gained) > 3 else ""
        )
        yield Effect(Impact.EXPOSURE, reason, change.below("spec", "rules"))


def _routes(body: dict[str, Any]) -> Iterator[str]:
    for rule in get(body, "spec", "rules", default=[]):
        for path in get(rule, "http", "paths", default=[]):
            yield f"{rule.get('host', '*')}{path.get('path', '/')}"
    if get(body, "spec", "defaultBackend"):
        yield "*/"
