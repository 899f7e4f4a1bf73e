"""Where requests go: from an Ingress to a Service, from a Service to the ports of pods.

Pods are looked up by one of their labels, so that many Services and many pods stay cheap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from generator.core.checks.finding import Finding
from generator.core.checks.pods import Pod, no_port, pods, port_names
from generator.core.manifests import Manifest
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.diagnostics import Severity

Selector = Mapping[str, str]


class Pods:
    """Pods by namespace and label; what a selector chooses is looked up once."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._pods = pods(manifests)
        self._chosen: dict[tuple[str, frozenset[tuple[str, str]]], tuple[bool, list[str]]] = {}

    @cached_property
    def _by_label(self) -> dict[tuple[str, str, str], list[Pod]]:
        found: dict[tuple[str, str, str], list[Pod]] = defaultdict(list)
        for pod in self._pods:
            for key, value in pod.labels.items():
                found[pod.namespace, key, value].append(pod)
        return found

    def chosen(self, namespace: str, selector: Selector) -> tuple[bool, list[str]]:
        """Whether a selector chooses any pod, and the names of the ports of those that it chooses."""
        key = namespace, frozenset(selector.items())
        if key not in self._chosen:
            few = min((self._by_label.get((namespace, *pair), []) for pair in selector.items()), key=len)
            found = [pod for pod in few if selector.items() <= pod.labels.items()]
            names = dict.fromkeys(n for pod in found for _, c in pod.containers() for n in port_names(c))
            self._chosen[key] = bool(found), list(names)
        return self._chosen[key]


def services(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """A Service that selects pods made here selects some, and its ports are theirs."""
    made = Pods(manifests)
    for manifest in manifests:
        spec = manifest.body.get("spec") or {}
        selector = spec.get("selector")
        if manifest.kind != "v1 Service" or not selector:
            continue
        any_chosen, names = made.chosen(manifest.identity.namespace, selector)
        if not any_chosen:
            message = "it selects none of the pods that this environment renders"
            place = ("spec", "selector")
            yield Finding("service-selector", manifest, place, message, severity=Severity.WARNING)
            continue
        for index, port in enumerate(spec.get("ports") or ()):
            target = port.get("targetPort")
            if isinstance(target, str) and target and target not in names:
                yield no_port(manifest, ("spec", "ports", index, "targetPort"), target, names)


def ingresses(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """An Ingress leads to a Service that is made here, and to a port that it has."""
    made = {(m.identity.namespace, m.identity.name): m for m in manifests if m.kind == "v1 Service"}
    for manifest in manifests:
        if manifest.kind != "networking.k8s.io/v1 Ingress":
            continue
        for path, backend in _backends(manifest.body.get("spec") or {}):
            service = made.get((manifest.identity.namespace, backend["name"]))
            if service is None:
                message = f"it refers to Service `{backend['name']}`, which this environment does not render"
                names = [name for namespace, name in made if namespace == manifest.identity.namespace]
                hint = did_you_mean(backend["name"], names) or "create it in the same namespace"
                place = (*path, "name")
                yield Finding("absent", manifest, place, message, help=hint, severity=Severity.WARNING)
            else:
                yield from _port(manifest, path, backend.get("port") or {}, service)


def _backends(spec: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every Service that an Ingress names, with its path in the object."""
    places: list[tuple[Path, Mapping[str, Any]]] = [
        (("spec", "defaultBackend"), spec.get("defaultBackend") or {})
    ]
    for number, rule in enumerate(spec.get("rules") or ()):
        for index, path in enumerate((rule.get("http") or {}).get("paths") or ()):
            places.append((("spec", "rules", number, "http", "paths", index, "backend"), path["backend"]))
    for path, backend in places:
        if backend.get("service"):
            yield (*path, "service"), backend["service"]


def _port(manifest: Manifest, path: Path, wanted: Mapping[str, Any], service: Manifest) -> Iterator[Finding]:
    ports = (service.body.get("spec") or {}).get("ports") or []
    for field, known in (("name", "name"), ("number", "port")):
        offered = [port[known] for port in ports if port.get(known)]
        if wanted.get(field) and wanted[field] not in offered:
            found = f'"{wanted[field]}"' if field == "name" else f"{wanted[field]}"
            expected = "one of " + ", ".join(map(str, offered)) if offered else "a port with a name"
            message = f"the Service `{service.identity.name}` has no such port"
            yield Finding("port-name", manifest, (*path, "port", field), message, found, expected)
