"""Where pods stand in the objects that make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from generator.core import paths
from generator.core.checks.finding import Finding
from generator.core.manifests import Manifest
from generator.core.nearest import did_you_mean
from generator.core.paths import Path

_TEMPLATES: Final[dict[str, Path]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "PodTemplate": ("template",),
}


class Pod(NamedTuple):
    """A pod, or the template of pods: the object that it stands in, where, and its labels and spec."""

    manifest: Manifest
    path: Path
    labels: dict[str, str]
    spec: dict[str, Any]

    @property
    def namespace(self) -> str:
        return self.manifest.identity.namespace

    def containers(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Every container, init containers too, with its path in the object."""
        for field in ("containers", "initContainers"):
            for index, container in enumerate(self.spec.get(field) or ()):
                yield (*self.path, "spec", field, index), container


def pods(manifests: Sequence[Manifest]) -> list[Pod]:
    """Every pod that these objects make."""
    return [pod for manifest in manifests if (pod := pod_of(manifest)) is not None]


def pod_of(manifest: Manifest) -> Pod | None:
    """The pods of one object, or None for an object that makes none."""
    path = _TEMPLATES.get(manifest.identity.kind)
    if path is None:
        return None
    try:
        template = paths.get(manifest.body, path)
        return Pod(manifest, path, template.get("metadata", {}).get("labels", {}), template["spec"])
    except KeyError:
        return None


def port_names(container: Mapping[str, Any]) -> list[str]:
    """The names of a container's ports."""
    return [port["name"] for port in container.get("ports") or () if port.get("name")]


def no_port(manifest: Manifest, path: Path, name: str, names: list[str]) -> Finding:
    """A port's name that no container has."""
    hint = did_you_mean(name, names)
    return Finding("port-name", manifest, path, "no container port has this name", f'"{name}"', help=hint)
