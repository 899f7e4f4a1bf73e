"""What the API server asks of each type, a table a family: the name of a type, and the rules for its values.

The facts are those of `pkg/apis/*/validation` in Kubernetes' own module. The mutation harness in
`tests/cluster/verdict/` holds them against a real server. A family is imported when an object holds one of
its types: all of them together would double the time that a small render takes to start.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from generator.core.checks.constraints import Rule

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "io.k8s.api.admissionregistration": ("admission",),
    "io.k8s.api.apps": ("workloads",),
    "io.k8s.api.autoscaling": ("autoscaling",),
    "io.k8s.api.batch": ("batch",),
    "io.k8s.api.coordination": ("cluster",),
    "io.k8s.api.core": ("containers", "pods", "volumes", "services", "scheduling", "configuration"),
    "io.k8s.api.discovery": ("services",),
    "io.k8s.api.networking": ("networking",),
    "io.k8s.api.node": ("cluster",),
    "io.k8s.api.policy": ("autoscaling",),
    "io.k8s.api.rbac": ("rbac",),
    "io.k8s.api.scheduling": ("cluster",),
    "io.k8s.api.storage": ("storage",),
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions": ("definitions",),
    "io.k8s.apimachinery.pkg.apis.meta": ("metadata",),
}
# Types of the core group that few projects have, beside families that nearly all need.
_APART: Final[Mapping[str, str]] = {
    f"io.k8s.api.core.v1.{name}": family
    for family, names in (
        (
            "cluster",
            "LimitRangeItem LimitRangeSpec NamespaceSpec ResourceQuotaSpec ScopedResourceSelectorRequirement",
        ),
        (
            "storage",
            "CSIPersistentVolumeSource PersistentVolume PersistentVolumeClaim PersistentVolumeClaimSpec "
            "PersistentVolumeSpec TypedObjectReference VolumeNodeAffinity",
        ),
        ("networking", "TypedLocalObjectReference"),
    )
    for name in names.split()
}


@cache
def rules(name: str) -> tuple[Rule, ...]:
    """The rules for the values of a type, such as `io.k8s.api.core.v1.Container`."""
    group = name.rpartition(".")[0].rpartition(".")[0]
    families = (_APART[name],) if name in _APART else _GROUPS.get(group, ())
    tables = (import_module(f"{__name__}.{family}").RULES for family in families)
    return next((table[name] for table in tables if name in table), ())
