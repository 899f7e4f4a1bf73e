"""Commands that ask a cluster, where something else than an API server answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Gen
from tests.node.running import cloned
from tests.serving.servers import http_server

ANSWERS = {"a login page": b"<html>Log in</html>", "nothing": b"", "a list": b"[1]", "an object": b"{}"}


COMMANDS = (
    "diff --env dev",
    "status --env dev",
    "deploy --env dev --yes",
    "verify --env kind",
    "verify --env dev --port-forward",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_it_is_named(
    gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, command: str
) -> None:
    project = cloned(tmp_path / "project")
    monkeypatch.chdir(project)
    monkeypatch.setenv("KUBECONFIG", str(project / "kubeconfig"))
    with http_server(lambda *_: (200, "text/html", ANSWERS[answer])) as address:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "a", "cluster": {"server": address}}],
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "users": [{"name": "a", "user": {}}],
            "current-context": "a",
        }
        Path("kubeconfig").write_text(json.dumps(config))
        ran = gen(*command.split())
    assert ran.status == 3
    assert f"what answers at {address} is not a Kubernetes API server" in ran.err + ran.out
