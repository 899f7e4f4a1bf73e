"""Templates and rules see which environment they are for, and what depends on it can be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Gen, write

TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: env
data:
  name: {{ environment.name }}
  last: {{ environment.parts | last }}
{% if environment.name == "prod" %}
  loud: "no"
{% endif %}
"""
RULE = """few:
  message: prod is big
  when: environment.name == "prod"
  assert: data.size != "small"
  at: data.size
  help: make it bigger
  example: {data: {size: small}}
"""


@pytest.fixture(autouse=True)
def templates(project: Path) -> None:
    write(project, {"templates/env.yaml.j2": TEMPLATE})


def test_an_environment_in_a_folder(project: Path, gen: Gen) -> None:
    write(project, {"values/fraud/azure.yaml": "data: {mode: x}\n"})
    made = gen("render", "--env", "fraud/azure", "--output", "-").out
    assert "  name: fraud/azure\n  last: azure\n" in made


def test_it_is_explained_like_a_value(project: Path, gen: Gen) -> None:
    because, value = gen("explain", "configmap/env:data.loud").out.splitlines()[-2:]
    assert because.startswith("  because   templates/env.yaml.j2:8:")
    assert value == '            environment.name = "prod"    values/prod.yaml'
    told = json.loads(gen("explain", "environment.name", "--format", "json").out)["values"]
    assert [value["is"] for value in told] == ["dev", "prod"]
    assert [value["origins"][0]["path"] for value in told] == ["values/dev.yaml", "values/prod.yaml"]
    assert [[use["line"] for use in value["decides"]] for value in told] == [[], [9]]


def test_rules_see_it(project: Path, gen: Gen) -> None:
    write(project, {"schema/rules.yaml": RULE, "values/base.yaml": "name: gan\ndata: {size: small}\n"})
    ran = gen("check", "--all")
    assert "rule/few" in ran.err
    assert "only in: prod" in ran.err
    gen("schema")
    assert gen("schema", "--check").status == 0, "its example breaks it in prod"


def test_no_value_takes_its_name(project: Path, gen: Gen) -> None:
    write(project, {"values/dev.yaml": "environment: mine\n"})
    ran = gen("render", "--all")
    assert ran.status == 1
    assert "error[values/environment]" in ran.err
    assert "values/dev.yaml:1:1" in ran.err


def test_it_is_no_unused_value(gen: Gen) -> None:
    gen("render", "--all")
    assert gen("check", "--all", "--unused-values").err == ""
