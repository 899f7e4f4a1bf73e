"""What tests of `gen deploy` share: a place to work in, and the command itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.cluster import projects, proxy
from tests.cluster.kubectl import Kubectl
from tests.cluster.projects import Object
from tests.cluster.proxy import Proxy
from tests.conftest import Gen


@pytest.fixture
def here(kubectl: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    """The shared control plane, and an empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(kubectl.kubeconfig))
    return kubectl


@pytest.fixture
def proxied(here: Kubectl, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy in front of the shared control plane, which gen takes for the API server."""
    with proxy.running(here.kubeconfig) as running:
        monkeypatch.setenv("KUBECONFIG", str(running.kubeconfig))
        yield running


def render(gen: Gen, objects: Sequence[Object]) -> None:
    """Make these objects the environment dev of the project in the current folder."""
    projects.write(Path(), objects)
    ran = gen("render", "--env", "dev")
    assert ran.status == 0, ran.err


def deploy(gen: Gen, *options: str, status: int = 0) -> tuple[str, str]:
    """Deploy dev without a question and without waiting; standard output, and standard error."""
    ran = gen("deploy", "--env", "dev", "--yes", "--wait", "0s", "--no-verify", *options)
    assert ran.status == status, f"{ran.out}\n{ran.err}"
    return ran.out, ran.err
