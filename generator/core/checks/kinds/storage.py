"""Claims, volumes of the cluster, and the classes and drivers that make them."""

from __future__ import annotations

from typing import Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    between,
    distinct,
    each_among,
    form,
    inside,
    needs,
    one_of,
    show,
    there,
    when,
)
from generator.core.checks.kinds.autoscaling import positive
from generator.core.checks.kinds.scheduling import node_values

_CORE: Final = "io.k8s.api.core.v1."
_STORAGE: Final = "io.k8s.api.storage.v1."
_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_SOURCES: Final = (
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
)
_TOKEN: Final = (600, 2**32)  # seconds


def _storage(field: str, *steps: str) -> Rule:
    """A capacity or request names storage, and more than none of it."""

    def rule(value: Value) -> Faults:
        found = value.get(field) or {}
        for step in steps:
            found = found.get(step) or {}
        place = (field, *steps)
        if "storage" not in found:
            yield Fault("required", (), f"`{'.'.join((*place, 'storage'))}` is missing")
        else:
            for fault in positive("storage")(found):
                yield fault._replace(path=(*place, *fault.path))

    return rule


def _modes(value: Value) -> Faults:
    modes = value.get("accessModes") or []
    if "ReadWriteOncePod" in modes and len({*modes}) > 1:
        place = ("accessModes", modes.index("ReadWriteOncePod"))
        yield Fault("exclusive", place, "it cannot be combined with other access modes", "ReadWriteOncePod")


def _data_source(value: Value) -> Faults:
    """Where both fields say what a claim is filled from, they say the same."""
    for field in ("dataSource", "dataSourceRef"):
        source = value.get(field) or {}
        if source and not source.get("apiGroup") and source.get("kind") != "PersistentVolumeClaim":
            message = "without an apiGroup only a claim can be the source"
            yield Fault(
                "value", (field, "kind"), message, show(source.get("kind")), "`PersistentVolumeClaim`"
            )
    old, new = value.get("dataSource"), value.get("dataSourceRef")
    if old is None or new is None:
        return
    if new.get("namespace"):
        yield Fault("exclusive", ("dataSource",), "dataSourceRef names a namespace")
    elif any(old.get(key) != new.get(key) for key in ("apiGroup", "kind", "name")):
        yield Fault("exclusive", ("dataSource",), "it conflicts with dataSourceRef")


def _only_storage(value: Value) -> Faults:
    for name in value.get("capacity") or ():
        if name != "storage":
            yield Fault(
                "value",
                ("capacity", name),
                "a volume has no such capacity",
                show(name),
                "`storage`",
                "",
                True,
            )


def _bound(value: Value) -> Faults:
    if value.get("local") is not None and (value.get("nodeAffinity") or {}).get("required") is None:
        yield Fault("required", (), "`nodeAffinity.required` is missing: a local volume is on a node")
    policy, path = value.get("persistentVolumeReclaimPolicy"), (value.get("hostPath") or {}).get("path", "")
    if policy == "Recycle" and path.strip("/") == "" and path:
        yield Fault(
            "exclusive",
            ("persistentVolumeReclaimPolicy",),
            "the root of the host cannot be recycled",
            show(policy),
        )


def _terms(value: Value) -> Faults:
    seen = []
    for index, term in enumerate(value.get("allowedTopologies") or ()):
        if term in seen:
            yield Fault("duplicate-entry", ("allowedTopologies", index), "this term is repeated")
        seen.append(term)
        if not term.get("matchLabelExpressions"):
            yield Fault("required", ("allowedTopologies", index), "`matchLabelExpressions` is missing")


def lowered(wanted: forms.Form) -> forms.Form:
    """The form of texts that have another form in lower case."""
    return forms.Form(lambda text: wanted.test(text.lower()), wanted.expected)


_SECRET: Final = (
    needs("name", "namespace"),
    form("name", forms.SUBDOMAIN, "name"),
    form("namespace", forms.LABEL, "name"),
)
_CSI_SECRETS: Final = (
    "controllerPublishSecretRef",
    "controllerExpandSecretRef",
    "nodePublishSecretRef",
    "nodeExpandSecretRef",
)
_DRIVER: Final = forms.Form(
    lambda text: len(text) <= 63 and forms.SUBDOMAIN.test(text.lower()),
    "at most 63 letters, digits, `-` and `.`",
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}PersistentVolumeClaim": (needs("spec"),),
    f"{_CORE}PersistentVolumeClaimSpec": (
        needs("accessModes"),
        each_among("accessModes", *_MODES),
        _modes,
        _storage("resources", "requests"),
        form("storageClassName", forms.SUBDOMAIN, "name"),
        form("volumeAttributesClassName", forms.SUBDOMAIN, "name"),
        among("volumeMode", "Filesystem", "Block", empty=False),
        _data_source,
    ),
    f"{_CORE}TypedObjectReference": (
        needs("kind", "name"),
        form("apiGroup", forms.SUBDOMAIN),
        form("namespace", forms.LABEL, "name"),
    ),
    f"{_CORE}PersistentVolume": (needs("spec"),),
    f"{_CORE}PersistentVolumeSpec": (
        needs("accessModes"),
        each_among("accessModes", *_MODES),
        _modes,
        _storage("capacity"),
        _only_storage,
        one_of(*_SOURCES, what="a volume"),
        among("persistentVolumeReclaimPolicy", "Retain", "Delete", "Recycle"),
        among("volumeMode", "Filesystem", "Block", empty=False),
        form("storageClassName", forms.SUBDOMAIN, "name"),
        when(lambda v: v.get("volumeAttributesClassName") == "", needs("volumeAttributesClassName")),
        form("volumeAttributesClassName", forms.SUBDOMAIN, "name"),
        when(there("volumeAttributesClassName"), needs("csi", because="beside volumeAttributesClassName")),
        _bound,
    ),
    f"{_CORE}VolumeNodeAffinity": (needs("required"), node_values("required")),
    f"{_CORE}CSIPersistentVolumeSource": (
        needs("driver", "volumeHandle"),
        form("driver", _DRIVER),
        *(inside(field, *_SECRET) for field in _CSI_SECRETS),
    ),
    f"{_STORAGE}StorageClass": (
        needs("provisioner"),
        form("provisioner", lowered(forms.QUALIFIED)),
        among("reclaimPolicy", "Delete", "Retain"),
        among("volumeBindingMode", "Immediate", "WaitForFirstConsumer", empty=False),
        _terms,
    ),
    f"{_STORAGE}CSIDriverSpec": (
        among("fsGroupPolicy", "ReadWriteOnceWithFSType", "File", "None", empty=False),
        each_among("volumeLifecycleModes", "Persistent", "Ephemeral"),
        distinct("tokenRequests", "audience"),
        between("nodeAllocatableUpdatePeriodSeconds", 10),
    ),
    f"{_STORAGE}TokenRequest": (between("expirationSeconds", *_TOKEN),),
    f"{_STORAGE}VolumeAttributesClass": (
        needs("driverName", "parameters"),
        form("driverName", lowered(forms.QUALIFIED)),
    ),
}
