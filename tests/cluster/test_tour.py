"""The tour in the README: what it says kubectl says is what kubectl says to a real API server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"(?<=```console not run here: against a control plane\n)\$ kubectl (?P<command>[^\n]*)\n(?P<told>[^`]*)"
)


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
