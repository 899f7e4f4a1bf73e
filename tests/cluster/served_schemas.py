"""The schemas that a running API server gives out, as the tool kubeconform looks for them.

Nothing of gen's has a part in them: neither the vendored schemas nor the script that makes those.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl

NAMES = "{{ .ResourceKind }}{{ .KindSuffix }}.json"


def write(kubectl: Kubectl, folder: Path) -> str:
    """Write a file for every kind of every group; returns what `kubeconform -schema-location` takes."""
    for path in json.loads(kubectl.must("get", "--raw", "/openapi/v3"))["paths"]:
        if path.startswith(("api/v1", "apis/")):
            _write_group(json.loads(kubectl.must("get", "--raw", f"/openapi/v3/{path}")), folder)
    return f"{folder}/{NAMES}"


def _write_group(document: dict[str, Any], folder: Path) -> None:
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        known = schema.get("x-kubernetes-group-version-kind", ())
        if len(known) != 1 or "metadata" not in schema.get("properties", {}):
            continue  # options and the like, which every group has
        group, version, kind = (known[0][key] for key in ("group", "version", "kind"))
        suffix = "-".join(part for part in (group.split(".")[0], version) if part)
        whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": _reached(name, schemas)}}
        (folder / f"{kind.lower()}-{suffix}.json").write_text(json.dumps(whole))


def _reached(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """A definition and all that it refers to, each closed: a field that it does not name is an error."""
    reached: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached[name] = _closed(schemas[name], waiting)
    return reached


def _closed(schema: Any, references: list[str]) -> Any:
    if isinstance(schema, list):
        return [_closed(item, references) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        references.append(reference.rpartition("/")[2])
    closed = {key: _closed(value, references) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
