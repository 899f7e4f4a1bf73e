"""The environment that the tests of this folder share, as each of them finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node.deployed import Deployed
from tests.node.fixtures import Node


@pytest.fixture
def azure(node: Node, tree: Path, tmp_path: Path) -> Deployed:
    """azure, deployed from the repository as it is and rolled out; a test may change it and leave it so."""
    deployed = Deployed(node, tree, "azure", "gan")
    deployed.apply("--registry-credentials", node.credentials(tmp_path / "token.json"))
    deployed.roll_out()
    deployed.balance()
    return deployed
