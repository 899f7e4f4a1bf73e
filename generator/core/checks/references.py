"""What objects refer to must be there: labels that selectors look for, ports, volumes, other objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generator.core.checks import openapi
from generator.core.checks.finding import Finding
from generator.core.checks.pods import Pod, no_port, pods, port_names
from generator.core.checks.target import Target
from generator.core.manifests import Manifest
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.diagnostics import Severity

# What controllers make a Secret of: sealed-secrets and the External Secrets Operator.
_SECRETS: Final = ("SealedSecret", "ExternalSecret")

# Every namespace has these without anybody making them.
_GIVEN: Final = {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}


def mounts(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Every volume mount names a volume of its pod."""
    for pod in pods(manifests):
        volumes = [volume["name"] for volume in pod.spec.get("volumes") or ()]
        claimed = (pod.manifest.body.get("spec") or {}).get("volumeClaimTemplates") or ()
        volumes += [claim.get("metadata", {}).get("name", "") for claim in claimed]
        for path, container in pod.containers():
            for field in ("volumeMounts", "volumeDevices"):
                for index, mount in enumerate(container.get(field) or ()):
                    if mount["name"] not in volumes:
                        place = (*path, field, index, "name")
                        hint = did_you_mean(mount["name"], volumes)
                        message = "the pod has no volume of this name"
                        found = f'"{mount["name"]}"'
                        yield Finding("volume-mount", pod.manifest, place, message, found, help=hint)


def probe_ports(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """A probe that names a port names one of its container's."""
    for pod in pods(manifests):
        for path, container in pod.containers():
            names = port_names(container)
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                for action in ("httpGet", "tcpSocket"):
                    port = ((container.get(probe) or {}).get(action) or {}).get("port")
                    if isinstance(port, str) and port not in names:
                        yield no_port(pod.manifest, (*path, probe, action, "port"), port, names)


def absent(manifests: Sequence[Manifest], target: Target) -> Iterator[Finding]:
    """Objects that pods refer to and that are not made here; somebody else must make them first."""
    known = [m for m in manifests if openapi.knows(m, target)]
    made = {(m.identity.kind, m.identity.namespace, m.identity.name) for m in known}
    made |= {("Secret", m.identity.namespace, _secret(m)) for m in manifests if m.identity.kind in _SECRETS}
    for holder, namespace, kind, name, path in _references(known):
        if (kind, namespace, name) not in made and (kind, name) not in _GIVEN:
            message = f"it refers to {kind} `{name}`, which this environment does not render"
            help = f"create it in {namespace or 'that namespace'} before you apply, or add a template for it"
            yield Finding("absent", holder, path, message, help=help, severity=Severity.WARNING)


def _secret(manifest: Manifest) -> str:
    """The Secret that a controller makes of an object: called like it, unless it says otherwise."""
    spec = manifest.body.get("spec")
    target = spec.get("target") if isinstance(spec, dict) else None
    name = target.get("name") if isinstance(target, dict) else None
    return str(name or manifest.identity.name)


_Reference = tuple[Manifest, str, str, str, Path]


def _references(manifests: Sequence[Manifest]) -> Iterator[_Reference]:
    for pod in pods(manifests):
        for kind, name, path in _of_pod(pod):
            yield pod.manifest, pod.namespace, kind, name, path
    for manifest in manifests:
        if manifest.identity.kind == "ServiceAccount":
            for index, secret in enumerate(manifest.body.get("imagePullSecrets") or ()):
                path = ("imagePullSecrets", index, "name")
                yield manifest, manifest.identity.namespace, "Secret", secret.get("name", ""), path


def _of_pod(pod: Pod) -> Iterator[tuple[str, str, Path]]:
    spec, at = pod.spec, (*pod.path, "spec")
    if account := spec.get("serviceAccountName"):
        yield "ServiceAccount", account, (*at, "serviceAccountName")
    for index, secret in enumerate(spec.get("imagePullSecrets") or ()):
        yield "Secret", secret.get("name", ""), (*at, "imagePullSecrets", index, "name")
    for index, volume in enumerate(spec.get("volumes") or ()):
        for field, key, kind in (
            ("configMap", "name", "ConfigMap"),
            ("secret", "secretName", "Secret"),
            ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
        ):
            if (source := volume.get(field)) and not source.get("optional") and key in source:
                yield kind, source[key], (*at, "volumes", index, field, key)
    for path, container in pod.containers():
        yield from _of_environment(container, path)


def _of_environment(container: Mapping[str, Any], path: Path) -> Iterator[tuple[str, str, Path]]:
    for index, entry in enumerate(container.get("env") or ()):
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if (source := (entry.get("valueFrom") or {}).get(field)) and not source.get("optional"):
                yield kind, source.get("name", ""), (*path, "env", index, "valueFrom", field, "name")
    for index, entry in enumerate(container.get("envFrom") or ()):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if (source := entry.get(field)) and not source.get("optional"):
                yield kind, source.get("name", ""), (*path, "envFrom", index, field, "name")
