"""The schema of this repository's project: described throughout, up to date, read by another validator."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from generator.core.fields import Field, fields
from generator.core.schema import NAME
from generator.project import Project
from tests.conftest import Gen
from tests.product.conftest import ROOT

VALUES = sorted((ROOT / "values").rglob("*.yaml"))
OVERLAY = ROOT / "schema/overlay.schema.json"


@pytest.fixture(scope="session")
def known(product: Project) -> list[Field]:
    return list(fields(product.line.schema.walker, NAME))


def test_every_field_is_described(known: list[Field]) -> None:
    assert len(known) > 150
    assert [field.path for field in known if not field.keywords.get("description")] == []


def test_every_leaf_shows_a_value_and_what_it_sets(known: list[Field]) -> None:
    leaves = [field for field in known if field.leaf and not field.path.startswith("verify")]
    telling = ("examples", "default", "enum", "const")
    assert [f.path for f in leaves if not any(key in f.keywords for key in telling)] == []
    assert [f.path for f in leaves if "x-sets" not in f.keywords] == []


def test_examples_are_valid(known: list[Field], product: Project) -> None:
    import jsonschema_rs

    for field in known:
        if field.leaf:
            schema = {key: value for key, value in field.keywords.items() if not key.startswith(("x-", "$"))}
            if "#/" not in json.dumps(schema) and ".json" not in json.dumps(schema):
                validator = jsonschema_rs.Draft202012Validator(schema)
                for example in field.keywords.get("examples", ()):
                    assert validator.is_valid(example), f"{field.path}: {example}"


def test_the_derived_files_are_up_to_date(gen: Gen) -> None:
    assert gen("schema", "--check", "--project", str(ROOT)).status == 0


def check_jsonschema(*files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(OVERLAY), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True)


def test_values_files_name_the_schema_for_editors() -> None:
    for path in VALUES:
        line = path.read_text().splitlines()[0]
        relative = line.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / relative).resolve() == OVERLAY, path


def test_another_validator_takes_the_values_files() -> None:
    done = check_jsonschema(*VALUES)
    assert done.returncode == 0, done.stdout


def test_another_validator_refuses_what_we_refuse(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(yaml.safe_dump({"replica": 2, "ports": {"grpc": 80}, "image": None}))
    done = check_jsonschema(bad)
    assert done.returncode == 1
    assert "'replica' was unexpected" in done.stdout
    assert "ports.grpc" in done.stdout
    assert "image" not in done.stdout


def test_verify_is_what_gen_verify_reads() -> None:
    ours = json.loads((ROOT / "schema/verify.schema.json").read_text())
    assert ours == json.loads((ROOT / "generator/serving/verify.schema.json").read_text())
