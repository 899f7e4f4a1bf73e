"""What a Pod Security control looks at, and what it reports.

A control is one row of https://kubernetes.io/docs/concepts/security/pod-security-standards/, at one minor
version of the standard. The behavior is that of `k8s.io/pod-security-admission/policy`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from generator.core.paths import Path

_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_CONTEXT: Path = ("spec", "securityContext")


class Level(StrEnum):
    """How much a namespace allows its pods, from everything to least."""

    PRIVILEGED = "privileged"
    BASELINE = "baseline"
    RESTRICTED = "restricted"


class Subject(NamedTuple):
    """A pod, or the template of pods: what the controls look at. Paths are relative to it."""

    annotations: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def context(self) -> Mapping[str, Any]:
        """The security context of the pod."""
        return self.spec.get("securityContext") or {}

    @property
    def for_windows(self) -> bool:
        return bool((self.spec.get("os") or {}).get("name") == "windows")

    @property
    def in_user_namespace(self) -> bool:
        """Whether root inside the pod is nobody on its node."""
        return self.spec.get("hostUsers") is False

    def containers(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Every container of any sort, with its path."""
        for field in _CONTAINERS:
            for index, container in enumerate(self.spec.get(field) or ()):
                yield ("spec", field, index), container

    def container_contexts(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """The security context of each container, an empty one where there is none, with its path."""
        for path, container in self.containers():
            yield (*path, "securityContext"), container.get("securityContext") or {}

    def contexts(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """The security contexts of the pod and of each container, with their paths."""
        yield _CONTEXT, self.context
        yield from self.container_contexts()


class Violation(NamedTuple):
    """A field that a control forbids: its path in the pod, what is found there and what is allowed."""

    path: Path
    found: str
    allowed: str


class Control(NamedTuple):
    """A control: `check` finds its violations by the standard of one minor version of Kubernetes.

    `id` is the name in `k8s.io/pod-security-admission`. A stricter control takes the place of the one that it
    `replaces`.
    """

    id: str
    title: str
    level: Level
    check: Callable[[Subject, int], Iterator[Violation]]
    since: int = 0
    replaces: str = ""


NOT_SET = "not set"


def shown(value: object) -> str:
    """A value as YAML and JSON both write it; a missing one in words."""
    return NOT_SET if value is None else json.dumps(value, ensure_ascii=False)
