"""API versions that Kubernetes has removed: since when, and what to write instead.

The source is the generated life cycle of every type in the Go module `k8s.io/api`, which keeps types long
after the server has stopped serving them. What that module no longer has is written out here, from
https://kubernetes.io/docs/reference/using-api/deprecation-guide/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_REMOVED: Final = re.compile(r"func \(in \*(\w+)\) APILifecycleRemoved\(\).*\n\treturn 1, (\d+)")
_REPLACEMENT: Final = re.compile(
    r"func \(in \*(\w+)\) APILifecycleReplacement\(\).*\n"
    r'\treturn schema.GroupVersionKind\{Group: "(.*)", Version: "(.*)", Kind: "(.*)"\}'
)
_GROUP: Final = re.compile(r'const GroupName = "(.*)"')
_DROPPED: Final[dict[str, tuple[int, str]]] = {
    "apiextensions.k8s.io/v1beta1 CustomResourceDefinition": (
        22,
        "apiextensions.k8s.io/v1 CustomResourceDefinition",
    ),
    "apiregistration.k8s.io/v1beta1 APIService": (22, "apiregistration.k8s.io/v1 APIService"),
    "batch/v2alpha1 CronJob": (21, "batch/v1 CronJob"),
    "extensions/v1beta1 PodSecurityPolicy": (16, ""),
    "policy/v1beta1 PodSecurityPolicy": (25, ""),
}


def removed(api: Path, oldest: int, served: set[str]) -> str:
    """Kinds that were removed up to a minor version, as JSON with one a line.

    `api` is the folder of the module `k8s.io/api`; `served` are the kinds that some version still serves.
    """
    found = {**_DROPPED}
    for file in api.glob("*/*/zz_generated.prerelease-lifecycle.go"):
        found |= dict(_of_file(file, oldest))
    kept = {kind: value for kind, value in found.items() if kind not in served}
    lines = [f"{json.dumps(kind)}: {json.dumps(value)}" for kind, value in sorted(kept.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _of_file(file: Path, oldest: int) -> Iterator[tuple[str, tuple[int, str]]]:
    code = file.read_text(encoding="utf-8")
    group = _GROUP.search((file.parent / "register.go").read_text(encoding="utf-8"))
    assert group is not None, file
    replaced = {
        kind: f"{other_group}/{version} {other.removesuffix('List')}".removeprefix("/")
        for kind, other_group, version, other in _REPLACEMENT.findall(code)
    }
    for kind, minor in _REMOVED.findall(code):
        if int(minor) <= oldest and not kind.endswith("List"):
            prefix = f"{group[1]}/" if group[1] else ""
            yield f"{prefix}{file.parent.name} {kind}", (int(minor), replaced.get(kind, ""))
