"""Fixtures for tests in any folder: programs, and control planes to use them on."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import control_plane, keeper, programs
from tests.cluster.kubectl import Kubectl


def announce(config: pytest.Config, text: str) -> None:
    """Tell whoever waits, though pytest captures what tests print."""
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stderr.write(f"\n{text}\n")


@pytest.fixture(scope="session")
def program(pytestconfig: pytest.Config) -> Callable[[str], Path]:
    """Find or build one of `cluster.programs.PROGRAMS` by name.

    Where it cannot be had the test is left out and says why; with GEN_REQUIRE_CLUSTER set it fails instead.
    """

    def obtain(name: str) -> Path:
        try:
            return programs.obtain(programs.PROGRAMS[name], lambda text: announce(pytestconfig, text))
        except programs.Unavailable as error:
            leave_out = pytest.fail if os.environ.get("GEN_REQUIRE_CLUSTER") else pytest.skip
            leave_out(str(error))

    return obtain


@pytest.fixture(scope="session")
def user_kubectl(program: Callable[[str], Path]) -> Path:
    """The kubectl a user has, or the one that belongs to the control plane."""
    return Path(shutil.which("kubectl") or program("kubectl"))


@pytest.fixture(scope="session")
def local_kubectl(request: pytest.FixtureRequest) -> str:
    """A kubectl for tests that need no cluster: the user's, or a built one where nothing may be skipped."""
    if path := shutil.which("kubectl"):
        return path
    if not os.environ.get("GEN_REQUIRE_ALL"):
        pytest.skip("kubectl is not installed")
    return str(request.getfixturevalue("user_kubectl"))


@pytest.fixture(scope="session")
def can_run_clusters(program: Callable[[str], Path]) -> None:
    """Everything a control plane needs is here."""
    for name in control_plane.PROGRAMS:
        program(name)


@pytest.fixture(scope="session")
def kubectl(can_run_clusters: None, user_kubectl: Path) -> Iterator[Kubectl]:
    """kubectl against a control plane that all tests share: use a namespace of your own."""
    with keeper.running() as kubeconfig:
        yield Kubectl(user_kubectl, kubeconfig)


@pytest.fixture
def namespace(kubectl: Kubectl) -> Iterator[str]:
    """A new namespace of the shared control plane; its pods make room for those of other tests."""
    name = f"test-{secrets.token_hex(4)}"
    kubectl.must("create", "namespace", name)
    yield name
    kubectl.must("delete", "namespace", name, "--wait=false")


@pytest.fixture
def empty_cluster(can_run_clusters: None, user_kubectl: Path) -> Iterator[Kubectl]:
    """kubectl against a control plane that nobody has used."""
    with keeper.running() as kubeconfig:
        yield Kubectl(user_kubectl, kubeconfig)
