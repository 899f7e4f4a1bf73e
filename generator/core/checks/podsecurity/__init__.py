"""Pods against the Pod Security level of their namespace.

The API server asks this of pods alone: it takes a Deployment whose pods it will refuse, which then waits for
ever. Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from generator.core import paths
from generator.core.checks.finding import Finding
from generator.core.checks.pods import Pod, pods
from generator.core.checks.podsecurity import baseline, policy, restricted
from generator.core.checks.podsecurity.control import Control, Level, Subject, Violation
from generator.core.checks.podsecurity.policy import Policy, Standard
from generator.core.checks.target import Target
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.diagnostics import Related, Severity

_VERBS: Final = {"enforce": "enforces", "warn": "warns about", "audit": "audits"}


@cache
def controls(level: Level, minor: int) -> tuple[Control, ...]:
    """The controls of a level by the standard of a minor version of Kubernetes."""
    own = [] if level is Level.PRIVILEGED else [c for c in baseline.CONTROLS if c.since <= minor]
    if level is Level.RESTRICTED:
        stricter = [c for c in restricted.CONTROLS if c.since <= minor]
        replaced = {c.replaces for c in stricter}
        own = [*(c for c in own if c.id not in replaced), *stricter]
    return tuple(own)


def violations(subject: Subject, standard: Standard, newest: int) -> Iterator[tuple[Control, Violation]]:
    """Everything about a pod that a standard forbids, on a server whose own minor version is `newest`."""
    minor = newest if standard.minor is None else min(standard.minor, newest)
    for control in controls(standard.level, minor):
        for violation in control.check(subject, minor):
            yield control, violation


def labels(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """The labels for Pod Security name levels and versions that exist; else the server refuses it."""
    for manifest in manifests:
        for label, value in _labels(manifest).items():
            if label in policy.LABELS and (expected := policy.problem(label, value)):
                what = "version" if label.endswith("-version") else "level"
                place = ("metadata", "labels", label)
                message = f"not a Pod Security {what}"
                yield Finding("security-level", manifest, place, message, f'"{value}"', expected)


def admitted(manifests: Sequence[Manifest], target: Target) -> Iterator[Finding]:
    """Every pod is up to what its namespace demands: a namespace made here, or one made elsewhere."""
    made = {m.identity.name: m for m in manifests if m.kind == "v1 Namespace"}
    policies = {
        name: policy.of_labels({f"{policy.PREFIX}enforce": level}) for name, level in target.levels.items()
    }
    policies |= {name: _policy(manifest) for name, manifest in made.items()}
    for pod in pods(manifests) if any(any(p.demands()) for p in policies.values()) else ():
        if (demanded := policies.get(pod.namespace)) is not None:
            yield from _of_pod(pod, demanded, target.minor, made.get(pod.namespace))


def _labels(manifest: Manifest) -> dict[str, str]:
    found = (manifest.body.get("metadata") or {}).get("labels") if manifest.kind == "v1 Namespace" else None
    return found or {}


def _policy(manifest: Manifest) -> Policy:
    given = _labels(manifest)
    wrong = any(label in policy.LABELS and policy.problem(label, value) for label, value in given.items())
    return Policy() if wrong else policy.of_labels(given)


def _of_pod(pod: Pod, demanded: Policy, newest: int, namespace: Manifest | None) -> Iterator[Finding]:
    template: dict[str, Any] = paths.get(pod.manifest.body, pod.path)
    subject = Subject((template.get("metadata") or {}).get("annotations") or {}, pod.spec)
    seen: set[Path] = set()
    for mode, standard in demanded.demands():
        found = list(violations(subject, standard, newest))
        for control, violation in found:
            if violation.path not in seen:
                yield _finding(pod, mode, standard, control, violation, namespace)
        seen.update(violation.path for _, violation in found)


def _finding(
    pod: Pod,
    mode: str,
    standard: Standard,
    control: Control,
    violation: Violation,
    namespace: Manifest | None,
) -> Finding:
    kind = pod.manifest.identity.kind
    if mode != "enforce":
        consequence = "the API server admits the pod anyway"
    elif kind == "Pod":
        consequence = "the API server refuses this pod"
    else:
        consequence = f"the API server accepts this {kind}, and then refuses every pod that it creates"
    return Finding(
        "pod-security",
        pod.manifest,
        (*pod.path, *violation.path),
        f"violates `{control.title}` of the Pod Security level {standard}, "
        f"which the namespace `{pod.namespace}` {_VERBS[mode]}",
        violation.found,
        violation.allowed,
        consequence,
        Severity.ERROR if mode == "enforce" else Severity.WARNING,
        related=_demanded(mode, namespace),
    )


def _demanded(mode: str, namespace: Manifest | None) -> tuple[Related, ...]:
    """The label that demands the level; where a mode has none of its own, it follows the one enforced."""
    if namespace is None:
        return ()
    own = f"{policy.PREFIX}{mode}"
    label = own if own in _labels(namespace) else f"{policy.PREFIX}enforce"
    return (Related(namespace.trace(("metadata", "labels", label)).span, "the level is set here"),)
