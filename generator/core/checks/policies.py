"""Services, autoscalers, disruption budgets and network policies: fields that exclude or limit each other.

The rules are those of `ValidateService` and its like in Kubernetes' validation code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from generator.core.checks.finding import Finding
from generator.core.manifests import Manifest
from generator.core.paths import Path

Wrong = Iterator[tuple[Path, str]]

_EXTERNAL: Final = ("NodePort", "LoadBalancer")
# Fields of a Service that only some types may have.
_TYPED: Final = {"loadBalancerSourceRanges": ("LoadBalancer",), "externalTrafficPolicy": _EXTERNAL}


def consistent(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """The fields of an object fit together."""
    for manifest in manifests:
        rule = _RULES.get(manifest.kind)
        if rule is not None:
            for path, message in rule(manifest.body.get("spec") or {}):
                yield Finding("exclusive", manifest, ("spec", *path), message)


def _service(spec: dict[str, Any]) -> Wrong:
    kind, ports = spec.get("type", "ClusterIP"), spec.get("ports") or []
    headless = spec.get("clusterIP") == "None"
    if not ports and not headless and kind != "ExternalName":
        yield (), "a Service needs a port, unless it is headless"
    if headless and kind in _EXTERNAL:
        yield ("clusterIP",), f"a {kind} cannot be headless"
    for field, kinds in _TYPED.items():
        if field in spec and kind not in kinds:
            yield (field,), f"only a {' or '.join(kinds)} may have this, and the type is {kind}"
    names: list[str] = []
    for index, port in enumerate(ports):
        if "name" not in port and len(ports) > 1:
            yield ("ports", index), "each of several ports needs a name"
        elif port.get("name", "") in names:
            yield ("ports", index, "name"), "a port of this name stands before"
        names.append(port.get("name", ""))


def _autoscaler(spec: dict[str, Any]) -> Wrong:
    if spec.get("minReplicas", 1) > spec["maxReplicas"]:
        yield ("minReplicas",), f"more than maxReplicas, {spec['maxReplicas']}"
    for index, metric in enumerate(spec.get("metrics") or ()):
        source = metric["type"][0].lower() + metric["type"][1:]
        if source not in metric:
            yield ("metrics", index), f"a metric of the type {metric['type']} says more under `{source}`"


def _budget(spec: dict[str, Any]) -> Wrong:
    if "minAvailable" in spec and "maxUnavailable" in spec:
        yield ("minAvailable",), "a budget has either minAvailable or maxUnavailable"


def _network(spec: dict[str, Any]) -> Wrong:
    for side, peers in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(spec.get(side) or ()):
            for index, peer in enumerate(rule.get(peers) or ()):
                if "ipBlock" in peer and len(peer) > 1:
                    yield (side, number, peers, index), "a peer is either an address block or selected pods"
            for index, port in enumerate(rule.get("ports") or ()):
                if "endPort" in port and not _is_range(port.get("port"), port["endPort"]):
                    yield (side, number, "ports", index, "endPort"), "a range ends at or after its port"


def _is_range(start: Any, end: int) -> bool:
    return isinstance(start, int) and start <= end


_RULES: Final[dict[str, Callable[[dict[str, Any]], Wrong]]] = {
    "v1 Service": _service,
    "autoscaling/v2 HorizontalPodAutoscaler": _autoscaler,
    "policy/v1 PodDisruptionBudget": _budget,
    "networking.k8s.io/v1 NetworkPolicy": _network,
}
