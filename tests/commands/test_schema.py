"""`gen schema`: the schema for editors and the reference page, and whether they are up to date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import Gen, write

SCHEMA: dict[str, Any] = {
    "title": "Things",
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {
            "description": "Its name.",
            "type": "string",
            "examples": ["gan"],
            "x-sets": "metadata.name",
        },
        "size": {"description": "How large.", "enum": ["s", "m"], "default": "s"},
        "ports": {"description": "The ports.", "$ref": "parts/ports.schema.json", "default": {}},
        "either": {
            "description": "One of two.",
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        },
    },
}
PORTS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"$ref": "#/$defs/port"},
    "$defs": {"port": {"description": "A port | its number.", "type": "integer", "minimum": 1}},
}
RULES = """\
no-port-one:
  message: port one is taken
  assert: '1 not in (ports | dictsort | map("last") | list)'
  at: ports
  help: take another
  severity: warning
  example: {ports: {grpc: 1}}
"""


@pytest.fixture
def schema(project: Path) -> Path:
    folder = project / "schema"
    files = {"values.schema.json": json.dumps(SCHEMA), "parts/ports.schema.json": json.dumps(PORTS)}
    write(folder, {**files, "rules.yaml": RULES})
    return folder


def test_writes_what_is_not_up_to_date(schema: Path, gen: Gen) -> None:
    assert gen("schema").out == "schema/overlay.schema.json written\nschema/README.md written\n"
    assert gen("schema").out == "up to date\n"
    assert (gen("schema", "--check").status, gen("schema", "--check").err) == (0, "")
    (schema / "README.md").write_text("edited")
    assert gen("schema").out == "schema/README.md written\n"


def test_check_fails_and_writes_nothing(schema: Path, gen: Gen) -> None:
    ran = gen("schema", "--check", "--format", "concise")
    assert ran.status == 1
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["error[schema/stale]"] * 2
    assert not (schema / "README.md").exists()


@pytest.mark.parametrize(
    ("values", "valid"),
    [
        ({}, True),
        ({"size": "m"}, True),
        ({"name": None, "ports": {"grpc": None}}, True),
        ({"either": {"a": 1}}, True),
        ({"either": {}}, True),
        ({"nam": "x"}, False),
        ({"size": "l"}, False),
        ({"ports": {"grpc": 0}}, False),
        ({"ports": {"grpc": "x"}}, False),
    ],
    ids=str,
)
def test_the_overlay_takes_what_one_file_may_say(
    values: dict[str, Any], valid: bool, schema: Path, gen: Gen
) -> None:
    gen("schema")
    overlay = json.loads((schema / "overlay.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(overlay)
    assert jsonschema.Draft202012Validator(overlay).is_valid(values) is valid


def test_the_page_names_every_field_and_rule(schema: Path, gen: Gen) -> None:
    gen("schema")
    page = (schema / "README.md").read_text()
    assert "| `name` | Its name. | string | *required* | `gan` | metadata.name |\n" in page
    assert "| `size` | How large. | `s`, `m` | `s` | `s` |  |\n" in page
    assert "| `ports.NAME` | A port &#124; its number. | integer, at least 1 |  |  |  |\n" in page
    assert "| `either.a` |  | integer |  |  |  |\n" in page
    told = "## rule/no-port-one\n\n"
    told += "Port one is taken. Take another. (a warning)\n\n```yaml\nports:\n  grpc: 1\n```\n"
    assert page.endswith(told)


@pytest.mark.parametrize(
    ("base", "example", "told"),
    [
        ("name: a", "{ports: {grpc: 1}}", ""),
        ("name: a", "{ports: {grpc: 2}}", "the example of `no-port-one` does not break the rule"),
        ("name: a", "{ports: {grpc: x}}", "is not valid under the schema: `ports.grpc` has the wrong type"),
        ("{}", "{ports: {grpc: 1}}", ""),  # an environment gives the name
        ("{}", "{ports: {grpc: 2}}", "the example of `no-port-one` does not break the rule"),
        ("{}", "{ports: 3}", ""),
    ],
)
def test_examples_break_their_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gen: Gen, base: str, example: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path,
        {
            "schema/values.schema.json": json.dumps(SCHEMA),
            "schema/parts/ports.schema.json": json.dumps(PORTS),
            "schema/rules.yaml": RULES.replace("{ports: {grpc: 1}}", example),
            "values/base.yaml": base,
            "values/dev.yaml": "name: b\n",
            "templates/a.yaml.j2": "",
        },
    )
    gen("schema")
    ran = gen("schema", "--check")
    assert ran.status == bool(told), ran.err
    assert told in ran.err
    assert not told or ("error[rules/example]" in ran.err and "--> schema/rules.yaml:7:" in ran.err)
