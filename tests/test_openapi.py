"""The vendored Kubernetes schemas: made by the script that claims to, and as strict as the API server."""

from __future__ import annotations

import base64
import copy
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from generator.core.checks import versions

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ROOT / "generator" / "openapi" / "v1.35.json"
DOCUMENT = json.loads(VENDORED.read_text(encoding="utf-8"))

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "gan", "labels": {"app": "gan"}, "creationTimestamp": None},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "gan"}},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
        "template": {
            "metadata": {"labels": {"app": "gan"}},
            "spec": {
                "containers": [
                    {
                        "name": "server",
                        "image": "example.azurecr.io/gan:1",
                        "ports": [{"name": "grpc", "containerPort": 8500}],
                        "resources": {"limits": {"cpu": "500m", "memory": "2Gi"}, "requests": {"cpu": 0.5}},
                        "readinessProbe": {"httpGet": {"path": "/v1/models/gan", "port": "rest"}},
                        "lifecycle": {"preStop": {"sleep": {"seconds": 15}}},
                    }
                ],
                "volumes": [{"name": "tmp", "emptyDir": {}}],
            },
        },
    },
    "status": {},
}
SECRET: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "pull"},
    "data": {".dockerconfigjson": base64.encodebytes(b"{}" * 50).decode()},
}
POD_SPEC = ("spec", "template", "spec")
CONTAINER = (*POD_SPEC, "containers", 0)


def accepts(manifest: dict[str, Any]) -> bool:
    name = DOCUMENT["kinds"][f"{manifest['apiVersion']} {manifest['kind']}"]
    schema = {"$ref": f"#/definitions/{name}", "definitions": DOCUMENT["definitions"]}
    return jsonschema_rs.Draft202012Validator(schema).is_valid(manifest)


def changed(manifest: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The manifest with one field set."""
    result = copy.deepcopy(manifest)
    target: Any = result
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return result


@pytest.mark.go
def test_the_file_is_what_the_script_makes(tmp_path: Path) -> None:
    """Works offline: only a module that the Go command holds already, with the pinned sum, is compared."""
    if shutil.which("go") is None:
        pytest.skip("no Go command to find the Kubernetes module with")
    offline = {**os.environ, "GOPROXY": "off"}
    script = ROOT / "tools" / "kubernetes_schemas.py"
    others = re.findall(
        r'"(v1[.0-9]+)"', (ROOT / "tools" / "kubernetes_versions.py").read_text(encoding="utf-8")
    )
    modules = ["k8s.io/kubernetes", *(f"k8s.io/kubernetes@{version}" for version in others)]
    wanted = ["go", "mod", "download", *modules]
    if subprocess.run(wanted, cwd=ROOT / "tests" / "cluster", env=offline, capture_output=True).returncode:
        pytest.skip(
            "the Go module cache does not hold every k8s.io/kubernetes that the schemas are made from"
        )
    subprocess.run([sys.executable, script, tmp_path], env=offline, check=True)
    made = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_text(encoding="utf-8") for file in VENDORED.parent.glob("*.json")}


def test_every_definition_compiles_and_every_reference_is_there() -> None:
    assert len(DOCUMENT["kinds"]) > 80
    every = [{"$ref": f"#/definitions/{name}"} for name in DOCUMENT["definitions"]]
    jsonschema_rs.Draft202012Validator({"anyOf": every, "definitions": DOCUMENT["definitions"]})


def test_the_definitions_are_read_one_by_one_as_they_stand_in_the_file() -> None:
    reached: dict[str, Any] = {}
    for kind, name in DOCUMENT["kinds"].items():
        schema = versions.schema(kind)
        assert schema is not None
        assert schema["$ref"] == f"#/definitions/{name}"
        reached |= schema["definitions"]
    assert reached == DOCUMENT["definitions"]


@pytest.mark.parametrize("manifest", [DEPLOYMENT, SECRET], ids=["deployment", "secret"])
def test_a_good_object_passes(manifest: dict[str, Any]) -> None:
    assert accepts(manifest)


QUANTITIES = ["1", "1.5", ".5", "+1", "100m", "2Ki", "1E", "1e3", "1E-3", "5n", 2, 0.25]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_form_of_a_quantity_passes(quantity: object) -> None:
    assert accepts(changed(DEPLOYMENT, (*CONTAINER, "resources", "limits", "memory"), quantity))


def test_every_version_compiles_and_has_the_everyday_kinds() -> None:
    for minor in versions.MINORS:
        assert {"v1 Pod", "apps/v1 Deployment", "networking.k8s.io/v1 Ingress"} <= versions.kinds(
            minor
        ).keys()
        for kind in versions.kinds(minor):
            jsonschema_rs.Draft202012Validator(versions.schema(kind, minor) or False)


HISTORY = {
    "policy/v1beta1 PodDisruptionBudget": "was removed in v1.25; write policy/v1 PodDisruptionBudget",
    "extensions/v1beta1 Ingress": "was removed in v1.22; write networking.k8s.io/v1 Ingress",
    "flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema": (
        "was removed in v1.26; write flowcontrol.apiserver.k8s.io/v1 FlowSchema"
    ),
    "policy/v1beta1 PodSecurityPolicy": "was removed in v1.25",
    "scheduling.k8s.io/v1alpha1 Workload": "was removed in v1.36",
    "scheduling.k8s.io/v1alpha3 Workload": "exists from v1.37",
}


@pytest.mark.parametrize(("kind", "said"), HISTORY.items())
def test_what_became_of_a_kind_is_said(kind: str, said: str) -> None:
    assert versions.of_kind(kind, 36).partition("; gen checks")[0] == f"{kind} {said}"


def test_nothing_is_said_of_a_kind_that_never_was() -> None:
    assert versions.of_kind("example.com/v1 Widget", 36) == ""


def test_which_version_has_a_field_is_said() -> None:
    field = ("spec", "template", "spec", "hostnameOverride")
    assert versions.of_field("apps/v1 Deployment", field, 33) == (
        "`hostnameOverride` exists from v1.34; gen checks for v1.33, see `kubernetes` in gen.yaml"
    )
    assert versions.of_field("apps/v1 Deployment", (*field[:-1], "hostnameoverride"), 33) == ""


BROKEN = {
    "unknown field at the top": (DEPLOYMENT, ("spce",), {}),
    "unknown field in metadata": (DEPLOYMENT, ("metadata", "lables"), {}),
    "unknown field in a pod": (DEPLOYMENT, (*POD_SPEC, "container"), []),
    "unknown field in a container": (DEPLOYMENT, (*CONTAINER, "imagepullpolicy"), "Always"),
    "unknown field in a type without fields": (DEPLOYMENT, (*POD_SPEC, "volumes", 0, "emptyDir"), {"a": 1}),
    "missing selector": (DEPLOYMENT, ("spec",), {"template": {}}),
    "missing container port": (DEPLOYMENT, (*CONTAINER, "ports", 0), {"name": "grpc"}),
    "string for an integer": (DEPLOYMENT, ("spec", "replicas"), "2"),
    "fraction for an integer": (DEPLOYMENT, ("spec", "replicas"), 1.5),
    "boolean for an integer": (DEPLOYMENT, ("spec", "replicas"), True),
    "more than 32 bits": (DEPLOYMENT, ("spec", "replicas"), 2**31),
    "more than 64 bits": (DEPLOYMENT, (*POD_SPEC, "terminationGracePeriodSeconds"), 2**63),
    "more than 32 bits as a port": (DEPLOYMENT, (*CONTAINER, "readinessProbe", "httpGet", "port"), 2**31),
    "string for a boolean": (DEPLOYMENT, (*POD_SPEC, "hostNetwork"), "true"),
    "number for a label": (DEPLOYMENT, ("metadata", "labels", "app"), 1),
    "number for an annotation": (DEPLOYMENT, ("metadata", "annotations"), {"a": 1}),
    "number for an argument": (DEPLOYMENT, (*CONTAINER, "args"), [8500]),
    "mapping for a list": (DEPLOYMENT, (*POD_SPEC, "containers"), {"name": "server"}),
    "null for a field": (DEPLOYMENT, (*POD_SPEC, "nodeSelector"), None),
    "quantity with a wrong suffix": (DEPLOYMENT, (*CONTAINER, "resources", "limits", "memory"), "2GB"),
    "quantity with a space": (DEPLOYMENT, (*CONTAINER, "resources", "limits", "memory"), "2 Gi"),
    "empty quantity": (DEPLOYMENT, (*CONTAINER, "resources", "limits", "memory"), ""),
    "text that is not base64": (SECRET, ("data", ".dockerconfigjson"), "{}"),
    "base64 without its padding": (SECRET, ("data", ".dockerconfigjson"), "e30"),
}


@pytest.mark.parametrize(("manifest", "path", "value"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_object_fails(manifest: dict[str, Any], path: tuple[str | int, ...], value: object) -> None:
    assert not accepts(changed(manifest, path, value))
