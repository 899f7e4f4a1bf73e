"""Containers and what stands in them: ports, variables, probes, hooks, mounts, resources."""

from __future__ import annotations

import re
from typing import Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    absent,
    among,
    between,
    distinct,
    form,
    has,
    needs,
    none_of,
    one_of,
    show,
    there,
    when,
)
from generator.core.checks.quantities import ONE, amount, canonical

_CORE: Final = "io.k8s.api.core.v1."
_HANDLERS: Final = ("exec", "grpc", "httpGet", "tcpSocket")
_HOOKS: Final = ("exec", "httpGet", "sleep", "tcpSocket")
_RESOURCES: Final = ("cpu", "memory", "ephemeral-storage")
_AMOUNTS: Final = tuple(f"{side}.{name}" for side in ("limits", "requests") for name in _RESOURCES)
_DIVISORS: Final = {"1", *(f"1{unit}" for unit in "k M G T P E Ki Mi Gi Ti Pi Ei".split())}
_PAGES: Final = re.compile(r"hugepages-[0-9]{1,9}[KMGT]i")
_FIELD_PATHS: Final = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"),
    *("spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP"),
    "status.podIPs",
)
_OF_VARIABLES: Final = tuple(p for p in _FIELD_PATHS if p not in ("metadata.labels", "metadata.annotations"))


def _port_names(value: Value) -> Faults:
    seen: set[str] = set()
    for index, port in enumerate(value.get("ports") or ()):
        name = port.get("name")
        if name and name in seen:
            yield Fault(
                "duplicate-name", ("ports", index, "name"), "an earlier port has this name", show(name)
            )
        seen.add(name)


def _mounts(value: Value) -> Faults:
    """Mounts and devices of a container do not share a path or, across the two, a name."""
    paths: set[str] = set()
    mounted = {mount.get("name") for mount in value.get("volumeMounts") or ()}
    for field, at in (("volumeMounts", "mountPath"), ("volumeDevices", "devicePath")):
        for index, mount in enumerate(value.get(field) or ()):
            if mount.get(at) in paths:
                yield Fault(
                    "exclusive",
                    (field, index, at),
                    "another volume is already mounted there",
                    show(mount[at]),
                )
            paths.add(mount.get(at))
            if field == "volumeDevices" and mount.get("name") in mounted:
                yield Fault("exclusive", (field, index, "name"), "this volume is mounted as a file system")


def _divisor(value: Value) -> Faults:
    resource = str(value.get("resource"))
    if "divisor" not in value or resource not in _AMOUNTS or not amount(value["divisor"]):
        return
    allowed = {"1", "1m"} if resource.endswith("cpu") else _DIVISORS
    if canonical(value["divisor"]) not in allowed:
        expected = "1 or 1m" if resource.endswith("cpu") else "1, or 1 with a unit, as in 1Mi"
        yield Fault(
            "value", ("divisor",), "not a divisor for this resource", show(value["divisor"]), expected
        )


def _resource(value: Value) -> Faults:
    resource = value.get("resource", "")
    if resource not in _AMOUNTS and not resource.startswith(("limits.hugepages-", "requests.hugepages-")):
        yield Fault(
            "value", ("resource",), "not a resource of a container", show(resource), ", ".join(_AMOUNTS)
        )


def _variable(value: Value) -> Faults:
    if value.get("value") and value.get("valueFrom") is not None:
        yield Fault("exclusive", ("valueFrom",), "set either `value` or `valueFrom`")
    field = ((value.get("valueFrom") or {}).get("fieldRef") or {}).get("fieldPath", "")
    if field in ("metadata.labels", "metadata.annotations"):
        place = ("valueFrom", "fieldRef", "fieldPath")
        yield Fault(
            "value", place, "a variable takes one label or annotation", show(field), f"{field}['KEY']"
        )


def _field_path(value: Value) -> Faults:
    path, bracket, rest = value.get("fieldPath", "").partition("['")
    key = rest.removesuffix("']")
    if not bracket:
        known = path in _FIELD_PATHS
    elif path == "metadata.annotations":
        known = bool(forms.ANNOTATION_KEY.test(key))
    else:
        known = path == "metadata.labels" and bool(forms.QUALIFIED.test(key))
    if path and not known:
        message = "not a field that a pod can look up"
        yield Fault("value", ("fieldPath",), message, show(value["fieldPath"]), ", ".join(_FIELD_PATHS))


def _fitting(value: Value) -> Faults:
    """Requests and limits fit together, and names are those of resources."""
    limits, requests = value.get("limits") or {}, value.get("requests") or {}
    for field, amounts in (("limits", limits), ("requests", requests)):
        for name, quantity in amounts.items():
            whole = "/" in name or name.startswith("hugepages-")
            if "/" in name and not forms.QUALIFIED.test(name):
                yield Fault(
                    "value",
                    (field, name),
                    "not the name of a resource",
                    show(name),
                    forms.QUALIFIED.expected,
                    "",
                    True,
                )
            page = amount(name.removeprefix("hugepages-")) if _PAGES.fullmatch(name) else ONE
            if whole and amount(quantity) % page:
                yield Fault("resources", (field, name), "a device cannot be divided", show(quantity))
    for name, quantity in requests.items():
        problem = _misfit(name, quantity, limits.get(name))
        if problem:
            expected = "no request" if name not in limits else str(limits[name])
            yield Fault("resources", ("requests", name), problem, str(quantity), expected)
    if any(name.startswith("hugepages-") for name in (*limits, *requests)) and not {"cpu", "memory"} & {
        *limits,
        *requests,
    }:
        yield Fault("resources", (), "huge pages also need a request for cpu or memory")


def _misfit(name: str, quantity: object, limit: object) -> str:
    """What is wrong with a request, in view of the limit of the same resource."""
    shared = name in _RESOURCES
    if not shared and (limit is None or amount(quantity) != amount(limit)):
        return "the request of a device must equal its limit"
    if limit is not None and amount(quantity) > amount(limit):
        return "more than the limit"
    return ""


def _privileges(value: Value) -> Faults:
    if value.get("allowPrivilegeEscalation") is not False:
        return
    if value.get("privileged"):
        yield Fault("exclusive", ("privileged",), "it contradicts allowPrivilegeEscalation: false", "true")
    added = (value.get("capabilities") or {}).get("add") or []
    if "CAP_SYS_ADMIN" in added:
        place = ("capabilities", "add", added.index("CAP_SYS_ADMIN"))
        yield Fault("exclusive", place, "it contradicts allowPrivilegeEscalation: false", "CAP_SYS_ADMIN")


def _propagation(value: Value) -> Faults:
    """A mount that reaches back to the host needs a privileged container."""
    privileged = (value.get("securityContext") or {}).get("privileged")
    for index, mount in enumerate(value.get("volumeMounts") or ()):
        if mount.get("mountPropagation") == "Bidirectional" and not privileged:
            place = ("volumeMounts", index, "mountPropagation")
            yield Fault(
                "exclusive",
                place,
                "only a privileged container may use this mount propagation",
                "Bidirectional",
            )


def _recursive(value: Value) -> Faults:
    wanted = value.get("recursiveReadOnly")
    if wanted in (None, "Disabled"):
        return
    if not value.get("readOnly"):
        yield Fault("exclusive", ("recursiveReadOnly",), "the mount is not readOnly", show(wanted))
    if value.get("mountPropagation") not in (None, "None"):
        yield Fault("exclusive", ("recursiveReadOnly",), "it needs mountPropagation: None", show(wanted))


def _steps(value: Value) -> Faults:
    """Only a readiness probe asks for several successes or leaves the grace period to the pod."""
    for name in ("startupProbe", "livenessProbe"):
        wanted = (value.get(name) or {}).get("successThreshold", 1)
        if wanted not in (0, 1):
            message = "only a readiness probe may require more than one success"
            yield Fault("probe", (name, "successThreshold"), message, show(wanted), "1")
    if "terminationGracePeriodSeconds" in (value.get("readinessProbe") or {}):
        place = ("readinessProbe", "terminationGracePeriodSeconds")
        yield Fault("exclusive", place, "a readiness probe does not terminate containers")


_CONTAINER: Final[tuple[Rule, ...]] = (
    needs("name", "image"),
    form("name", forms.LABEL, "name"),
    _port_names,
    _mounts,
    _propagation,
    _steps,
    among("restartPolicy", "Always", "Never", "OnFailure", empty=False),
    distinct("resizePolicy", "resourceName"),
)

_PROFILE: Final[tuple[Rule, ...]] = (
    needs("type"),
    when(has("type", "Localhost"), absent("localhostProfile", " with the type Localhost")),
    when(
        lambda value: value.get("type") not in ("Localhost", "", None) and "localhostProfile" in value,
        lambda value: iter(
            [Fault("exclusive", ("localhostProfile",), "only the type Localhost has a profile")]
        ),
    ),
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}Container": _CONTAINER,
    f"{_CORE}EphemeralContainer": _CONTAINER,
    f"{_CORE}ContainerPort": (form("name", forms.PORT_NAME, "name"), between("containerPort", 1, 65535)),
    f"{_CORE}ContainerResizePolicy": (
        among("resourceName", "cpu", "memory", empty=False),
        among("restartPolicy", "NotRequired", "RestartContainer", empty=False),
    ),
    f"{_CORE}EnvVar": (needs("name"), _variable),
    f"{_CORE}EnvVarSource": (
        one_of(
            *"fieldRef resourceFieldRef configMapKeyRef secretKeyRef fileKeyRef".split(),
            what="a variable's source",
        ),
    ),
    f"{_CORE}ObjectFieldSelector": (
        needs("fieldPath"),
        among("apiVersion", "v1"),
        _field_path,
    ),
    f"{_CORE}ResourceFieldSelector": (_resource, _divisor),
    f"{_CORE}ConfigMapKeySelector": (
        needs("name", "key"),
        form("name", forms.SUBDOMAIN, "name"),
        form("key", forms.DATA_KEY, "data-key"),
    ),
    f"{_CORE}SecretKeySelector": (
        needs("name", "key"),
        form("name", forms.SUBDOMAIN, "name"),
        form("key", forms.DATA_KEY, "data-key"),
    ),
    f"{_CORE}EnvFromSource": (
        one_of("configMapRef", "secretRef", what="a source of variables"),
        form("prefix", forms.VARIABLE),
    ),
    f"{_CORE}ConfigMapEnvSource": (needs("name"), form("name", forms.SUBDOMAIN, "name")),
    f"{_CORE}SecretEnvSource": (needs("name"), form("name", forms.SUBDOMAIN, "name")),
    f"{_CORE}Probe": (
        one_of(*_HANDLERS, what="a probe"),
        between("terminationGracePeriodSeconds", 1),
    ),
    f"{_CORE}LifecycleHandler": (one_of(*_HOOKS, what="a hook"),),
    f"{_CORE}ExecAction": (needs("command"),),
    f"{_CORE}HTTPHeader": (needs("name"), form("name", forms.HEADER)),
    f"{_CORE}ResourceRequirements": (_fitting,),
    f"{_CORE}SecurityContext": (_privileges, among("procMount", "Default", "Unmasked", empty=False)),
    f"{_CORE}SeccompProfile": (*_PROFILE, form("localhostProfile", forms.BELOW)),
    f"{_CORE}AppArmorProfile": (*_PROFILE, form("localhostProfile", forms.TRIMMED)),
    f"{_CORE}VolumeMount": (
        needs("name", "mountPath"),
        form("subPathExpr", forms.BELOW),
        when(there("subPath"), none_of("subPathExpr", because="it cannot be combined with `subPath`")),
        among("mountPropagation", "None", "HostToContainer", "Bidirectional", empty=False),
        among("recursiveReadOnly", "Disabled", "Enabled", "IfPossible", empty=False),
        _recursive,
    ),
    f"{_CORE}VolumeDevice": (needs("name", "devicePath"), form("devicePath", forms.NOT_ABOVE)),
}
