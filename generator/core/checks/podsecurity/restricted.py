"""The controls of the restricted level: current best practice for hardening pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.core.checks.podsecurity.baseline import bad_profiles, masked_proc
from generator.core.checks.podsecurity.control import NOT_SET, Control, Level, Subject, Violation, shown

_VOLUMES: Final = frozenset(
    "configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split()
)


def _privilege_escalation(pod: Subject, minor: int) -> Iterator[Violation]:
    if minor >= 25 and pod.for_windows:
        return
    for path, context in pod.container_contexts():
        if (value := context.get("allowPrivilegeEscalation")) is not False:
            yield Violation((*path, "allowPrivilegeEscalation"), shown(value), "false")


def _capabilities(pod: Subject, minor: int) -> Iterator[Violation]:
    if minor >= 25 and pod.for_windows:
        return
    for path, context in pod.container_contexts():
        capabilities = context.get("capabilities") or {}
        dropped = capabilities.get("drop")
        if "ALL" not in (dropped or ()):
            yield Violation((*path, "capabilities", "drop"), shown(dropped), 'a list that includes "ALL"')
        for index, capability in enumerate(capabilities.get("add") or ()):
            if capability != "NET_BIND_SERVICE":
                place = (*path, "capabilities", "add", index)
                yield Violation(place, shown(capability), "only NET_BIND_SERVICE")


def _volumes(pod: Subject, minor: int) -> Iterator[Violation]:
    for index, volume in enumerate(pod.spec.get("volumes") or ()):
        sources = [key for key, source in volume.items() if key != "name" and source is not None]
        # The server makes an emptyDir of a volume without a source.
        if sources and not _VOLUMES.intersection(sources):
            place = ("spec", "volumes", index, sources[0])
            yield Violation(place, f"a {sources[0]} volume", f"one of {', '.join(sorted(_VOLUMES))}")


def _run_as_non_root(pod: Subject, minor: int) -> Iterator[Violation]:
    if minor >= 35 and pod.in_user_namespace:
        return
    of_pod = pod.context.get("runAsNonRoot")
    if of_pod is False:
        yield Violation(("spec", "securityContext", "runAsNonRoot"), "false", "true")
    unset = []
    for path, context in pod.container_contexts():
        value = context.get("runAsNonRoot")
        if value is False:
            yield Violation((*path, "runAsNonRoot"), "false", "true")
        elif value is None:
            unset.append(path)
    if of_pod is None:
        yield from _left_out(pod, unset, ("runAsNonRoot",), "true")


def _left_out(
    pod: Subject, contexts: list[tuple[str | int, ...]], field: tuple[str, ...], allowed: str
) -> Iterator[Violation]:
    """A field that neither the pod nor these containers set: said once where no container sets it."""
    if len(contexts) == sum(1 for _ in pod.containers()):
        contexts, where = [("spec", "securityContext")] if contexts else [], "every container"
    else:
        where = "the pod"
    for path in contexts:
        yield Violation((*path, *field), NOT_SET, f"{allowed}, here or in the securityContext of {where}")


def _run_as_user(pod: Subject, minor: int) -> Iterator[Violation]:
    if minor >= 35 and pod.in_user_namespace:
        return
    for path, context in pod.contexts():
        if context.get("runAsUser") == 0:
            yield Violation((*path, "runAsUser"), "0, which is root", "another number, or not set")


def _seccomp(pod: Subject, minor: int) -> Iterator[Violation]:
    if minor >= 25 and pod.for_windows:
        return
    yield from bad_profiles(pod, "seccompProfile")
    if not _confined(pod.context):
        unset = [path for path, context in pod.container_contexts() if not _confined(context)]
        yield from _left_out(pod, unset, ("seccompProfile", "type"), "RuntimeDefault or Localhost")


def _confined(context: Mapping[str, Any]) -> bool:
    """Whether a profile is chosen at all; which one is another question."""
    return context.get("seccompProfile") is not None


CONTROLS: Final = tuple(
    Control(id, title, Level.RESTRICTED, check, since, replaces)
    for id, title, check, since, replaces in (
        ("allowPrivilegeEscalation", "Privilege Escalation", _privilege_escalation, 8, ""),
        ("capabilities_restricted", "Capabilities", _capabilities, 22, "capabilities_baseline"),
        ("procMount_restricted", "/proc Mount Type", masked_proc, 35, "procMount"),
        ("restrictedVolumes", "Volume Types", _volumes, 0, "hostPathVolumes"),
        ("runAsNonRoot", "Running as Non-root", _run_as_non_root, 0, ""),
        ("runAsUser", "Running as Non-root user", _run_as_user, 23, ""),
        ("seccompProfile_restricted", "Seccomp", _seccomp, 19, "seccompProfile_baseline"),
    )
)
