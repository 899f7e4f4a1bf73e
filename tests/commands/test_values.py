"""`gen values`: the complete values of an environment, and where each is set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator.project import find
from tests.conftest import Gen, write

ROOT = Path(__file__).resolve().parents[2]
LAYERED = {
    "schema/values.schema.json": json.dumps(
        {"properties": {"size": {"default": "big"}, "notes": {"default": {"a": "1", "b": []}}}}, indent=1
    ),
    "values/base.yaml": "name: gan\ndata:\n  mode: base\n  text: |\n    a # b\n    c\n",
    "values/dev.yaml": "data:\n  mode: dev\n",
}


def test_every_value_with_its_origin(project: Path, gen: Gen) -> None:
    write(project, LAYERED)
    assert gen("values", "--env", "dev").out.splitlines() == [
        'name = "gan"    values/base.yaml:1:7',
        'data.mode = "dev"    values/dev.yaml:2:9',
        'data.text = "a # b\\nc\\n"    values/base.yaml:4:9',
        'size = "big"    schema/values.schema.json:4:4',
        'notes.a = "1"    schema/values.schema.json:7:4',
        "notes.b = []    schema/values.schema.json:7:4",
    ]


def test_yaml_holds_the_values_and_their_origins_as_comments(project: Path, gen: Gen) -> None:
    write(project, LAYERED)
    out = gen("values", "--env", "dev", "--format", "yaml").out
    assert yaml.safe_load(out) == json.loads(gen("values", "--env", "dev", "--format", "json").out)["values"]
    assert "  text: |  # values/base.yaml:4:9\n    a # b\n" in out
    assert "size: big  # schema/values.schema.json:4:4\n" in out


@pytest.mark.parametrize("environment", ["azure", "dev", "kind"])
def test_programs_get_what_templates_see(environment: str, monkeypatch: pytest.MonkeyPatch, gen: Gen) -> None:
    monkeypatch.chdir(ROOT)
    told = json.loads(gen("values", "--env", environment, "--format", "json").out)
    found = find(None)
    assert told["values"] == found.line.values(environment, found.layers(environment)).tree
    assert all((ROOT / origin["path"]).is_file() for origin in told["origins"])
    shown = gen("values", "--env", environment, "--format", "yaml").out
    assert yaml.safe_load(shown) == told["values"]


def test_a_value_that_would_end_in_a_secret_is_not_printed(project: Path, gen: Gen) -> None:
    template = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: {{ data.mode }}}\n"
    write(project, {"templates/secret.yaml.j2": template, "values/dev.yaml": "data: {mode: hunter2}\n"})
    for form in ("text", "yaml", "json"):
        ran = gen("values", "--env", "dev", "--format", form)
        assert ran.status == 1
        assert "hunter2" not in ran.out + ran.err
        assert "secret/committed" in ran.out + ran.err


def test_an_environment_that_there_is_not(gen: Gen, project: Path) -> None:
    ran = gen("values", "--env", "def")
    assert (ran.status, ran.out) == (2, "")
    assert "did you mean `dev`?" in ran.err
