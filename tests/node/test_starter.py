"""What somebody meets who has installed gen: from `gen init` to an answer of a model."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.installed.conftest import Install, distributions, install  # noqa: F401 - fixtures
from tests.node.deployed import Deployed, scores, verified
from tests.node.running import Node

pytestmark = [pytest.mark.node, pytest.mark.installed]


def test_a_new_project_answers(
    node: Node,
    install: Install,  # noqa: F811
    models: Path,
    tmp_path: Path,
) -> None:
    node.kubectl.must("delete", "namespace", "gan", "--ignore-not-found")
    gen, project = install(extra="cluster,verify"), tmp_path / "shop"
    gen.must("init", project, "--starter", "tensorflow-serving", cwd=tmp_path)
    subprocess.run(["git", "init", "--quiet", project], check=True)
    token = node.credentials(tmp_path / "token.json")
    gen.must("render", "--env", "azure", "--registry-credentials", token, cwd=project)
    node.kubectl.must("apply", "-f", project / "rendered/azure")
    Deployed(node, project, "azure", "gan").balance()
    asked = ("verify", "--env", "azure", "--wait", "10m", "--signature", "predict_images", "--format", "json")
    answer = subprocess.run(
        [*node.enter, gen.venv / "bin/gen", *asked, models / "samples/image_0.jpg"],
        cwd=project,
        env=os.environ | {"KUBECONFIG": str(node.folder / "kubeconfig")},
        capture_output=True,
        text=True,
    )
    assert verified(answer) == pytest.approx(scores(models, 1), rel=1e-6)
