"""Volumes of pods, and the sources that they share with persistent volumes."""

from __future__ import annotations

from typing import Any, Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    between,
    form,
    inside,
    needs,
    one_of,
    show,
    when,
)
from generator.core.checks.quantities import amount
from generator.core.paths import Path

_CORE: Final = "io.k8s.api.core.v1."
_HOST_PATHS: Final = (
    "DirectoryOrCreate",
    "Directory",
    "FileOrCreate",
    "File",
    "Socket",
    "CharDevice",
    "BlockDevice",
)
_LUNS: Final = (0, 255)
_TOKEN: Final = (600, 2**32)  # seconds
_IQN: Final = forms.matching(
    r"iqn\.[0-9]{4}-[0-9]{2}\.[a-z0-9]+([.-][a-z0-9]+)*(:[^,;*&$|\s]+)?|eui\.[A-Za-z0-9]{16}|naa\.[A-Za-z0-9]{32}",
    "an iSCSI name, as in `iqn.2001-04.com.example:storage`",
)


def _azure_disk(value: Value) -> Faults:
    uri, kind = value.get("diskURI", ""), value.get("kind", "Shared")
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        yield Fault(
            "value", ("diskURI",), "not a managed disk", show(uri), "an ID that begins with `/subscriptions/`"
        )
    if kind != "Managed" and uri and not uri.startswith("https://"):
        yield Fault("value", ("diskURI",), "not a disk of this kind", show(uri), "a URL with `https://`")


def _fibre(value: Value) -> Faults:
    if not value.get("targetWWNs") and not value.get("wwids"):
        yield Fault("required", (), "it needs `targetWWNs` with `lun`, or `wwids`")
    elif value.get("targetWWNs") and value.get("wwids"):
        yield Fault("exclusive", ("wwids",), "it cannot be combined with `targetWWNs`")
    elif value.get("targetWWNs") and "lun" not in value:
        yield Fault("required", (), "`lun` is required with `targetWWNs`")


def _projections(value: Value) -> Faults:
    """No two sources write one path."""
    taken: dict[str, str] = {}
    for index, source in enumerate(value.get("sources") or ()):
        for field, about in source.items():
            items = about.get("items") or () if isinstance(about, dict) else ()
            paths: list[tuple[Path, Any]] = [
                (("sources", index, field, "items", n, "path"), item.get("path"))
                for n, item in enumerate(items)
            ]
            if field in ("serviceAccountToken", "clusterTrustBundle"):
                paths = [(("sources", index, field, "path"), about.get("path"))]
            for place, path in paths:
                if path and path in taken:
                    yield Fault("duplicate-entry", place, "another source uses this path already", show(path))
                taken[path] = field


def _one_file(value: Value) -> Faults:
    given_fields = [field for field in ("fieldRef", "resourceFieldRef") if value.get(field) is not None]
    if len(given_fields) != 1:
        yield Fault("required", (), "a file needs either `fieldRef` or `resourceFieldRef`")
    reference = value.get("resourceFieldRef")
    if reference is not None and not reference.get("containerName"):
        yield Fault("required", ("resourceFieldRef",), "`containerName` is missing")
    path = (value.get("fieldRef") or {}).get("fieldPath", "")
    if path.startswith(("spec.", "status.")):
        place = ("fieldRef", "fieldPath")
        yield Fault("value", place, "a volume has no such field", show(path), "a field of the pod's metadata")


def _trust(value: Value) -> Faults:
    if bool(value.get("name")) == bool(value.get("signerName")):
        yield Fault("exclusive", (), "set either `name` or `signerName`")


def _not_negative(field: str) -> Rule:
    def rule(value: Value) -> Faults:
        if field in value and amount(value[field]) < 0:
            yield Fault("range", (field,), "out of range", show(value[field]), "at least 0")

    return rule


_NFS: Final = (needs("server", "path"), form("path", forms.ABSOLUTE))
_ISCSI: Final = (
    needs("targetPortal", "iqn"),
    between("lun", *_LUNS),
    form("iqn", _IQN),
    when(lambda v: v.get("chapAuthDiscovery") or v.get("chapAuthSession"), needs("secretRef")),
)
_HOST_PATH: Final = (
    needs("path"),
    form("path", forms.NOT_ABOVE),
    among("type", *_HOST_PATHS),
)
_FILES: Final = (needs("key", "path"), between("mode", 0, 0o777), form("path", forms.BELOW))

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}Volume": (
        needs("name"),
        form("name", forms.LABEL, "name"),
    ),
    f"{_CORE}EmptyDirVolumeSource": (_not_negative("sizeLimit"),),
    f"{_CORE}HostPathVolumeSource": _HOST_PATH,
    f"{_CORE}SecretVolumeSource": (needs("secretName"),),
    f"{_CORE}ConfigMapVolumeSource": (needs("name"),),
    f"{_CORE}KeyToPath": _FILES,
    f"{_CORE}NFSVolumeSource": _NFS,
    f"{_CORE}ISCSIVolumeSource": _ISCSI,
    f"{_CORE}ISCSIPersistentVolumeSource": _ISCSI,
    f"{_CORE}FCVolumeSource": (_fibre, between("lun", *_LUNS)),
    f"{_CORE}GCEPersistentDiskVolumeSource": (needs("pdName"), between("partition", 0, 255)),
    f"{_CORE}AWSElasticBlockStoreVolumeSource": (needs("volumeID"), between("partition", 0, 255)),
    f"{_CORE}AzureDiskVolumeSource": (
        needs("diskName", "diskURI"),
        among("cachingMode", "None", "ReadOnly", "ReadWrite", empty=False),
        among("kind", "Shared", "Dedicated", "Managed", empty=False),
        _azure_disk,
    ),
    f"{_CORE}AzureFileVolumeSource": (needs("secretName", "shareName"),),
    f"{_CORE}AzureFilePersistentVolumeSource": (
        needs("secretName", "shareName"),
        when(lambda v: v.get("secretNamespace") == "", needs("secretNamespace")),
    ),
    f"{_CORE}CephFSVolumeSource": (needs("monitors"),),
    f"{_CORE}CephFSPersistentVolumeSource": (needs("monitors"),),
    f"{_CORE}CinderVolumeSource": (needs("volumeID"),),
    f"{_CORE}CinderPersistentVolumeSource": (needs("volumeID"),),
    f"{_CORE}CSIVolumeSource": (
        needs("driver"),
        form("driver", forms.CSI_DRIVER),
        inside("nodePublishSecretRef", needs("name"), form("name", forms.SUBDOMAIN, "name")),
    ),
    f"{_CORE}RBDVolumeSource": (needs("monitors", "image"),),
    f"{_CORE}RBDPersistentVolumeSource": (needs("monitors", "image"),),
    f"{_CORE}FlexVolumeSource": (needs("driver"), form("driver", forms.QUALIFIED)),
    f"{_CORE}GlusterfsVolumeSource": (needs("endpoints", "path"),),
    f"{_CORE}GitRepoVolumeSource": (needs("repository"), form("directory", forms.BELOW)),
    f"{_CORE}VsphereVirtualDiskVolumeSource": (needs("volumePath"),),
    f"{_CORE}PersistentVolumeClaimVolumeSource": (needs("claimName"),),
    f"{_CORE}EphemeralVolumeSource": (
        lambda v: iter(
            [] if "volumeClaimTemplate" in v else [Fault("required", (), "`volumeClaimTemplate` is missing")]
        ),
    ),
    f"{_CORE}ImageVolumeSource": (needs("reference"),),
    f"{_CORE}DownwardAPIVolumeSource": (between("defaultMode", 0, 0o777),),
    f"{_CORE}DownwardAPIVolumeFile": (
        needs("path"),
        form("path", forms.BELOW),
        between("mode", 0, 0o777),
        _one_file,
    ),
    f"{_CORE}ProjectedVolumeSource": (_projections,),
    f"{_CORE}VolumeProjection": (
        one_of(
            *"secret configMap downwardAPI serviceAccountToken clusterTrustBundle podCertificate".split(),
            least=0,
        ),
    ),
    f"{_CORE}SecretProjection": (needs("name"),),
    f"{_CORE}ConfigMapProjection": (needs("name"),),
    f"{_CORE}ServiceAccountTokenProjection": (
        needs("path"),
        form("path", forms.BELOW),
        between("expirationSeconds", *_TOKEN),
    ),
    f"{_CORE}ClusterTrustBundleProjection": (needs("path"), form("path", forms.BELOW), _trust),
    f"{_CORE}LocalVolumeSource": (needs("path"), form("path", forms.NOT_ABOVE)),
}
