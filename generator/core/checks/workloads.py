"""Pods and what makes them: fields that exclude or limit each other.

The rules are those of `ValidatePodSpec` and `ValidateDeploymentSpec` in Kubernetes' validation code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from generator.core.checks.finding import Finding
from generator.core.checks.pods import Pod, pods
from generator.core.manifests import Manifest
from generator.core.paths import Path

_PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
_ACTIONS: Final = ("exec", "grpc", "httpGet", "tcpSocket")
_GRACE: Final = 30  # terminationGracePeriodSeconds where it is not given
_DEADLINE: Final = 600  # progressDeadlineSeconds where it is not given


def containers(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Probes and environment variables that can be meant in one way only."""
    for pod in pods(manifests):
        for path, container in pod.containers():
            yield from _probes(pod.manifest, path, container)
            for index, variable in enumerate(container.get("env") or ()):
                if variable.get("value") and "valueFrom" in variable:
                    message = "a variable has either a value or a source of its value"
                    yield Finding("exclusive", pod.manifest, (*path, "env", index, "valueFrom"), message)


def _probes(manifest: Manifest, path: Path, container: dict[str, Any]) -> Iterator[Finding]:
    for name in _PROBES:
        probe = container.get(name)
        if probe is None:
            continue
        actions = [action for action in _ACTIONS if action in probe]
        if len(actions) != 1:
            found = " and ".join(actions) or "none"
            expected = f"one of {', '.join(_ACTIONS)}"
            yield Finding("probe", manifest, (*path, name), "a probe does one thing", found, expected)
        if name != "readinessProbe" and probe.get("successThreshold", 1) > 1:
            place = (*path, name, "successThreshold")
            message = "only a readiness probe may ask for several successes"
            yield Finding("probe", manifest, place, message, f"{probe['successThreshold']}", "1")


def lifetimes(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """A hook that sleeps before the container stops ends before the pod is killed."""
    for pod in pods(manifests):
        grace = pod.spec.get("terminationGracePeriodSeconds", _GRACE)
        for path, container in pod.containers():
            sleep = ((container.get("lifecycle") or {}).get("preStop") or {}).get("sleep")
            if sleep is not None and sleep["seconds"] > grace:
                place = (*path, "lifecycle", "preStop", "sleep", "seconds")
                expected = f"at most {grace}, terminationGracePeriodSeconds"
                message = "the pod is killed before this sleep ends"
                yield Finding("lifetime", pod.manifest, place, message, f"{sleep['seconds']}", expected)


def tolerations(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """A toleration of any value names none."""
    for pod in pods(manifests):
        for index, toleration in enumerate(pod.spec.get("tolerations") or ()):
            if toleration.get("operator") == "Exists" and toleration.get("value"):
                place = _place(pod, "tolerations", index, "value")
                message = "with the operator Exists any value is tolerated; leave this one out"
                yield Finding("exclusive", pod.manifest, place, message, f'"{toleration["value"]}"')


def rollouts(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """A Deployment can make progress, and its strategy has only what belongs to it."""
    for manifest in manifests:
        if manifest.kind != "apps/v1 Deployment":
            continue
        spec = manifest.body["spec"]
        ready, deadline = spec.get("minReadySeconds", 0), spec.get("progressDeadlineSeconds", _DEADLINE)
        if ready >= deadline:
            expected = f"less than {deadline}, progressDeadlineSeconds"
            message = "no pod is ready before the rollout has failed"
            yield Finding("rollout", manifest, ("spec", "minReadySeconds"), message, f"{ready}", expected)
        strategy = spec.get("strategy") or {}
        rolling = strategy.get("rollingUpdate") or {}
        place = ("spec", "strategy", "rollingUpdate")
        if strategy.get("type") == "Recreate" and "rollingUpdate" in strategy:
            yield Finding("exclusive", manifest, place, "a Deployment that is recreated is not rolled")
        if all(rolling.get(field, 1) in (0, "0%") for field in ("maxSurge", "maxUnavailable")):
            message = "neither may a pod be added nor one be missing, so none can be replaced"
            yield Finding("rollout", manifest, place, message)


def _place(pod: Pod, *steps: str | int) -> Path:
    return (*pod.path, "spec", *steps)
