"""The tour in the README: what it says that kubectl and gen say is what they say of a real API server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import projects
from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"(?<=```console not run here: against a control plane\n)\$ kubectl (?P<command>[^\n]*)\n(?P<told>[^`]*)"
)

DEPLOYED = re.compile(
    r"(?<=```console not run here: by gen against a control plane\n)\$ (?P<command>[^\n]*)\n(?P<told>[^`]*)"
)
# The tests' own context and a free port stand for a user's cluster.
ADDRESS = re.compile(r"gen-test|https://127\.0\.0\.1:\d+")
PROGRESS = re.compile(r"(?<=5 changed\n)(  [^\n]*\n)+(?=dev in )")  # however often it is looked at
USERS = {"gen-test": "kind-gan", "https": "https://127.0.0.1:6443"}


def test_the_readme_shows_what_kubectl_says(
    empty_cluster: Kubectl, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    readme = ROOT / "README.md"
    text = readme.read_text()
    assert BLOCK.search(text)

    def again(match: re.Match[str]) -> str:
        return f"$ kubectl {match['command']}\n{empty_cluster.must(*match['command'].split())}"

    now = BLOCK.sub(again, text)
    if update:
        readme.write_text(now)
    assert now == text or update


def test_the_readme_shows_what_gen_deploy_says(empty_cluster: Kubectl, update: bool, tmp_path: Path) -> None:
    projects.flagship(tmp_path, "dev")
    empty_cluster.must("apply", "-f", tmp_path / "rendered/dev")
    empty_cluster.roll_out("gan", "gan-dev")
    text = (ROOT / "README.md").read_text()
    match = DEPLOYED.search(text)
    assert match is not None
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    own = {**os.environ, "PATH": path, "KUBECONFIG": str(empty_cluster.kubeconfig), "NO_COLOR": "1"}
    command = ["bash", "-c", match["command"]]
    ran = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    said = ADDRESS.sub(lambda found: USERS[found[0].partition(":")[0]], ran.stdout)
    said = PROGRESS.sub("  …\n", said)
    now = f"{text[: match.start()]}$ {match['command']}\n{said}{text[match.end() :]}"
    if update:
        (ROOT / "README.md").write_text(now)
    assert now == text or update
