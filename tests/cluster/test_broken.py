"""What gen refuses offline, held against what a real API server refuses: over 200 broken objects."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.core import paths
from generator.diagnostics import DiagnosticError, Source
from generator.pipeline import Line
from tests.cluster.kubectl import Answer, Kubectl

pytestmark = pytest.mark.cluster

HERE = Path(__file__).parent
GOOD = {one["kind"]: one for one in yaml.safe_load_all((HERE / "good.yaml").read_text())}
SCHEMA = {"values.schema.json": Source("values.schema.json", '{"type": "object"}')}
Manifest = dict[str, Any]


def broken(section: str) -> Iterator[Any]:
    """The objects of one section of the table, each with a readable id."""
    for kind, entries in yaml.safe_load((HERE / "broken.yaml").read_text())[section].items():
        for entry in entries:
            (key, value), *_ = entry.items()
            name = f"{kind} {key} {value}" + (f" x {entry['times']}" if "times" in entry else "")
            yield pytest.param(_broken(kind, key, value, entry.get("times")), id=name)


def _broken(kind: str, key: str, value: Any, times: int | None) -> Manifest:
    manifest: Manifest = copy.deepcopy(GOOD[kind])
    path = paths.parse(value if key == "drop" else key)
    assert path is not None
    holder = paths.get(manifest, path[:-1])
    if key == "drop":
        del holder[path[-1]]
    else:
        holder[path[-1]] = value if times is None else value * times
    return manifest


BOTH, SERVER, OURS = (list(broken(section)) for section in ("both", "server", "ours"))


def templates(manifest: Manifest) -> dict[str, Source]:
    """The templates of a project that makes one object as it is."""
    return {"one.yaml": Source("one.yaml", json.dumps(manifest))}


def problems(manifest: Manifest) -> list[str]:
    """The rules that gen finds broken when it renders an object."""
    try:
        Line(SCHEMA, templates(manifest)).render("any", [])
    except DiagnosticError as error:
        return [diagnostic.rule for diagnostic in error.diagnostics]
    return []


@pytest.fixture(scope="module", autouse=True)
def _namespace(kubectl: Kubectl) -> None:
    """The one that all these objects name."""
    kubectl.must("create", "namespace", "broken")


@pytest.fixture(scope="module")
def answers(kubectl: Kubectl) -> dict[str, Answer]:
    """What the server answers to each object, by the object as JSON."""
    manifests = [json.dumps(param.values[0]) for param in (*BOTH, *SERVER, *OURS)]

    def ask(manifest: str) -> Answer:
        return kubectl("apply", "--dry-run=server", "-f", "-", stdin=manifest)

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(manifests, pool.map(ask, manifests), strict=True))


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_object_is_taken_by_both(kubectl: Kubectl, kind: str) -> None:
    assert problems(GOOD[kind]) == []
    kubectl.must("apply", "--dry-run=server", "-f", "-", stdin=json.dumps(GOOD[kind]))


@pytest.mark.parametrize("manifest", BOTH)
def test_both_refuse(answers: dict[str, Answer], manifest: Manifest) -> None:
    assert answers[json.dumps(manifest)].returncode == 1
    assert problems(manifest) != []


@pytest.mark.parametrize("manifest", SERVER)
def test_only_the_server_refuses(answers: dict[str, Answer], manifest: Manifest) -> None:
    assert answers[json.dumps(manifest)].returncode == 1
    assert problems(manifest) == []


@pytest.mark.parametrize("manifest", OURS)
def test_only_gen_refuses(answers: dict[str, Answer], manifest: Manifest) -> None:
    assert answers[json.dumps(manifest)].returncode == 0
    assert problems(manifest) != []
