"""Write `generator/openapi/`: the Kubernetes API as strict JSON Schemas, one file a minor version.

The source is the OpenAPI v3 documents that the Kubernetes project publishes inside its own Go module. The
version that `tests/cluster/go.mod` pins is written in full, one definition a line; of every other version in
`kubernetes_versions.py` only what differs from it. The documents describe what the API server *reads*; the
schemas made here say what it *accepts* from `kubectl apply` with strict field validation. Besides leaving out
text, that means:

- an unknown field is an error, so every object with fields is closed;
- integers have the bounds of their Go type; quantities, times and base64 the syntax that Go's parsers take;
- the published documents leave out enumerations, so these come from the generated Go code beside them;
- what the server's validation demands of single fields comes from `kubernetes_limits.py`;
- `null` is an error, although the server takes it for an absent field: what we write should not need reading
  twice. Only `metadata.creationTimestamp` may be null, as every client writes it so.

A kind is listed if clients can patch it by name, which is what `kubectl apply` does. `removed.json` lists the
API versions that none of these Kubernetes versions serves any more, by what `k8s.io/api` says of their lives.

Usage: kubernetes_schemas.py [FOLDER]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubernetes_limits import DEFAULTED, LIMITS, OPTIONAL
from kubernetes_removed import removed
from kubernetes_versions import VERSIONS

ROOT = Path(__file__).resolve().parent.parent
MODULE = "k8s.io/kubernetes"
META = "io.k8s.apimachinery.pkg.apis.meta.v1"
REF = "#/components/schemas/"

Schema = dict[str, Any]

BOUNDS = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}
# encoding/base64's StdEncoding: padded, line ends allowed anywhere.
DIGIT, PAD = r"[A-Za-z0-9+/][\r\n]*", r"=[\r\n]*"
BASE64 = rf"^[\r\n]*(({DIGIT}){{4}})*(({DIGIT}){{2}}{PAD}{PAD}|({DIGIT}){{3}}{PAD})?$"
# The grammar in the comment of apimachinery's resource.Quantity, with the `n` and `u` its parser also takes.
QUANTITY = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?$"
# RFC 3339, as Go's time.Parse takes it.
TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
# `Enum` of a field itself, or deeper in the code, of the items of a list.
FIELD = re.compile(r'^\t{5}"(\w+)": \{$', re.MULTILINE)
ENUM = re.compile(r"^(\t+)Enum: +\[\]interface\{\}\{(.+)\},$", re.MULTILINE)
# How the names of its functions begin, dots for underscores, and the definitions that they are about.
PACKAGES = {
    "k8sio.api.": "io.k8s.api.",
    "pkg.apis.apiextensions.": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.",
}

# Types whose JSON form is decided by code of their own, which OpenAPI cannot tell.
SPECIAL: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "type": ["string", "number"],
        "pattern": QUANTITY,
        "maxLength": 64,  # none that means anything is longer; arithmetic on it stays cheap
    },
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["integer", "string"], **BOUNDS["int32"]},
    "io.k8s.apimachinery.pkg.runtime.RawExtension": {"type": "object"},
    f"{META}.FieldsV1": {"type": "object"},
    f"{META}.Time": {"type": "string", "pattern": TIME},
    f"{META}.MicroTime": {"type": "string", "pattern": TIME},
}
KEPT = ("type", "format", "required", "x-kubernetes-list-type", "x-kubernetes-list-map-keys")


def main(arguments: list[str]) -> None:
    """Read the modules and write the files."""
    target = Path(arguments[0]) if arguments else ROOT / "generator" / "openapi"
    base = read(locate(MODULE), strictly=True)
    write(target, base["version"], dump(base))
    kinds = set(base["kinds"])
    for version, checksum in VERSIONS.items():
        other = read(locate(f"{MODULE}@{version}", checksum), strictly=False)
        write(target, version, dump({"version": version, **difference(base, other)}))
        kinds |= other["kinds"].keys()
    oldest = min(int(version.split(".")[1]) for version in (base["version"], *VERSIONS))
    gone = removed(Path(locate("k8s.io/api")["Dir"]), oldest, kinds)
    (target / "removed.json").write_text(gone, encoding="utf-8")


def write(target: Path, version: str, text: str) -> None:
    """The file of a version is named after its minor version."""
    (target / f"{version.rpartition('.')[0]}.json").write_text(text, encoding="utf-8")


def locate(module: str, checksum: str = "") -> dict[str, str]:
    """Where the Go command keeps a module, fetched if it is not there, and checked.

    A module that `tests/cluster/go.mod` pins is checked against its go.sum, another against `checksum`.
    """
    command = ["go", "mod", "download", "-json", module]
    done = subprocess.run(command, cwd=ROOT / "tests" / "cluster", capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}{done.stdout}")
    found: dict[str, str] = json.loads(done.stdout)
    if checksum and found["Sum"] != checksum:
        sys.exit(f"{module} has the checksum {found['Sum']} and not {checksum}")
    return found


def read(module: dict[str, str], strictly: bool) -> Schema:
    """One version of the API, from the module of Kubernetes."""
    root = Path(module["Dir"])
    published = sorted((root / "api" / "openapi-spec" / "v3").glob("*.json"))
    documents = [json.loads(path.read_bytes()) for path in published]
    code = (root / "pkg" / "generated" / "openapi" / "zz_generated.openapi.go").read_text(encoding="utf-8")
    return {"version": module["Version"], **convert(documents, code, strictly)}


def difference(base: Schema, other: Schema) -> Schema:
    """What turns the kinds and definitions of one version into those of another; null stands for none."""
    return {
        name: {
            key: other[name].get(key)
            for key in base[name].keys() | other[name].keys()
            if base[name].get(key) != other[name].get(key)
        }
        for name in ("kinds", "definitions")
    }


def convert(documents: list[Schema], code: str, strictly: bool) -> Schema:
    """The kinds that can be applied and every definition they reach, of all documents together.

    `strictly` says that every field of `kubernetes_limits.py` must be there; older versions lack some.
    """
    kinds = dict(kind for document in documents for kind in appliable(document["paths"]))
    source: Schema = {}
    for document in documents:
        source |= document.get("components", {}).get("schemas", {})
    definitions: Schema = {}
    waiting = sorted(set(kinds.values()))
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = define(name, source[name], applied=name in kinds.values())
            waiting += references(definitions[name])
    for name, keywords in enumerations(code):
        if name in definitions:
            merge(definitions[name], keywords)
    for name, keywords in LIMITS.items():
        limit(definitions, name, keywords, strictly)
    relax(definitions)
    return {"kinds": kinds, "definitions": definitions}


def limit(definitions: Schema, name: str, keywords: Schema, strictly: bool) -> None:
    """Add the limits of one definition, for the fields that it has."""
    known = definitions.get(name, {}).get("properties", {})
    given = keywords.get("properties", {})
    strangers = given.keys() - known
    if strictly and (name not in definitions or strangers):
        sys.exit(f"kubernetes_limits.py: {name} has no {', '.join(sorted(strangers))}")
    if name in definitions:
        kept = {field: value for field, value in given.items() if field in known}
        merge(definitions[name], {**keywords, "properties": kept} if given else keywords)


def relax(definitions: Schema) -> None:
    """Take back what the documents say too strictly: required fields, and enumerations with a default."""
    for name, fields in OPTIONAL.items():
        about = definitions.get(name, {})
        about["required"] = [field for field in about.get("required", ()) if field not in fields]
    for name, fields in DEFAULTED.items():
        properties = definitions.get(name, {}).get("properties", {})
        for field in fields:
            if "enum" in properties.get(field, {}):
                properties[field]["enum"] = ["", *properties[field]["enum"]]


def appliable(paths: Schema) -> Iterator[tuple[str, str]]:
    """`apps/v1 Deployment` and the name of its definition, for every object that can be patched by name."""
    for path, operations in paths.items():
        if path.endswith("/{name}") and "patch" in operations:
            kind = operations["patch"]["x-kubernetes-group-version-kind"]
            group = f"{kind['group']}/" if kind["group"] else ""
            body = operations["put"]["requestBody"]["content"]["*/*"]["schema"]
            yield f"{group}{kind['version']} {kind['kind']}", body["$ref"].removeprefix(REF)


def define(name: str, source: Schema, applied: bool) -> Schema:
    """The definition of one named type; `applied` says that it is a kind of its own."""
    if name in SPECIAL:
        return SPECIAL[name]
    schema = strict(source)
    if name == f"{META}.ObjectMeta":
        schema["properties"]["creationTimestamp"] = {"type": ["string", "null"], "pattern": TIME}
    if source.get("type") == "object" and "additionalProperties" not in schema:
        schema["additionalProperties"] = False  # a type without fields takes none
    return schema


def strict(source: Schema) -> Schema:
    """One OpenAPI schema as JSON Schema that takes no more than the server does."""
    if "allOf" in source:
        (only,) = source["allOf"]  # OpenAPI's way to put a description beside a reference
        return strict(only)
    if "$ref" in source:
        return {"$ref": source["$ref"].replace(REF, "#/definitions/")}
    schema = {key: source[key] for key in KEPT if key in source}
    if source.get("default"):
        schema["default"] = source["default"]  # the key `protocol` of a list of ports is often left to it
    if "format" in schema and schema["type"] != "string":
        schema |= BOUNDS.get(schema.pop("format"), {})
    if schema.get("format") == "byte":
        schema = {"type": "string", "pattern": BASE64}
    if "items" in source:
        schema["items"] = strict(source["items"])
    return schema | fields(source)


def fields(source: Schema) -> Schema:
    """What an object may hold: its own fields and no others, or any key with values of one type."""
    if "properties" in source:
        properties = {key: strict(value) for key, value in source["properties"].items()}
        return {"properties": properties, "additionalProperties": False}
    if "additionalProperties" in source:
        return {"additionalProperties": strict(source["additionalProperties"])}
    return {}


def enumerations(code: str) -> Iterator[tuple[str, Schema]]:
    """Definitions in generated Go code, and the `enum` of those of their fields that have one."""
    for function in code.split("\nfunc schema_")[1:]:
        name = function[: function.index("(")].replace("_", ".")
        package = next((start for start in PACKAGES if name.startswith(start)), None)
        _, *fields = FIELD.split(function)
        found = zip(fields[::2], map(ENUM.search, fields[1::2]), strict=True)
        enumerated = {field: enumeration(match) for field, match in found if match}
        if package and enumerated:
            yield name.replace(package, PACKAGES[package], 1), {"properties": enumerated}


def enumeration(match: re.Match[str]) -> Schema:
    """`Enum: []interface{}{"A", "B"},` as a keyword of a field, or of its items if it stands further in."""
    values = {"enum": json.loads(f"[{match[2]}]")}
    return values if len(match[1]) == 7 else {"items": values}


def merge(schema: Schema, keywords: Schema) -> None:
    """Add keywords to a schema, at any depth."""
    for key, value in keywords.items():
        if isinstance(value, dict):
            merge(schema.setdefault(key, {}), value)
        else:
            schema[key] = sorted({*schema.get(key, ()), *value}) if key == "required" else value


def references(schema: Schema) -> list[str]:
    """The names of the definitions that a definition uses."""
    return re.findall(r'"\$ref": "#/definitions/([^"]+)"', json.dumps(schema))


def dump(document: Schema) -> str:
    """Sorted JSON with one kind and one definition a line, so that a change of version can be reviewed."""
    blocks = [f'"version": {json.dumps(document["version"])}']
    for name in ("kinds", "definitions"):
        lines = [
            f"{json.dumps(key)}: {json.dumps(value, sort_keys=True, separators=(',', ':'))}"
            for key, value in sorted(document[name].items())
        ]
        blocks.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
