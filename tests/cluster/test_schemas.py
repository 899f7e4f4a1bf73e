"""The vendored schemas against the documents that a running API server gives out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster

VENDORED = json.loads((files("generator.openapi") / "v1.35.json").read_bytes())
# `v1`, `apps/v1`, `networking.k8s.io/v1`; what other tests install has another domain.
OWN_GROUP = re.compile(r"([a-z]+/|[a-z.]+\.k8s\.io/)?v[0-9]")
Schemas = dict[str, Any]


@pytest.fixture(scope="module")
def served(kubectl: Kubectl) -> Schemas:
    """Every definition that the server knows and that the vendored file has too."""
    found: Schemas = {}
    for path in json.loads(kubectl.must("get", "--raw", "/openapi/v3"))["paths"]:
        if path.startswith(("api/v1", "apis/")):
            document = json.loads(kubectl.must("get", "--raw", f"/openapi/v3/{path}"))
            found |= document.get("components", {}).get("schemas", {})
    return {name: schema for name, schema in found.items() if name in VENDORED["definitions"]}


def enumerations(schemas: Schemas) -> Iterator[tuple[str, list[str]]]:
    for name, schema in schemas.items():
        for field, about in schema.get("properties", {}).items():
            for where, one in ((field, about), (f"{field}[]", about.get("items", {}))):
                if "enum" in one:
                    yield f"{name} {where}", sorted(filter(None, one["enum"]))  # an empty text is none


def test_the_enumerations_are_those_of_the_server(served: Schemas) -> None:
    ours = dict(enumerations(VENDORED["definitions"]))
    theirs = dict(enumerations(served))
    assert len(theirs) > 50
    assert {where: ours.get(where) for where in theirs} == theirs


def test_every_kind_that_can_be_applied_is_there(kubectl: Kubectl) -> None:
    table = kubectl.must("api-resources", "--verbs=patch", "--no-headers")
    served = {" ".join((row[-3], row[-1])) for row in map(str.split, table.splitlines())}
    kinds = {kind for kind in served if OWN_GROUP.match(kind)}
    assert len(kinds) > 50
    assert kinds <= VENDORED["kinds"].keys()
