"""The environment that the tests of this folder share, as each of them finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node.deployed import Deployed, on_azure
from tests.node.fixtures import Node


@pytest.fixture
def azure(node: Node, tree: Path, tmp_path: Path) -> Deployed:
    """azure, deployed from the repository as it is and rolled out; a test may change it and leave it so."""
    deployed = on_azure(node, tree, tmp_path / "token.json")
    deployed.roll_out()
    return deployed
