"""The end of the tour in the README: what it shows is what its manifests give on machines that run them."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.node.deployed import Deployed
from tests.node.running import Node
from tests.test_docs import ROOT, run

pytestmark = pytest.mark.node
BLOCK = re.compile(r"(?<=```console not run here: on a node\n)(?P<body>.*?)(?=```)", re.DOTALL)


def test_the_readme_ends_with_what_its_pods_answer(
    node: Node, tree: Path, models: Path, update: bool
) -> None:
    """The commands as they stand, in a cluster that has nothing of the environment yet."""
    node.kubectl.must("delete", "namespace", "gan", "--ignore-not-found")
    node.credentials(tree / "token.json")
    shutil.copytree(models / "samples", tree / "samples")
    azure = Deployed(node, tree, "azure", "gan")

    def again(match: re.Match[str]) -> str:
        return "".join(print_now(azure, command) for command in re.findall(r"^\$ .*", match[0], re.MULTILINE))

    readme = ROOT / "README.md"
    now, count = BLOCK.subn(again, readme.read_text())
    if update:
        readme.write_text(now)
    assert count == 1
    assert of_any_run(now) == of_any_run(readme.read_text())


def print_now(azure: Deployed, command: str) -> str:
    """What a command prints; once the Service is there, it gets its address, as from a cloud."""
    programs = azure.node.kubectl.program.parent, Path(sys.executable).parent, os.environ["PATH"]
    variables = azure.node.variables | {"PATH": ":".join(map(str, programs))}
    printed, _ = run(command, azure.project, azure.node.enter, **variables)
    if "kubectl apply" in command:
        azure.balance()
    return printed


def of_any_run(text: str) -> str:
    """Without times and the API server's port."""
    return re.sub(r"[0-9.]+(?= ms)|(?<=:)[0-9]+(?=\), by its load balancer)", "…", text)
