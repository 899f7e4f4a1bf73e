"""What kubeconform and kube-score say of all that this repository renders.

docs/explanation/second-opinions.md holds the findings that are accepted, with reasons; it is read here.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import served_schemas
from tests.cluster.kubectl import Kubectl
from tests.product.conftest import built_in

ROOT = Path(__file__).parents[1]
FOLDERS = [
    *sorted((ROOT / "rendered").glob("*/")),
    *sorted((ROOT / "tests/product/cases").glob("*/expected")),
]
ACCEPTED = set(
    re.findall(
        r"^\| `([a-z-]+)` \|", (ROOT / "docs/explanation/second-opinions.md").read_text(), re.MULTILINE
    )
)
GOOD = 10  # the grade of a check that finds nothing

Program = Callable[[str], Path]

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="session")
def schemas(kubectl: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where kubeconform finds schemas that are not ours: those of a running API server."""
    return served_schemas.write(kubectl, tmp_path_factory.mktemp("schemas"))


def kubeconform(program: Program, schemas: str, *paths: Path) -> dict[str, Any]:
    options = ["-strict", "-summary", "-output", "json", "-schema-location", schemas]
    command = [str(program("kubeconform")), *options, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_kubeconform_finds_nothing(program: Program, schemas: str) -> None:
    files = [path for folder in FOLDERS for path in built_in(folder)]
    told = kubeconform(program, schemas, *files)
    assert told["summary"] == {"valid": len(files), "invalid": 0, "errors": 0, "skipped": 0}


def test_kubeconform_would_find_a_field_too_many(program: Program, schemas: str, tmp_path: Path) -> None:
    text = next((ROOT / "rendered/dev").glob("40-*.yaml")).read_text()
    for odd in ("  replicas: 1\n  replica: 1\n", "  replicas: one\n", ""):
        (tmp_path / "bad.yaml").write_text(text.replace("  replicas: 1\n", odd))
        told = kubeconform(program, schemas, tmp_path / "bad.yaml")
        assert told["summary"]["invalid"] == (1 if odd else 0)


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
