"""What kubeconform and kube-score say of all that this repository renders.

docs/second-opinions.md holds the findings that are accepted, with reasons; it is read here.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.product.conftest import built_in

ROOT = Path(__file__).parents[1]
FOLDERS = [
    *sorted((ROOT / "rendered").glob("*/")),
    *sorted((ROOT / "tests/product/cases").glob("*/expected")),
]
SCHEMAS = ROOT / "generator/openapi/v1.35.json"
ACCEPTED = set(
    re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/second-opinions.md").read_text(), re.MULTILINE)
)
GOOD = 10  # the grade of a check that finds nothing

Program = Callable[[str], Path]

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vendored schemas as kubeconform looks for them: a file for each kind, named by kind and version.

    Patterns that look ahead are left out; Go's regular expressions know no such thing.
    """
    folder = tmp_path_factory.mktemp("schemas")
    text = re.sub(r'"pattern":"[^"]*\(\?[^"]*",?', "", SCHEMAS.read_text()).replace(",}", "}")
    document: dict[str, Any] = json.loads(text)
    for known, definition in document["kinds"].items():
        api_version, kind = known.split()
        group, _, version = api_version.rpartition("/")
        suffix = f"{group.split('.')[0]}-{version}".removeprefix("-")
        schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
        (folder / f"{kind.lower()}-{suffix}.json").write_text(json.dumps(schema))
    return folder


def kubeconform(program: Program, schemas: Path, *paths: Path) -> dict[str, Any]:
    location = f"{schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
    options = ["-strict", "-summary", "-output", "json", "-schema-location", location]
    command = [str(program("kubeconform")), *options, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_kubeconform_finds_nothing(program: Program, schemas: Path) -> None:
    files = [path for folder in FOLDERS for path in built_in(folder)]
    told = kubeconform(program, schemas, *files)
    assert told["summary"] == {"valid": len(files), "invalid": 0, "errors": 0, "skipped": 0}


def test_kubeconform_would_find_a_field_too_many(program: Program, schemas: Path, tmp_path: Path) -> None:
    text = next((ROOT / "rendered/dev").glob("40-*.yaml")).read_text()
    (tmp_path / "bad.yaml").write_text(text.replace("  replicas: 1\n", "  replicas: 1\n  replica: 1\n"))
    assert kubeconform(program, schemas, tmp_path / "bad.yaml")["summary"]["invalid"] == 1


def kube_score(program: Program, folder: Path) -> set[str]:
    """The checks that find something in a folder."""
    files = map(str, built_in(folder))
    command = [str(program("kube-score")), "score", "--output-format", "json", *files]
    told = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    return {
        check["check"]["id"]
        for object_ in told
        for check in object_["checks"]
        if not check["skipped"] and check["grade"] < GOOD
    }


def test_kube_score_finds_what_is_accepted_and_no_more(program: Program) -> None:
    found = {folder: kube_score(program, folder) for folder in FOLDERS}
    assert {folder: checks - ACCEPTED for folder, checks in found.items() if checks - ACCEPTED} == {}
    assert set().union(*found.values()) == ACCEPTED, "a row of the table is needed by nothing"
