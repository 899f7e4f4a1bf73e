"""Rollouts, drains and failures under load: what clients notice of them."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import programs
from tests.node.deployed import ADDRESS, Deployed, pods, process

pytestmark = pytest.mark.node
TARGET = f"{ADDRESS}:9000"
ENOUGH = 2000  # requests
PATIENCE = 300  # seconds for what the machines do by themselves


@contextmanager
def load(deployed: Deployed, image: Path, outcome: dict[str, Any]) -> Iterator[None]:
    """Requests to the load balancer during the block, and until there were enough; fills in the outcome."""
    command = [*deployed.node.enter, sys.executable, "-m", "tests.node.load", TARGET, str(image)]
    sending = subprocess.Popen(
        command, cwd=programs.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert sending.stdin is not None
    assert sending.stdout is not None
    counts = iter(sending.stdout)
    try:
        next(counts)
        yield
        while int(next(counts)) < ENOUGH:
            pass
        sending.stdin.close()
        *_, last = counts
        outcome.update(json.loads(last))
    finally:
        sending.kill()
        sending.wait()
        sending.stdin.close()
        sending.stdout.close()


def roll_out(azure: Deployed) -> None:
    azure.change("values/base.yaml", {'tag: "1.0.0"': 'tag: "1.1.0"'})
    azure.apply()
    azure.roll_out()


def drain(azure: Deployed) -> None:
    """Each machine in turn, as docs/how-to/deployment.md says it."""
    for machine in ("machine-1", "machine-2"):
        options = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=10m")
        drained = azure.node.kubectl("drain", machine, *options)
        assert drained.returncode == 0, drained.stderr
        azure.node.kubectl.must("uncordon", machine)
        azure.roll_out()


@pytest.mark.parametrize("change", [roll_out, drain])
def test_no_request_is_lost(azure: Deployed, models: Path, change: Callable[[Deployed], None]) -> None:
    outcome: dict[str, Any] = {}
    with load(azure, models / "samples/image_0.jpg", outcome):
        change(azure)
    assert outcome["lost"] == []
    assert outcome["sent"] >= ENOUGH


def restarts(azure: Deployed, name: str) -> int:
    (found,) = [pod for pod in pods(azure) if pod["metadata"]["name"] == name]
    count: int = found["status"]["containerStatuses"][0]["restartCount"]
    return count


def lines(path: Path, image: Path, count: int) -> Path:
    """So many instances, one a line."""
    line = json.dumps({"b64": base64.b64encode(image.read_bytes()).decode()}) + "\n"
    path.write_text(line * count)
    return path


def test_a_server_that_hangs_is_restarted_and_clients_go_around_it(
    azure: Deployed, models: Path, tmp_path: Path
) -> None:
    pod = pods(azure)[0]
    name, before = pod["metadata"]["name"], pod["status"]["containerStatuses"][0]["restartCount"]
    os.kill(process(pod), signal.SIGSTOP)
    inputs = lines(tmp_path / "many.ndjson", models / "samples/image_0.jpg", 400)
    command = ("verify", "--server", TARGET, "--model", "gan", "--signature", "predict_images", inputs)
    found = azure.gen(*command, "--format", "json")
    answer = json.loads(found.stdout)
    assert "answers" in answer, found.stdout[-2000:]
    assert len(answer["unanswered"]) <= 4
    assert len(answer["answers"]) + len(answer["unanswered"]) == 400
    deadline = time.monotonic() + PATIENCE
    while restarts(azure, name) == before:
        assert time.monotonic() < deadline
        time.sleep(1)
    azure.roll_out()


def test_a_port_forward_survives_its_pod(azure: Deployed, models: Path, tmp_path: Path) -> None:
    inputs = lines(tmp_path / "many.ndjson", models / "samples/image_0.jpg", 3000)
    options = ("--signature", "predict_images", "--parallel", "4", "--timeout", "30s", "--format", "json")

    def kill() -> None:
        for pod in pods(azure)[:1]:  # the first by name is the one that is asked
            os.kill(process(pod), signal.SIGKILL)

    soon = threading.Timer(6, kill)
    soon.start()
    found = azure.gen("verify", "--env", "azure", "--port-forward", inputs, *options)
    soon.join()
    assert "Traceback" not in found.stderr
    answer = json.loads(found.stdout)
    assert len(answer["answers"]) + len(answer["unanswered"]) == 3000
    assert found.returncode == (3 if answer["unanswered"] else 0), found.stderr
    assert not answer["unanswered"]
    azure.roll_out()
