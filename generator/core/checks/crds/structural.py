"""Structural schemas as strict JSON Schemas that take no more than the API server does.

The schema of a custom resource is a dialect of OpenAPI 3.0 (https://kubernetes.io/docs/tasks/extend-kubernetes/
custom-resources/custom-resource-definitions/#specifying-a-structural-schema). Two things are in one tree: the
structure, which says what fields there are (any other is pruned, which strict validation makes an error), and
validations of values. Below `allOf`, `anyOf`, `oneOf` and `not` there are only the latter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from generator.core.checks import versions
from generator.core.checks.crds.formats import supported

Schema = dict[str, Any]

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_METADATA: Final = {"$ref": f"#/definitions/{_META}"}
_API_VERSION: Final = {"type": "string", "pattern": "^[^/]*(/[^/]*)?$", "minLength": 1}
_KIND: Final = {"type": "string", "pattern": "^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$", "maxLength": 63}
_SEGMENT: Final = {"properties": {"name": {"pattern": r"^(?!\.{1,2}$)[^/%]*$"}}}
_NO_FIELDS: Final = {"$ref": "#/definitions/no-fields"}
_KEPT: Final = (
    *("type", "enum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "required", "description", "default"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-validations"),
)
# Nothing but us looks at these; the entries that they must have.
_LISTS: Final = {"x-kubernetes-list-map-keys": str, "x-kubernetes-validations": dict}
_JUNCTORS: Final = ("allOf", "anyOf", "oneOf")
_POSIX: Final = {
    "[:alnum:]": "0-9A-Za-z",
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:space:]": r"\t\n\v\f\r ",
    "[:word:]": "0-9A-Za-z_",
    "[:xdigit:]": "0-9A-Fa-f",
}
_GO: Final = re.compile(r"\\[QECaz]|\\A|\[:\^?[a-z]+:\]|\\.", re.DOTALL)


def convert(schema: Mapping[str, Any], minor: int, replicas: str = "") -> Schema:
    """The JSON Schema of a whole custom resource, for the API server of a minor version.

    `replicas` is the path of the field that the scale subresource sets, `.spec.replicas`.
    Raises `TypeError`, `AttributeError` or `ValueError` for what is no structural schema.
    """
    made = _strict(schema, minor, open=False)
    fields = made.setdefault("properties", {})
    own = schema.get("properties", {}).get("metadata")
    metadata = {"allOf": [_METADATA, _values(own, minor)]} if own else _METADATA
    fields |= {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": metadata}
    _limit_replicas(made, [step for step in replicas.split(".") if step])
    known = versions.reached(_META, minor)
    known["no-fields"] = {"items": _NO_FIELDS, "additionalProperties": False}
    return {**made, "definitions": known}


def _strict(node: Mapping[str, Any], minor: int, open: bool) -> Schema:
    """A node of the structure; `open` says that fields without a schema are kept around it."""
    made = _values(node, minor, leaf=True)
    open = open or node.get("x-kubernetes-preserve-unknown-fields") is True
    others = node.get("additionalProperties")
    if fields := node.get("properties"):
        made["properties"] = {name: _strict(child, minor, False) for name, child in fields.items()}
    if isinstance(others, dict):
        made["additionalProperties"] = _strict(others, minor, False)
    elif others is True:
        made["additionalProperties"] = _NO_FIELDS
    elif not open and node.get("type", "object") == "object":
        made["additionalProperties"] = False
    if isinstance(node.get("items"), dict):
        made["items"] = _strict(node["items"], minor, open)
    elif not open and node.get("type") == "array":
        made["items"] = _NO_FIELDS
    if node.get("x-kubernetes-embedded-resource") is True:
        _embed(made)
    return made


def _embed(made: Schema) -> None:
    """The fields that every object of Kubernetes has, whether the schema names them or not."""
    fields = {"apiVersion": _API_VERSION, "kind": _KIND, "metadata": {"allOf": [_METADATA, _SEGMENT]}}
    made["properties"] = {**made.get("properties", {}), **fields}
    made["required"] = sorted({*made.get("required", ()), "apiVersion", "kind"})


def _values(node: Mapping[str, Any], minor: int, leaf: bool = False) -> Schema:
    """What a node demands of values; with `leaf`, of its own value and not of those inside."""
    made: Schema = {key: node[key] for key in _KEPT if node.get(key) is not None}
    for key, kind in _LISTS.items():
        if not all(isinstance(item, kind) for item in made.get(key, ())):
            raise TypeError(f"{key} has an invalid value")
    made |= _bounds(node)
    if (pattern := _pattern(node.get("pattern"))) is not None:
        made["pattern"] = pattern
    if supported(node.get("format"), minor):
        made["format"] = node["format"]
    if node.get("x-kubernetes-int-or-string") is True:
        made["type"] = ["integer", "string"]
    joined: Schema = {
        name: [_values(one, minor) for one in node[name]] for name in _JUNCTORS if node.get(name)
    }
    if node.get("not") is not None:
        joined["not"] = _values(node["not"], minor)
    if node.get("nullable") is True:  # null is validated against type and enum alone
        made["type"] = [
            *([made["type"]] if isinstance(made.get("type"), str) else made.get("type", ())),
            "null",
        ]
        joined = {"if": {"type": "null"}, "else": joined} if joined else {}
    return {**made, **joined, **({} if leaf else _inside(node, minor))}


def _bounds(node: Mapping[str, Any]) -> Schema:
    """The least and the greatest number: in OpenAPI 3.0 a flag excludes them, and integers have 64 bits."""
    integer = node.get("type") == "integer" or node.get("x-kubernetes-int-or-string") is True
    made: Schema = {"minimum": -(2**63), "maximum": 2**63 - 1} if integer else {}
    for bound in ("minimum", "maximum"):
        if bound in node:
            exclusive = f"exclusive{bound.title()}"
            made[exclusive if node.get(exclusive) is True else bound] = node[bound]
    return made


def _inside(node: Mapping[str, Any], minor: int) -> Schema:
    """What a node below a junctor demands of the values inside."""
    made: Schema = {}
    if fields := node.get("properties"):
        made["properties"] = {name: _values(child, minor) for name, child in fields.items()}
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            made[key] = _values(node[key], minor)
        elif node.get(key) is False:
            made[key] = False
    return made


def _pattern(pattern: str | None) -> str | None:
    """A regular expression of Go in the syntax of ECMAScript, or None where there is no such."""
    if pattern is None:
        return None
    import jsonschema_rs

    for escape in _GO.findall(pattern):
        if escape in (r"\Q", r"\E", r"\C") or (escape.startswith("[:") and escape not in _POSIX):
            return None
    translated = _GO.sub(
        lambda found: _POSIX.get(found[0]) or {r"\z": "$", r"\A": "^"}.get(found[0], found[0]), pattern
    )
    try:
        jsonschema_rs.Draft202012Validator({"pattern": translated})
    except (jsonschema_rs.ValidationError, ValueError):
        return None
    return translated


def _limit_replicas(made: Schema, path: list[str]) -> None:
    """A number of replicas is what fits 32 bits, whatever the schema says."""
    here: Any = made
    for step in path:
        here = here.get("properties", {}).get(step) if isinstance(here, dict) else None
    if isinstance(here, dict) and path:
        here |= {
            "minimum": max(here.get("minimum", 0), 0),
            "maximum": min(here.get("maximum", 2**31 - 1), 2**31 - 1),
        }
