"""Custom resources: what a definition demands of its objects, and definitions that are none.

The definition uses everything a structural schema can say; tests/cluster asks a real server about the same.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.core import paths
from generator.core.checks.crds import definitions
from generator.core.paths import Path as FieldPath
from generator.core.tree import Texts
from generator.diagnostics import DiagnosticError
from generator.pipeline import Pipeline

CRDS: Final = Path(__file__).parent / "cluster" / "crds"
DEFINITION: Final = (CRDS / "everything.yaml").read_text(encoding="utf-8")
VALID: Final[dict[str, Any]] = next(
    iter(yaml.safe_load_all((CRDS / "valid.yaml").read_text(encoding="utf-8")))
)
PROJECT: Final = {
    "schema/values.schema.json": '{"type": "object"}',
    "values/dev.yaml": "",
    "gen.yaml": "customResources: [crds]\n",
}


def problems(body: dict[str, Any], definition: str = DEFINITION) -> list[str]:
    """The rules that an object breaks, errors and warnings, when a project renders it."""
    texts = {**PROJECT, "crds/one.yaml": definition, "templates/one.yaml": json.dumps(body)}
    try:
        return [one.rule for one in Pipeline(Texts(texts)).render("dev", []).warnings]
    except DiagnosticError as error:
        for one in error.diagnostics:
            str(one.span)  # every problem has a place
        return [one.rule for one in error.diagnostics]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The valid object with one field set."""
    body = copy.deepcopy(VALID)
    *steps, last = paths.parse(path) or ()
    paths.get(body, tuple(steps))[last] = value
    return body


def test_a_valid_object_passes() -> None:
    assert problems(VALID) == []


MISTAKES: Final = [
    ("spec.unknown", 1, "check/api-unknown-key"),
    ("spec.partly.known.b", 1, "check/api-unknown-key"),
    ("spec.closed.extra", 1, "check/api-unknown-key"),
    ("spec.nested[0][0].b", 1, "check/api-unknown-key"),
    ("metadata.lables", {}, "check/api-unknown-key"),
    ("metadata.name", "a" * 21, "check/api-max-length"),
    ("spec.text", "a1", "check/api-pattern"),
    ("spec.withDefault", "z", "check/api-enum"),
    ("spec.replicas", -1, "check/api-minimum"),
    ("spec.replicas", 2**31, "check/api-maximum"),
    ("spec.number", 0, "check/api-exclusive-minimum"),
    ("spec.number", 2.3, "check/api-multiple-of"),
    ("spec.int", "7", "check/api-type"),
    ("spec.port", "50", "check/api-pattern"),
    ("spec.port", 1.5, "check/api-type"),
    ("spec.maybeChoice", None, "check/api-enum"),
    ("spec.flag", None, "check/api-type"),
    ("spec.maybeOne", {"a": "x", "b": "y"}, "check/api-not"),
    ("spec.oneOf", {"left": {}, "right": "x"}, "check/api-one-of"),
    ("spec.labels", {"a": "b", "c": "d", "e": "f"}, "check/api-max-properties"),
    ("spec.template", {"spec": {}}, "check/api-missing"),
    ("spec.template.metadata.labels", [], "check/api-type"),
    ("spec.set", ["a", "a"], "check/duplicate-entry"),
    ("spec.map", [{"name": "a"}, {"name": "a", "protocol": "TCP"}], "check/duplicate-entry"),
    ("spec.when", "yesterday", "check/api-format"),
    ("spec.id", "123", "check/api-format"),
    ("spec.network", "10.0.0.0", "check/api-format"),
    ("spec.short", "A", "check/api-format"),
    ("apiVersion", "gen.test/v1alpha1", "check/api-version"),
    ("apiVersion", "gen.test/v2", "check/api-version"),
    ("apiVersion", "gen.test/v1beta1", "check/deprecated"),
    ("status", {"whatever": 1}, "check/status"),
]


@pytest.mark.parametrize(("path", "value", "rule"), MISTAKES, ids=lambda value: str(value))
def test_a_mistake_is_found(path: str, value: Any, rule: str) -> None:
    assert rule in problems(changed(path, value))


TAKEN: Final = [
    ("spec.maybe", None),
    ("spec.maybeOne", None),
    ("spec.port", 8080),
    ("spec.int", 2**40),
    ("spec.partly.other", [{"a": None}]),
    ("spec.anything", {"a": [None, {"b": 1}]}),
    ("spec.template.anything", 1),
    ("spec.map", [{"name": "a"}, {"name": "a", "protocol": "UDP"}]),
    ("spec.delay", "22 ns"),
]


@pytest.mark.parametrize(("path", "value"), TAKEN, ids=lambda value: str(value))
def test_what_the_server_takes_passes(path: str, value: Any) -> None:
    assert problems(changed(path, value)) == []


def test_defaults_are_filled_in_before_fields_are_missed() -> None:
    assert "withDefault" not in VALID["spec"], "which is required"
    assert problems(VALID) == []
    assert "check/api-missing" in problems(VALID, DEFINITION.replace("default: x, ", ""))


def test_defaults_cannot_fill_the_memory() -> None:
    large = {"type": "object", "default": {}, "properties": {f"f{n}": _text("x") for n in range(2000)}}
    items = {"type": "object", "properties": {"large": large}}
    spec = {"type": "object", "properties": {"items": {"type": "array", "items": items}}}
    body = {
        "apiVersion": "gen.test/v1",
        "kind": "Large",
        "metadata": {"name": "a"},
        "spec": {"items": [{}] * 2000},
    }
    assert problems(body, _definition("Large", {"type": "object", "properties": {"spec": spec}})) == [
        "check/size"
    ]


def test_patterns_of_go_are_understood_or_passed_over() -> None:
    patterns = {r"^[[:alpha:]]+\z": "a1", r"\Aa": "b", r"(?i)^A$": "b", r"^\Qa.b\E$": ""}
    for pattern, wrong in patterns.items():
        spec = {"type": "object", "properties": {"spec": {**_text(""), "pattern": pattern}}}
        body = {"apiVersion": "gen.test/v1", "kind": "Text", "metadata": {"name": "a"}, "spec": wrong}
        assert problems(body, _definition("Text", spec)) == (["check/api-pattern"] if wrong else []), pattern
        assert problems({**body, "spec": "a"}, _definition("Text", spec)) == [], pattern


def _text(default: str) -> dict[str, Any]:
    return {"type": "string", **({"default": default} if default else {})}


def _definition(kind: str, schema: dict[str, Any]) -> str:
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": kind, "plural": f"{kind.lower()}s"}
    spec = {"group": "gen.test", "names": names, "scope": "Namespaced", "versions": [version]}
    return json.dumps({"apiVersion": "apiextensions.k8s.io/v1", "kind": definitions.KIND, "spec": spec})


BASE: Final[dict[str, Any]] = json.loads(
    json.dumps(yaml.safe_load(DEFINITION.replace("x, y, =", "x, y, '='")))
)
STRANGE: Final[list[Any]] = [
    *(None, 5, -1, "", "x", "(", True, [], {}, [1], {"a": 1}, ["a", "a"], 1e300, 2**70),
    *([[[]]], {"$ref": "#/x"}, {"type": "nope"}, [None]),
]


def _places(tree: Any, path: FieldPath = ()) -> list[FieldPath]:
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, child in entries for place in _places(child, (*path, key)))]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Python's `re`, about a pattern of Go
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_places(BASE)[1:]), st.sampled_from(STRANGE), st.booleans())
def test_a_damaged_definition_is_used_or_refused(path: FieldPath, value: Any, rendered: bool) -> None:
    damaged = copy.deepcopy(BASE)
    paths.get(damaged, path[:-1])[path[-1]] = value
    if rendered:
        texts = {"templates/one.yaml": json.dumps(damaged), "templates/two.yaml": json.dumps(VALID)}
        with suppress(DiagnosticError):
            Pipeline(Texts({**PROJECT, "gen.yaml": "", **texts})).render("dev", [])
    else:
        problems(VALID, json.dumps(damaged))
