"""What gen makes for GitOps engines, against the engines' own definitions of their kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.core.checks.crds.resources import CustomResources
from generator.core.checks.target import Target
from generator.diagnostics import Source
from tests.cluster.verdict import judge
from tests.conftest import CASES
from tests.registry.controller import custom_resources

pytestmark = pytest.mark.cluster

# The files of each module that define what the objects have to be.
DEFINITIONS = {
    "github.com/argoproj/argo-cd/v3": [
        "manifests/crds/application-crd.yaml",
        "manifests/crds/applicationset-crd.yaml",
    ],
    "github.com/fluxcd/kustomize-controller": [
        "config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"
    ],
    "github.com/fluxcd/source-controller": ["config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"],
}
MADE = sorted(CASES.glob("gitops-*/expected/_gitops/**/*.yaml"))


@pytest.fixture(scope="session")
def target() -> Target:
    files = [
        file
        for package, names in DEFINITIONS.items()
        for file in custom_resources("cluster/crds", package, *names)
    ]
    sources = [Source(file.name, file.read_text(encoding="utf-8")) for file in files]
    return Target(resources=CustomResources(lambda: sources))


@pytest.mark.parametrize("file", MADE, ids=lambda path: path.name)
def test_the_definition_of_its_kind_takes_it(target: Target, file: Path) -> None:
    body = yaml.safe_load(file.read_text())
    assert judge.rules(body, target) == []
    body["spec"]["unheardOf"] = True
    assert judge.rules(body, target) != [], "the definition was found, and is strict"
