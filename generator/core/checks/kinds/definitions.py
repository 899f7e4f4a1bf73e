"""CustomResourceDefinitions: their names, versions, columns, and schemas that are structural.

What structural means: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    distinct,
    each,
    form,
    needs,
    show,
)
from generator.core.paths import Path

_EXTENSIONS: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_COLUMNS: Final = ("boolean", "date", "integer", "number", "string")
_FORMATS: Final = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password", "")
_FORBIDDEN: Final = (
    "$ref",
    "$schema",
    "additionalItems",
    "definitions",
    "dependencies",
    "id",
    "patternProperties",
)
_KIND: Final = forms.Form(lambda text: forms.LABEL_1035.test(text.lower()), "a kind, as in `Widget`")
_JSON_PATH: Final = re.compile(r"\.([^\s\[\]]|\[[^\]]*\])+")
_DOTS: Final = re.compile(r"(\.[A-Za-z_][A-Za-z0-9_-]*)+")
_APPROVAL: Final = "api-approved.kubernetes.io"


def _whole(value: Value) -> Faults:
    """The name is made of plural and group, and groups of Kubernetes' own need its approval."""
    metadata, spec = value.get("metadata") or {}, value.get("spec") or {}
    group, plural = spec.get("group", ""), (spec.get("names") or {}).get("plural", "")
    if metadata.get("name") != f"{plural}.{group}":
        yield Fault(
            "name",
            ("metadata", "name"),
            "not the name of this definition",
            show(metadata.get("name")),
            f"`{plural}.{group}`",
        )
    own = group.endswith((".k8s.io", ".kubernetes.io")) or group in ("k8s.io", "kubernetes.io")
    if own and not (metadata.get("annotations") or {}).get(_APPROVAL):
        yield Fault(
            "required",
            ("spec", "group"),
            f"groups of Kubernetes' own need the annotation `{_APPROVAL}`",
            show(group),
        )


def _versions(spec: Value) -> Faults:
    """One version is the one that is stored, each name stands once, and each version has a schema."""
    versions = spec.get("versions") or []
    stored = [index for index, version in enumerate(versions) if version.get("storage")]
    if len(stored) != 1:
        place: Path = ("versions", stored[1], "storage") if stored else ("versions",)
        yield Fault("exclusive", place, "exactly one version is stored", f"{len(stored)}", "1")
    if spec.get("preserveUnknownFields"):
        yield Fault(
            "value", ("preserveUnknownFields",), "the schema says this for each field", "true", "`false`"
        )
    for index, version in enumerate(versions):
        root = (version.get("schema") or {}).get("openAPIV3Schema")
        schema_at: Path = ("versions", index, "schema", "openAPIV3Schema")
        if root is None:
            yield Fault("required", ("versions", index), "`schema.openAPIV3Schema` is missing")
        elif root.get("type") != "object":
            at = (*schema_at, "type") if "type" in root else schema_at
            yield Fault("value", at, "a resource is an object", show(root.get("type")), "`object`")
        else:
            yield from _structural(root, schema_at)


def _structural(schema: Mapping[str, Any], at: Path) -> Faults:
    """Every field of a resource has a type, and nothing that only some JSON Schemas have."""
    yield from _typed(schema, at)
    for field in _FORBIDDEN:
        if schema.get(field):
            yield Fault("exclusive", (*at, field), "a structural schema does not allow it", key=True)
    if schema.get("uniqueItems"):
        message = "too expensive for the API server; use x-kubernetes-list-type"
        yield Fault("value", (*at, "uniqueItems"), message, "true")
    if schema.get("properties") and schema.get("additionalProperties"):
        yield Fault(
            "exclusive", (*at, "additionalProperties"), "it cannot be combined with `properties`", key=True
        )
    if schema.get("additionalProperties") is False:
        message = "unknown fields are dropped, not forbidden"
        yield Fault("value", (*at, "additionalProperties"), message, "false")
    if schema.get("x-kubernetes-list-type") == "map" and not schema.get("x-kubernetes-list-map-keys"):
        yield Fault("required", at, "`x-kubernetes-list-map-keys` is missing")
    for path, inner in _inner(schema, at):
        yield from _structural(inner, path)


def _typed(schema: Mapping[str, Any], at: Path) -> Faults:
    kind, either = schema.get("type"), schema.get("x-kubernetes-int-or-string")
    if not kind and not either and not schema.get("x-kubernetes-preserve-unknown-fields"):
        yield Fault("required", at, "`type` is missing")
    elif kind and kind not in _TYPES:
        yield Fault("value", (*at, "type"), "not a type", show(kind), ", ".join(_TYPES))
    if kind and either:
        message = "x-kubernetes-int-or-string does not allow a type"
        yield Fault("exclusive", (*at, "type"), message, show(kind))
    if kind == "array" and not isinstance(schema.get("items"), Mapping):
        yield Fault("required", at, "`items` is missing: the schema of an entry")


def _inner(schema: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, inner in (schema.get("properties") or {}).items():
        if isinstance(inner, Mapping):
            yield (*at, "properties", name), inner
    for field in ("items", "additionalProperties"):
        if isinstance(schema.get(field), Mapping):
            yield (*at, field), schema[field]


def _scale(value: Value) -> Faults:
    for field, root in (
        ("specReplicasPath", ".spec."),
        ("statusReplicasPath", ".status."),
        ("labelSelectorPath", ".s"),
    ):
        text = value.get(field)
        if text is None and field == "labelSelectorPath":
            continue
        if not text:
            yield Fault("required", (), f"`{field}` is empty")
        elif not (_DOTS.fullmatch(text) and text.startswith(root)):
            yield Fault(
                "value", (field,), "not a path of this part", show(text), f"a path that begins with `{root}`"
            )


def _column(value: Value) -> Faults:
    text = value.get("jsonPath", "")
    if text and not (text.startswith(".") and _JSON_PATH.fullmatch(text)):
        yield Fault("value", ("jsonPath",), "not a path", show(text), "a simple path, as in `.spec.size`")


def _scheme(value: Value) -> Faults:
    webhook = value.get("webhook")
    if value.get("strategy") == "Webhook" and webhook is None:
        yield Fault("required", (), "`webhook` is required with the strategy Webhook")
    if value.get("strategy") == "None" and webhook is not None:
        yield Fault("exclusive", ("webhook",), "the strategy is None")


RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_EXTENSIONS}CustomResourceDefinition": (_whole,),
    f"{_EXTENSIONS}CustomResourceDefinitionSpec": (
        needs("group", "scope", "versions"),
        form("group", forms.DOTTED),
        among("scope", "Cluster", "Namespaced"),
        distinct("versions", "name"),
        _versions,
    ),
    f"{_EXTENSIONS}CustomResourceDefinitionNames": (
        needs("plural", "kind"),
        form("plural", forms.LABEL_1035),
        form("singular", forms.LABEL_1035),
        form("kind", _KIND),
        form("listKind", _KIND),
        each("shortNames", forms.LABEL_1035),
        each("categories", forms.LABEL_1035),
    ),
    f"{_EXTENSIONS}CustomResourceDefinitionVersion": (
        needs("name"),
        form("name", forms.LABEL_1035),
    ),
    f"{_EXTENSIONS}CustomResourceSubresourceScale": (_scale,),
    f"{_EXTENSIONS}CustomResourceColumnDefinition": (
        needs("name", "type", "jsonPath"),
        among("type", *_COLUMNS),
        among("format", *_FORMATS),
        _column,
    ),
    f"{_EXTENSIONS}CustomResourceConversion": (among("strategy", "None", "Webhook"), _scheme),
}
