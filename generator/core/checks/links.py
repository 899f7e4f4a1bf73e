"""What objects name in each other, beyond traffic: the target of an autoscaler, the keys of a ConfigMap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from generator.core.checks.finding import Finding
from generator.core.checks.pods import pods
from generator.core.manifests import Manifest
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.diagnostics import Severity

_SCALED: Final = ("Deployment", "StatefulSet", "ReplicaSet")
_HELP: Final = "leave `replicas` out, so that an apply does not undo what the autoscaler did"


def autoscalers(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """An autoscaler scales an object that is made here and that leaves the number of its pods to it."""
    made = {(m.identity.kind, m.identity.namespace, m.identity.name): m for m in manifests}
    for manifest in manifests:
        target = (manifest.body.get("spec") or {}).get("scaleTargetRef")
        if manifest.identity.kind != "HorizontalPodAutoscaler" or target is None:
            continue
        kind, namespace = target["kind"], manifest.identity.namespace
        scaled = made.get((kind, namespace, target["name"]))
        place = ("spec", "scaleTargetRef", "name")
        if scaled is None and kind in _SCALED:
            names = [name for other, where, name in made if other == kind and where == namespace]
            message = f"it scales {kind} `{target['name']}`, which this environment does not render"
            hint = did_you_mean(target["name"], names)
            yield Finding("absent", manifest, place, message, help=hint, severity=Severity.WARNING)
        elif scaled is not None and "replicas" in (scaled.body.get("spec") or {}):
            message = f"the HorizontalPodAutoscaler `{manifest.identity.name}` sets this number too"
            at = ("spec", "replicas")
            yield Finding("replicas", scaled, at, message, help=_HELP, severity=Severity.WARNING)


def keys(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """A key of a ConfigMap or Secret that a pod reads is one that the object has."""
    made = {
        (m.identity.kind, m.identity.namespace, m.identity.name): _keys(m)
        for m in manifests
        if m.kind in ("v1 ConfigMap", "v1 Secret")
    }
    for pod in pods(manifests):
        for kind, name, key, path in _read(pod.spec, (*pod.path, "spec")):
            known = made.get((kind, pod.namespace, name))
            if known and key not in known:
                hint = did_you_mean(key, known)
                message = f"the {kind} `{name}` has no such key"
                yield Finding("absent-key", pod.manifest, path, message, f'"{key}"', help=hint)


def _keys(manifest: Manifest) -> list[str]:
    fields = ("data", "binaryData", "stringData")
    return [key for field in fields for key in manifest.body.get(field) or ()]


_Read = Iterator[tuple[str, str, str, Path]]


def _read(spec: dict[str, Any], at: Path) -> _Read:
    for field in ("initContainers", "containers"):
        for number, container in enumerate(spec.get(field) or ()):
            for index, variable in enumerate(container.get("env") or ()):
                place = (*at, field, number, "env", index, "valueFrom")
                yield from _variable(variable.get("valueFrom") or {}, place)
    for index, volume in enumerate(spec.get("volumes") or ()):
        for field, name, kind in (("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret")):
            source = volume.get(field) or {}
            for number, item in enumerate(source.get("items") or ()) if not source.get("optional") else ():
                place = (*at, "volumes", index, field, "items", number, "key")
                yield kind, source.get(name, ""), item["key"], place


def _variable(source: dict[str, Any], at: Path) -> _Read:
    for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        reference = source.get(field)
        if reference and not reference.get("optional"):
            yield kind, reference.get("name", ""), reference["key"], (*at, field, "key")
