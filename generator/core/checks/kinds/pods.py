"""Pods: what holds between the fields of their spec, and for what only pods have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    absent,
    among,
    at_most,
    between,
    distinct,
    each,
    form,
    needs,
    show,
)
from generator.core.checks.kinds.metadata import labels
from generator.core.paths import Path

_CORE: Final = "io.k8s.api.core.v1."
_ID: Final = 2**31 - 1
_GRACE: Final = 30  # terminationGracePeriodSeconds where it is not given
_NOT_ON_WINDOWS: Final = ("hostPID", "hostIPC", "hostNetwork", "shareProcessNamespace")


def every_container(spec: Value) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every container of a pod's spec with its path there."""
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(field) or ()):
            yield (field, index), container


def _names(spec: Value) -> Faults:
    seen: set[str] = set()
    for path, container in every_container(spec):
        name = str(container.get("name"))
        if name in seen:
            yield Fault("duplicate-name", (*path, "name"), "an earlier container has this name", show(name))
        seen.add(name)
    volumes: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        name = volume.get("name")
        if name in volumes:
            place = ("volumes", index, "name")
            yield Fault("duplicate-name", place, "an earlier volume has this name", show(name))
        volumes.add(name)


def _host_ports(spec: Value) -> Faults:
    taken: set[tuple[Any, ...]] = set()
    for (field, number), container in every_container(spec):
        for index, port in enumerate(container.get("ports") or ()):
            wanted = port.get("hostPort")
            place = (field, number, "ports", index, "hostPort")
            if wanted and spec.get("hostNetwork") and wanted != port.get("containerPort"):
                expected = f"{port.get('containerPort')}, the containerPort"
                yield Fault(
                    "exclusive", place, "with hostNetwork both ports must be equal", f"{wanted}", expected
                )
            key = port.get("protocol") or "TCP", port.get("hostIP", ""), wanted
            if wanted and field == "containers" and key in taken:
                yield Fault(
                    "duplicate-entry", place, "an earlier port uses this port of the host", f"{wanted}"
                )
            taken.add(key)


def _sidecars(spec: Value) -> Faults:
    """An init container that ends has neither hooks nor probes."""
    for index, container in enumerate(spec.get("initContainers") or ()):
        if container.get("restartPolicy") == "Always":
            continue
        for field in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
            if container.get(field) is not None:
                message = "an init container cannot have it, unless its restartPolicy is Always"
                yield Fault("exclusive", ("initContainers", index, field), message)


def _sleeps(spec: Value) -> Faults:
    grace = spec.get("terminationGracePeriodSeconds", _GRACE)
    for path, container in every_container(spec):
        for hook in ("preStop", "postStart"):
            sleep = ((container.get("lifecycle") or {}).get(hook) or {}).get("sleep") or {}
            seconds = sleep.get("seconds", 0)
            if seconds > max(grace, 1):
                place = (*path, "lifecycle", hook, "sleep", "seconds")
                expected = f"at most {grace}, terminationGracePeriodSeconds"
                yield Fault(
                    "lifetime", place, "the pod is killed before this sleep ends", f"{seconds}", expected
                )


def _resizes(spec: Value) -> Faults:
    if spec.get("restartPolicy") != "Never":
        return
    for path, container in every_container(spec):
        for index, policy in enumerate(container.get("resizePolicy") or ()):
            if policy.get("restartPolicy") != "NotRequired":
                place = (*path, "resizePolicy", index, "restartPolicy")
                yield Fault(
                    "exclusive",
                    place,
                    "the pod's restartPolicy is Never",
                    show(policy.get("restartPolicy")),
                    "NotRequired",
                )


def _name_servers(spec: Value) -> Faults:
    if spec.get("dnsPolicy") == "None" and not (spec.get("dnsConfig") or {}).get("nameservers"):
        place = ("dnsConfig",) if "dnsConfig" in spec else ()
        yield Fault("required", place, "`nameservers` are required with dnsPolicy: None")


def _host_users(spec: Value) -> Faults:
    if spec.get("hostUsers") is False:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(field):
                yield Fault("exclusive", (field,), "it contradicts hostUsers: false", "true")
    else:
        for path, container in every_container(spec):
            if (container.get("securityContext") or {}).get("procMount") == "Unmasked":
                place = (*path, "securityContext", "procMount")
                yield Fault("exclusive", place, "it needs hostUsers: false", "Unmasked")
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        yield Fault("exclusive", ("shareProcessNamespace",), "it contradicts hostPID: true", "true")


def _system(spec: Value) -> Faults:
    """What a pod says of its operating system, and the fields that the other system has."""
    system = (spec.get("os") or {}).get("name")
    contexts = [((), spec), *every_container(spec)]
    for path, holder in contexts:
        context = holder.get("securityContext") or {}
        if system == "linux" and "windowsOptions" in context:
            yield Fault("exclusive", (*path, "securityContext", "windowsOptions"), "the pod's os is linux")
        if system == "windows":
            for field in context.keys() - {"windowsOptions", "runAsNonRoot"}:
                yield Fault("exclusive", (*path, "securityContext", field), "the pod's os is windows")
    if system == "windows":
        for field in _NOT_ON_WINDOWS:
            if spec.get(field):
                yield Fault("exclusive", (field,), "the pod's os is windows")
    for path, container in every_container(spec):
        if system is None and "stopSignal" in (container.get("lifecycle") or {}):
            yield Fault(
                "exclusive", (*path, "lifecycle", "stopSignal"), "it needs `os.name` in the pod's spec"
            )


def _kernel(spec: Value) -> Faults:
    for index, one in enumerate((spec.get("securityContext") or {}).get("sysctls") or ()):
        name = str(one.get("name")).replace("/", ".")
        shared = spec.get("hostNetwork") and name.startswith("net."), spec.get("hostIPC") and _of_ipc(name)
        if any(shared):
            message = "the pod shares this part of the host"
            yield Fault(
                "exclusive", ("securityContext", "sysctls", index, "name"), message, show(one.get("name"))
            )


def _of_ipc(name: str) -> bool:
    return name.startswith(("kernel.sem", "kernel.shm", "kernel.msg", "fs.mqueue."))


def _file_keys(spec: Value) -> Faults:
    sources = {volume.get("name"): volume for volume in spec.get("volumes") or ()}
    for path, container in every_container(spec):
        for index, variable in enumerate(container.get("env") or ()):
            reference = (variable.get("valueFrom") or {}).get("fileKeyRef")
            if reference and "emptyDir" not in sources.get(reference.get("volumeName"), {}):
                place = (*path, "env", index, "valueFrom", "fileKeyRef", "volumeName")
                yield Fault(
                    "volume-mount",
                    place,
                    "the pod has no emptyDir of this name",
                    show(reference.get("volumeName")),
                )


def _resource_claims(spec: Value) -> Faults:
    known = [claim.get("name") for claim in spec.get("resourceClaims") or ()]
    for path, container in every_container(spec):
        for index, claim in enumerate((container.get("resources") or {}).get("claims") or ()):
            if claim.get("name") not in known:
                place = (*path, "resources", "claims", index, "name")
                yield Fault(
                    "required", place, "the pod has no resource claim of this name", show(claim.get("name"))
                )


def _devices(spec: Value) -> Faults:
    """A block device comes from a claim, and a volume of that kind."""
    volumes = {volume.get("name"): volume for volume in spec.get("volumes") or ()}
    for path, container in every_container(spec):
        for index, device in enumerate(container.get("volumeDevices") or ()):
            volume = volumes.get(device.get("name"))
            if volume is not None and not {"persistentVolumeClaim", "ephemeral"} & volume.keys():
                place = (*path, "volumeDevices", index, "name")
                yield Fault(
                    "exclusive",
                    place,
                    "only a persistentVolumeClaim can be a device",
                    show(device.get("name")),
                )


def _groups(value: Value) -> Faults:
    for index, group in enumerate(value.get("supplementalGroups") or ()):
        if not 0 <= group <= _ID:
            yield Fault(
                "range", ("supplementalGroups", index), "out of range", show(group), f"from 0 to {_ID}"
            )


def _images(value: Value) -> Faults:
    """A pod of its own is stricter about its images than a template of pods."""
    spec = value.get("spec") or {}
    for path, container in every_container(spec):
        if container.get("image", "").strip() != container.get("image", ""):
            yield Fault(
                "value",
                ("spec", *path, "image"),
                "spaces around the name of an image",
                show(container["image"]),
            )


RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}Pod": (needs("spec"), _images),
    f"{_CORE}PodTemplateSpec": (needs("spec"),),
    f"{_CORE}PodSpec": (
        absent("containers"),
        _names,
        _host_ports,
        _sidecars,
        _sleeps,
        _resizes,
        _name_servers,
        _host_users,
        _system,
        _kernel,
        _file_keys,
        _resource_claims,
        _devices,
        *labels("nodeSelector"),
        between("activeDeadlineSeconds", 1, _ID),
        form("hostname", forms.LABEL, "name"),
        form("subdomain", forms.LABEL, "name"),
        form("hostnameOverride", forms.SUBDOMAIN, "name", empty=False),
        form("priorityClassName", forms.SUBDOMAIN, "name"),
        form("runtimeClassName", forms.SUBDOMAIN, "name", empty=False),
        form("serviceAccountName", forms.SUBDOMAIN, "name"),
        form("nodeName", forms.SUBDOMAIN, "name"),
        distinct("schedulingGates", "name"),
    ),
    f"{_CORE}PodDNSConfig": (
        at_most("nameservers", 3),
        each("nameservers", forms.ADDRESS),
        at_most("searches", 32),
        each("searches", forms.SEARCH),
    ),
    f"{_CORE}PodDNSConfigOption": (needs("name"),),
    f"{_CORE}PodReadinessGate": (form("conditionType", forms.QUALIFIED, empty=False),),
    f"{_CORE}PodSchedulingGate": (form("name", forms.QUALIFIED, empty=False),),
    f"{_CORE}PodOS": (among("name", "linux", "windows", empty=False),),
    f"{_CORE}HostAlias": (
        needs("ip"),
        form("ip", forms.ADDRESS),
        each("hostnames", forms.SUBDOMAIN),
    ),
    f"{_CORE}PodSecurityContext": (
        _groups,
        distinct("sysctls", "name"),
        among("fsGroupChangePolicy", "OnRootMismatch", "Always", empty=False),
        among("supplementalGroupsPolicy", "Merge", "Strict", empty=False),
        among("seLinuxChangePolicy", "Recursive", "MountOption", empty=False),
    ),
    f"{_CORE}Sysctl": (needs("name"), form("name", forms.SYSCTL)),
}
