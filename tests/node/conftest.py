"""The environment that the tests of this folder share, as each of them finds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.fixtures import announce
from tests.node import image, requirements
from tests.node.deployed import Deployed, on_azure
from tests.node.running import Node, cloned, started


@pytest.fixture(scope="package")
def node(pytestconfig: pytest.Config) -> Iterator[Node]:
    """A cluster of two machines, which all tests here share: each takes a namespace of its own.

    Without one a test is left out, or fails if GEN_REQUIRE_NODE is set.
    """
    if missing := requirements.missing():
        leave_out = pytest.fail if os.environ.get("GEN_REQUIRE_NODE") else pytest.skip
        leave_out(missing)
    announce(pytestconfig, "starting a node; the first time its image takes minutes")
    with started() as found:
        yield found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """This repository's own project in a git repository, as somebody has cloned it."""
    return cloned(tmp_path / "project")


@pytest.fixture(scope="session")
def models() -> Path:
    """The models of the images: samples, and the scores that TensorFlow computes for them."""
    return image.models()


@pytest.fixture
def azure(node: Node, tree: Path, tmp_path: Path) -> Deployed:
    """azure, deployed from the repository as it is and rolled out; a test may change it and leave it so."""
    deployed = on_azure(node, tree, tmp_path / "token.json")
    deployed.roll_out()
    return deployed
