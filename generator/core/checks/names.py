"""Names, labels and keys as the API server takes them.

Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and .../labels/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from generator.core.checks import forms, openapi
from generator.core.checks.finding import Finding
from generator.core.checks.forms import Form
from generator.core.checks.kinds.metadata import ANY
from generator.core.checks.target import DEFAULT, Target
from generator.core.manifests import Manifest
from generator.core.paths import Path

# By API group and kind; `*` is every kind of the group. All others have names of DNS's form.
_FORMS: Final[dict[tuple[str, str], Form]] = {
    ("", "Service"): forms.LABEL_1035,
    ("", "Namespace"): forms.LABEL,
    ("apps", "StatefulSet"): forms.LABEL,
    ("rbac.authorization.k8s.io", "*"): forms.SEGMENT,
    ("policy", "PodDisruptionBudget"): forms.SEGMENT,
    ("certificates.k8s.io", "*"): forms.SEGMENT,
    ("internal.apiserver.k8s.io", "*"): forms.SEGMENT,
}


def object_names(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """metadata.name and metadata.namespace."""
    for manifest in manifests:
        kind, name = manifest.identity.kind, manifest.identity.name
        wanted = _form(manifest)
        if not wanted.test(name):
            message = f"not a name that a {kind} may have"
            yield _bad("name", manifest, ("metadata", "name"), name, message, wanted.expected)
        namespace = manifest.identity.namespace
        if namespace and not forms.LABEL.test(namespace):
            message = "not a name that a Namespace may have"
            yield _bad("name", manifest, ("metadata", "namespace"), namespace, message, forms.LABEL.expected)


def data_keys(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """The keys of ConfigMaps and Secrets, which become names of files."""
    for manifest in manifests:
        kind = manifest.identity.kind
        for field in ("data", "binaryData", "stringData") if kind in ("ConfigMap", "Secret") else ():
            for key in manifest.body.get(field) or ():
                if not forms.DATA_KEY.test(key):
                    message = f"not a key that a {kind} may have"
                    yield _bad(
                        "data-key", manifest, (field, key), key, message, forms.DATA_KEY.expected, True
                    )


def unknown_labels(manifests: Sequence[Manifest], target: Target = DEFAULT) -> Iterator[Finding]:
    """Labels and annotations of objects that no schema is known of; `typed` looks at the others."""
    for manifest in manifests:
        metadata = manifest.body.get("metadata")
        if openapi.knows(manifest, target) or not isinstance(metadata, dict):
            continue
        fields = [field for field in ("labels", "annotations") if metadata.get(field) is not None]
        strange = [field for field in fields if not isinstance(metadata[field], dict)]
        for field in strange:
            yield Finding("api-type", manifest, ("metadata", field), f"`{field}` is a mapping")
        for rule in () if strange else ANY:
            for fault in rule(metadata):
                path = ("metadata", *fault.path)
                yield Finding(
                    fault.rule, manifest, path, fault.message, fault.found, fault.expected, key=fault.key
                )


def _form(manifest: Manifest) -> Form:
    group = manifest.identity.api_version.rpartition("/")[0]
    exact = _FORMS.get((group, manifest.identity.kind))
    return exact or _FORMS.get((group, "*"), forms.SUBDOMAIN)


def _bad(
    rule: str, manifest: Manifest, path: Path, found: str, message: str, expected: str, key: bool = False
) -> Finding:
    return Finding(rule, manifest, path, message, json.dumps(found, ensure_ascii=False), expected, key=key)
