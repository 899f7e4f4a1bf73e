"""The peer: TensorFlow behind the official package, as a process of its own that the tests share."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cache/peer/bin/python"


@dataclass(frozen=True)
class Peer:
    """Where the peer listens, its images, and what TensorFlow computes for each case."""

    server: str
    url: str
    samples: Path
    cases: list[dict[str, Any]]


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """The peer, which serves every model of make_models.py."""
    if not PYTHON.exists():
        pytest.skip("TensorFlow is not set up; `make test-peer` does it")
    folder = tmp_path_factory.mktemp("peer")
    run("-m", "tests.peer.make_models", folder)
    command = [str(PYTHON), "-m", "tests.peer.server", str(folder / "models")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        cases = json.loads((folder / "cases.json").read_text())
        yield Peer(
            f"127.0.0.1:{ports['grpc']}", f"http://127.0.0.1:{ports['rest']}", folder / "samples", cases
        )
        process.stdin.close()
        process.wait(20)


def environment() -> dict[str, str]:
    return {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}


def start(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the Python that has TensorFlow."""
    command = [str(PYTHON), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)


def run(*arguments: object) -> str:
    """What it prints; it has to succeed."""
    done = start(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout
