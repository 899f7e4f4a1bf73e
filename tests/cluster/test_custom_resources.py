"""Custom resources against a real API server that has the definitions of well-known operators.

The definitions come from pinned Go modules. `crds/everything.yaml` defines one kind that uses everything a
structural schema can say; `crds/valid.yaml` holds valid objects, of which one-field mistakes are made.
"""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from generator.core import paths
from generator.core.checks.crds import definitions
from generator.core.checks.crds.resources import CustomResources
from generator.core.checks.target import Target
from generator.diagnostics import Source
from tests.cluster import keeper
from tests.cluster.kubectl import Kubectl
from tests.cluster.verdict import judge, mutations
from tests.cluster.verdict.server import Server, Verdict
from tests.registry.controller import custom_resources

pytestmark = pytest.mark.cluster

HERE: Final = Path(__file__).parent / "crds"
# The folder of definitions in each module, and the module folder below `tests/` that pins it.
MODULES: Final = {
    "github.com/cert-manager/cert-manager": ("cluster/crds", "deploy/crds"),
    "github.com/external-secrets/external-secrets": ("registry/external-secrets", "config/crds/bases"),
    "github.com/bitnami/sealed-secrets": ("registry/sealed-secrets", "helm/sealed-secrets/crds"),
    "github.com/fluxcd/kustomize-controller": ("cluster/crds", "config/crd/bases"),
    "github.com/fluxcd/source-controller": ("cluster/crds", "config/crd/bases"),
    "github.com/prometheus-operator/prometheus-operator": ("cluster/crds", "example/prometheus-operator-crd"),
}
# Fewer than this many versions of kinds and the files were not found.
FEWEST_VERSIONS: Final = 50
CAUGHT: Final = 0.99
# What the server takes and gen refuses, as a pattern of `KIND what path`, with the reason.
STRICTER: Final = {
    r"Everything wrong type \['x'\] spec\.(when|day|bytes|id|address|network|delay|short)": (
        "the server does not look at the type of a list where the schema has a format"
    ),
}
# Whether the server takes null there, and whether gen does: it wants a field that is to be absent left out.
NULLS: Final = {
    "spec.maybe": (True, True),
    "spec.maybeChoice": (False, False),
    "spec.maybeOne": (True, True),
    "spec.anything.a": (True, True),
    "spec.text": (False, False),
    "spec.withDefault": (True, False),
    "spec.flag": (True, False),
    "spec.set[0]": (False, False),
}


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """The files of all definitions."""
    folders = [custom_resources(module, package, folder)[0] for package, (module, folder) in MODULES.items()]
    found = [file for folder in folders for file in sorted(folder.glob("*.yaml"))]
    return [file for file in found if file.name != "kustomization.yaml"] + [HERE / "everything.yaml"]


@pytest.fixture(scope="session")
def sources(files: list[Path]) -> list[Source]:
    return [Source(file.name, file.read_text(encoding="utf-8")) for file in files]


def test_the_definitions_of_well_known_operators_come_through(sources: list[Source]) -> None:
    resources = CustomResources()
    shapes = [
        resources.shape(definition, version, 35)
        for source in sources
        for definition in definitions.read(source)
        for version in definition.versions
    ]
    assert len(shapes) >= FEWEST_VERSIONS
    assert None not in shapes


@pytest.fixture(scope="module")
def server(can_run_clusters: None, user_kubectl: Path, files: list[Path]) -> Iterator[Server]:
    """A server of its own that knows the definitions: other tests install some of them in their own way."""
    with keeper.running() as kubeconfig:
        kubectl = Kubectl(user_kubectl, kubeconfig)
        for file in files:
            kubectl.must("apply", "--server-side", "-f", file)
        kubectl.must("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        with Server(kubeconfig) as asked:
            for body in VALID:  # the handlers of custom resources follow the condition
                while asked.dry_run(body).status == 404:
                    time.sleep(0.2)
            yield asked


VALID: Final[list[dict[str, Any]]] = list(
    yaml.safe_load_all((HERE / "valid.yaml").read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def target(sources: list[Source]) -> Target:
    return Target(resources=CustomResources(lambda: sources))


@pytest.fixture(scope="module")
def verdicts(server: Server, target: Target) -> list[tuple[str, Verdict, list[str]]]:
    """Every mistake, the server's verdict and gen's."""
    made = [mutation for body in VALID for mutation in mutations.of(body)]
    answers = server.dry_runs(mutation.body for mutation in made)
    return [
        (
            f"{mutation.body['kind']} {mutation.what} {paths.show(mutation.path)}",
            answer,
            judge.rules(mutation.body, target),
        )
        for mutation, answer in zip(made, answers, strict=True)
    ]


@pytest.mark.parametrize("body", VALID, ids=lambda body: f"{body['kind']}-{body['metadata']['name']}")
def test_a_valid_object_is_taken_by_both(server: Server, target: Target, body: dict[str, Any]) -> None:
    assert server.dry_run(body).message == ""
    assert judge.rules(body, target) == []


def test_what_the_server_takes_passes(verdicts: list[tuple[str, Verdict, list[str]]]) -> None:
    taken = [(name, rules) for name, answer, rules in verdicts if answer.taken]
    assert len(taken) > 1000
    wrong = [one for one in taken if one[1] and not any(re.fullmatch(known, one[0]) for known in STRICTER)]
    assert wrong == []


def test_what_the_server_refuses_is_refused(verdicts: list[tuple[str, Verdict, list[str]]]) -> None:
    refused = [(name, answer.message, rules) for name, answer, rules in verdicts if not answer.taken]
    assert len(refused) > 2000
    missed = [one for one in refused if not one[2]]
    assert len(missed) <= (1 - CAUGHT) * len(refused), missed


@pytest.mark.parametrize("path", NULLS)
def test_null_is_taken_only_where_the_schema_allows_it(server: Server, target: Target, path: str) -> None:
    body = copy.deepcopy(VALID[0])
    steps = paths.parse(path) or ()
    paths.get(body, steps[:-1])[steps[-1]] = None
    assert server.dry_run(body).taken is NULLS[path][0]
    assert (not judge.rules(body, target)) is NULLS[path][1]
