"""`gen explain`: every output line, field and value has a chain of origins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Gen, write

CONFIG = "25-configmap-gan.yaml"


@pytest.fixture(autouse=True)
def rendered(project: Path, gen: Gen) -> None:
    write(project, {"values/base.yaml": "name: gan\ndata:\n  mode: base\n  size: big\n"})
    gen("render", "--all")


def test_an_output_line(project: Path, gen: Gen) -> None:
    assert gen("explain", f"rendered/prod/{CONFIG}:7").out.splitlines() == [
        f"rendered/prod/{CONFIG}:7",
        "      mode: prod",
        "  field     ConfigMap gan, data.mode",
        "  template  templates/configmap.yaml.j2:5:10    data: {{ data }}",
        '  value     data.mode = "prod"',
        "            values/prod.yaml:2:9    mode: prod",
        "            values/base.yaml:3:9    mode: base    (overridden)",
    ]


def test_a_line_of_the_selected_environment(project: Path, gen: Gen) -> None:
    gen("render", "--env", "dev")
    assert "values/dev.yaml:2:9" in gen("explain", f"rendered/{CONFIG}:7").out


def test_a_line_that_no_value_has_a_part_in(project: Path, gen: Gen) -> None:
    assert "none; it is written in the template" in gen("explain", f"rendered/dev/{CONFIG}:3").out
    assert "the header" in gen("explain", f"rendered/dev/{CONFIG}:1").out


def test_an_output_field(project: Path, gen: Gen) -> None:
    ran = gen("explain", "configmap/gan:data.size", "--env", "dev")
    assert "values/base.yaml:4:9    size: big" in ran.out
    assert f"dev/{CONFIG}:8" in ran.out


def test_a_value(project: Path, gen: Gen) -> None:
    told = json.loads(gen("explain", "data.mode", "--format", "json").out)["values"]
    assert [(v["environment"], v["is"]) for v in told] == [("dev", "dev"), ("prod", "prod")]
    assert [o["path"] for o in told[1]["origins"]] == ["values/base.yaml", "values/prod.yaml"]
    assert told[0]["used"] == [{"path": f"dev/{CONFIG}", "line": 7}]


def test_a_removed_value_and_a_default(project: Path, gen: Gen) -> None:
    write(project, {"values/dev.yaml": "data: null\n"})
    out = gen("explain", "data", "--env", "dev").out
    assert "values/dev.yaml:1:1    data: null    (removes it)" in out
    assert "schema/values.schema.json:7:" in out


def test_a_file_that_was_edited_is_said(project: Path, gen: Gen) -> None:
    path = project / f"rendered/dev/{CONFIG}"
    path.write_text(path.read_text().replace("dev", "edited"))
    ran = gen("explain", f"rendered/dev/{CONFIG}:7")
    assert "warning[drift/changed]" in ran.err
    assert "mode: dev" in ran.out


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("data.mod", "did you mean `data.mode`?"),
        ("configmap/gan:data.sise", "did you mean `configmap/gan:data.size`?"),
        (f"rendered/dev/{CONFIG}:99", "has 8 lines, not 99"),
        ("rendered/dev/none.yaml:1", "there is no rendered/dev/none.yaml"),
        ("values/dev.yaml:99", "sets no value"),
        ("schema/values.schema.json:1", "not in the folder of an environment"),
    ],
)
def test_wrong_targets(project: Path, gen: Gen, target: str, told: str) -> None:
    ran = gen("explain", target)
    assert (ran.status, told in ran.err) == (2, True)


def test_a_default_that_a_layer_overrides(project: Path, gen: Gen) -> None:
    schema = {
        "properties": {
            "ports": {"items": {"$ref": "#/$defs/port"}},
            "data": {"type": "object", "additionalProperties": {"type": "string", "default": "x"}},
        },
        "$defs": {"port": {"properties": {"number": {"default": 80}, "name": {"default": "rest"}}}},
    }
    write(
        project,
        {
            "schema/values.schema.json": json.dumps(schema, indent=1),
            "values/dev.yaml": "ports:\n- number: 8080\n",
        },
    )
    number = gen("explain", "ports[0].number", "--env", "dev").out
    assert "values/dev.yaml:2:11    - number: 8080\n" in number
    assert '"default": 80    (overridden)' in number
    name = gen("explain", "ports[0].name", "--env", "dev").out
    assert name.count("schema/values.schema.json") == 1, "a default that counts is told once"
    assert '"default": "x"    (overridden)' in gen("explain", "data.mode", "--env", "dev").out


@pytest.mark.parametrize("what", ["name.x", "name[0]", "name[0].x", "data.mode.x", "data[0]", "data.mode[0]"])
def test_nothing_is_inside_of_a_scalar(project: Path, gen: Gen, what: str) -> None:
    ran = gen("explain", what, "--env", "dev")
    assert (ran.status, f"nothing is called `{what}`" in ran.err) == (2, True), ran.err


def test_an_empty_mapping_that_is_merged_into_a_line_is_not_unused(project: Path, gen: Gen) -> None:
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: gan\ndata: {{ {'a': 'b'} | combine(data) }}\n"
    )
    write(project, {"templates/configmap.yaml.j2": template, "values/base.yaml": "name: gan\ndata: {}\n"})
    write(project, {"values/dev.yaml": "{}\n"})
    out = gen("explain", "data", "--env", "dev").out
    assert "unused" not in out
    assert "configmap.yaml.j2:5" in out
    assert "unused" in gen("explain", "name", "--env", "dev").out
