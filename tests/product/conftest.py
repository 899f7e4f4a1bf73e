"""What the tests of this repository's own project share: its line, and values laid over its base."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.core.layout import File
from generator.diagnostics import Source
from generator.pipeline import Rendering
from generator.project import DiskProject, Project

ROOT = Path(__file__).parents[2]
CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/values.yaml"))

# What other controllers define; neither the API server nor the vendored schemas know these kinds.
CUSTOM = ("sealedsecret", "externalsecret", "acraccesstoken")

Render = Callable[[dict[str, Any]], Rendering]


@pytest.fixture(scope="session")
def product() -> Project:
    """The project of this repository."""
    return DiskProject(ROOT)


@pytest.fixture(scope="session")
def render(product: Project) -> Render:
    """Render values laid over values/base.yaml. Raises `DiagnosticError` as the line does."""
    base = product.tree.read("values/base.yaml")

    def run(values: dict[str, Any]) -> Rendering:
        return product.line.render("case", [base, Source("case.yaml", json.dumps(values, indent=2))])

    return run


def built_in(folder: Path) -> list[Path]:
    """The manifests of a folder whose kinds Kubernetes has itself."""
    return [path for path in sorted(folder.glob("*.yaml")) if path.name.split("-")[1] not in CUSTOM]


def committed(rendering: Rendering) -> tuple[File, ...]:
    """The files that a rendering puts under version control: all but a Secret, which waits for its bytes."""
    return tuple(file for file in rendering.files if file.manifest.identity.kind != "Secret")


def contents(rendering: Rendering) -> dict[str, str]:
    """The files of a rendering by name."""
    return {file.name: file.content.decode() for file in committed(rendering)}
