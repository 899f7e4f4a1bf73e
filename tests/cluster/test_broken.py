"""What gen refuses offline, held against what a real API server refuses: over 200 broken objects."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cluster.broken import BOTH, GOOD, OURS, SERVER, Manifest, problems
from tests.cluster.kubectl import Answer, Kubectl

pytestmark = pytest.mark.cluster


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
