"""The catalogue of rules: complete, without leftovers, and true to what gen says."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from generator import catalogue
from generator.core.violations import Explainer
from generator.core.walker import Walker
from tests import diagnostics_page
from tests.conftest import CASES, Gen

CODE = Path(catalogue.__file__).parent.parent
FAMILIES = {rule.partition("/")[0] for rule in catalogue.rules_by_id()}
ID = re.compile("([a-z]+)/[a-z0-9]+(-[a-z0-9]+)*")
SAID = re.compile(r"^(error|warning)\[([^\]]+)\]", re.MULTILINE)
# These have no golden case: `gen render --all` in a folder of sources cannot show them.
ELSEWHERE = {
    "check/unused-value",
    "file/name",
    "file/unreadable",
    "rules/example",
    "schema/stale",
    "settings/unneeded",
}


def constants(path: Path) -> Iterator[str]:
    """Every string in a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def modules() -> list[Path]:
    return [path for path in CODE.rglob("*.py") if "catalogue" not in path.parts]


def named_in_checks() -> Iterator[str]:
    """The rules that findings of checks carry: their first argument, or a keyword `rule`."""
    for path in (CODE / "core/checks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                rule = node.args[0]
                if node.func.id in ("Finding", "Fault", "_bad") and isinstance(rule, ast.Constant):
                    yield f"check/{rule.value!s}"


def test_every_rule_in_the_code_is_in_the_catalogue() -> None:
    used = {text for path in modules() for text in constants(path) if ID.fullmatch(text)}
    used = {text for text in used if text.partition("/")[0] in FAMILIES} | set(named_in_checks())
    assert sorted(used - catalogue.rules_by_id().keys()) == []


def test_every_rule_in_the_catalogue_is_in_the_code() -> None:
    named = {text for path in modules() for text in constants(path)}
    unused = [
        rule
        for rule in catalogue.rules_by_id()
        if rule not in named
        and not (rule.startswith("check/") and rule.removeprefix("check/") in named)
        and not rule.startswith(("schema/", "check/api-"))  # the next tests hold those
    ]
    assert unused == []


def test_every_rule_is_said_once_and_spelled_alike() -> None:
    rules = [rule for section in catalogue.sections() for rule in section.rules]
    assert len({rule.id for rule in rules}) == len(rules)
    assert [rule.id for rule in rules if not ID.fullmatch(rule.id)] == []
    assert [rule.id for rule in rules if rule.title.endswith(".") or not rule.fix.endswith(".")] == []


@pytest.mark.parametrize("case", sorted((CASES / "errors").iterdir()), ids=lambda case: case.name)
def test_golden_cases_say_what_the_catalogue_says(case: Path) -> None:
    for severity, rule in SAID.findall((case / "expected.txt").read_text()):
        if not rule.startswith("rule/"):
            assert rule in catalogue.rules_by_id()
            assert severity == "warning" or catalogue.rules_by_id()[rule].severity == "error"


def test_every_rule_about_sources_and_objects_has_a_golden_case() -> None:
    shown = diagnostics_page.examples()
    said = {
        rule
        for case in (CASES / "errors").iterdir()
        for _, rule in SAID.findall((case / "expected.txt").read_text())
    }
    families = ("yaml", "file", "values", "settings", "rules", "template", "manifest", "check")
    for rule in catalogue.rules_by_id():
        if rule.startswith(tuple(f"{family}/" for family in families)) and not rule.startswith("check/api-"):
            assert rule in shown or rule in said or rule in ELSEWHERE, rule


@pytest.mark.parametrize(
    ("schema", "value", "rule"),
    [
        ({"type": "string"}, 1, "type"),
        ({"enum": ["a"]}, "b", "enum"),
        ({"const": "a"}, "b", "const"),
        ({"pattern": "^a"}, "b", "pattern"),
        ({"minLength": 2}, "b", "min-length"),
        ({"maxLength": 2}, "bbb", "max-length"),
        ({"minimum": 2}, 1, "minimum"),
        ({"maximum": 2}, 3, "maximum"),
        ({"exclusiveMinimum": 2}, 2, "exclusive-minimum"),
        ({"exclusiveMaximum": 2}, 2, "exclusive-maximum"),
        ({"multipleOf": 2}, 3, "multiple-of"),
        ({"minItems": 1}, [], "min-items"),
        ({"maxItems": 1}, [1, 2], "max-items"),
        ({"uniqueItems": True}, [1, 1], "unique-items"),
        ({"contains": {"const": 1}}, [2], "contains"),
        ({"contains": {"const": 1}, "minContains": 2}, [1], "min-contains"),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], "max-contains"),
        ({"minProperties": 1}, {}, "min-properties"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "max-properties"),
        ({"prefixItems": [{}], "items": False}, [1, 2], "forbidden"),
        ({"required": ["a"]}, {}, "missing"),
        ({"properties": {}, "additionalProperties": False}, {"a": 1}, "unknown-key"),
        ({"patternProperties": {"^a": {}}, "additionalProperties": False}, {"b": 1}, "unknown-key"),
        ({"propertyNames": {"pattern": "^a"}}, {"b": 1}, "key"),
        ({"properties": {"a": False}}, {"a": 1}, "forbidden"),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "dependent-required"),
        ({"not": {"const": 1}}, 1, "not"),
        ({"unevaluatedProperties": False}, {"a": 1}, "unevaluated-properties"),
        ({"unevaluatedItems": False}, [1], "unevaluated-items"),
        ({"oneOf": [{"minimum": 1}, {"maximum": 3}]}, 2, "one-of"),
        ({"format": "ipv4"}, "x", "format"),
    ],
)
def test_what_breaks_a_keyword_of_a_schema_has_its_rule(
    schema: dict[str, Any], value: object, rule: str
) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    [violation] = Explainer(Walker({"": schema}), "").violations(validator, value)
    assert violation.kind == rule
    assert {f"schema/{rule}", f"check/api-{rule}"} <= catalogue.rules_by_id().keys()


def test_rendering_does_not_import_the_catalogue(project: Path) -> None:
    import subprocess
    import sys

    code = "import sys; from generator.commands import render, check; from generator import pipeline;"
    code += "print([m for m in sys.modules if 'catalogue' in m])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_explain_tells_of_a_rule(gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no project is needed
    ran = gen("explain", "check/absent")
    assert ran.out.startswith("check/absent (warning): Reference to an object that is not rendered\n")
    found = json.loads(gen("explain", "secret/tracked", "--format", "json").out)
    assert found["rules"][0]["id"] == "secret/tracked"


def test_explain_tells_of_a_rule_of_the_project(gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CODE.parent)
    assert "assert: ports.grpc != ports.rest" in gen("explain", "rule/ports-alike").out
    ran = gen("explain", "rule/ports-alik")
    assert (ran.status, "did you mean `rule/ports-alike`" in ran.err) == (2, True)


def test_json_describes_the_rules_that_were_broken(project: Path, gen: Gen) -> None:
    (project / "values/dev.yaml").write_text("name: 1\n")
    found = json.loads(gen("check", "--all", "--format", "json").out)
    assert found["rules"]["schema/type"]["title"] == "Value of the wrong type"
