"""`python -m bench.node [start changes hang forward client]`: what a node and `gen verify` take; needs root.

start    from nothing running to a verified model, the image in the registry
changes  a roll-out and a drain of each machine under load: requests sent and lost
hang     a server that is stopped: seconds until it is restarted, and what gen's client loses
forward  12,000 requests by a port-forward whose pod is killed
client   memory for a tensor of 128 MB, and REST beside a bare HTTP client; without a node
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import tools
from generator.serving import Client, DType, Model, Tensor, TensorSpec
from tests.node import image, requirements, running
from tests.node.deployed import Deployed, on_azure, pods, process
from tests.node.test_outages import TARGET, drain, lines, load, restarts, roll_out
from tests.serving.servers import FakeModel, grpc_server, http_server

ROUNDS = 15
SIGNATURE = ("--signature", "predict_images")


def say(what: str, figure: str) -> None:
    print(f"{what:60} {figure}", flush=True)


def node(wanted: list[str], folder: Path) -> None:
    """Everything that takes a node, on one."""
    sample = image.models() / "samples/image_0.jpg"
    began = time.perf_counter()
    with running.started() as cluster:
        azure = on_azure(cluster, running.cloned(folder / "project"), folder / "token.json")
        found = azure.gen("verify", "--env", "azure", "--wait", "10m", sample, *SIGNATURE)
        assert found.returncode == 0, found.stderr
        say("start of the node to verified", f"{time.perf_counter() - began:.0f} s")
        azure.roll_out()
        if "changes" in wanted:
            changes(azure, sample)
        if "hang" in wanted:
            hang(azure, lines(folder / "400.ndjson", sample, 400))
        if "forward" in wanted:
            forward(azure, lines(folder / "12000.ndjson", sample, 12_000))


def changes(azure: Deployed, sample: Path) -> None:
    for change in (roll_out, drain):
        outcome: dict[str, Any] = {}
        with load(azure, sample, outcome):
            change(azure)
        say(f"{change.__name__} under load", f"{len(outcome['lost'])} lost of {outcome['sent']:,}")


def hang(azure: Deployed, inputs: Path) -> None:
    """Stop a server, and ask on; each pod serves half of the new connections."""
    pod = pods(azure)[0]
    name, before = pod["metadata"]["name"], pod["status"]["containerStatuses"][0]["restartCount"]
    began = time.perf_counter()
    os.kill(process(pod), signal.SIGSTOP)
    found = azure.gen("verify", "--server", TARGET, "--model", "gan", *SIGNATURE, inputs, "--format", "json")
    answer = json.loads(found.stdout)
    say("requests of gen's client meanwhile", f"{len(answer['unanswered'])} lost of 400")
    while restarts(azure, name) == before:
        time.sleep(1)
    say("a server that was stopped is restarted", f"after {time.perf_counter() - began:.0f} s")
    azure.roll_out()


def forward(azure: Deployed, inputs: Path) -> None:
    soon = threading.Timer(10, lambda: os.kill(process(pods(azure)[0]), signal.SIGKILL))
    began = time.perf_counter()
    soon.start()
    options = ("--port-forward", "--parallel", "4", "--timeout", "30s", "--format", "json")
    found = azure.gen("verify", "--env", "azure", *SIGNATURE, inputs, *options)
    soon.join()
    answer = json.loads(found.stdout)
    counts = (
        f"{len(answer['answers']):,} answered, {len(answer['unanswered']):,} named, exit {found.returncode}"
    )
    say("12,000 requests by a port-forward, its pod killed", f"{counts}, {time.perf_counter() - began:.0f} s")


def memories(folder: Path) -> None:
    """What gen verify holds at most for a tensor that is sent, and for one that comes back as well."""
    floats = TensorSpec(DType.FLOAT, (-1,))
    for answer, compute in ANSWERS.items():
        with grpc_server(FakeModel({"x": floats}, {"y": floats}, compute), **UNBOUND) as server:
            for megabytes in (0, 128):
                file = folder / f"{megabytes}.npy"
                npy(file, megabytes << 18)
                line = [
                    str(tools.GEN),
                    "verify",
                    "--server",
                    server,
                    "--model",
                    "m",
                    "--timeout",
                    "2m",
                    str(file),
                ]
                say(f"memory, {megabytes} MB sent, {answer}", f"{memory(line)} MB")


def memory(line: list[str]) -> int:
    """The largest resident size of a command in MB, as the kernel counts it.

    A process of its own starts it: a child begins with the size of whoever forked it.
    """
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    counted = subprocess.run(
        [sys.executable, "-c", script, *line], check=True, capture_output=True, text=True
    )
    return int(counted.stdout) >> 10


ANSWERS = {
    "one number back": lambda inputs: {"y": Tensor.of([1.0], DType.FLOAT)},
    "as much back": lambda inputs: {"y": inputs["x"]},
}
UNBOUND = {"max_receive_message_length": -1, "max_send_message_length": -1}


def npy(file: Path, count: int) -> None:
    """An array of so many floats that are zero."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count},)}}".ljust(117) + "\n"
    file.write_bytes(
        b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(4 * count)
    )


def rest() -> None:
    """A million floats there and back: gen's client beside `json` and `http.client` by hand."""
    values = [number / 7 for number in range(1_000_000)]
    with http_server(echoed) as url, Client.rest(url, timeout=60) as ours:
        tensor = Tensor.of(values, DType.FLOAT)
        ratios = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            ours.predict(Model("m"), {"x": tensor})
            between = time.perf_counter()
            by_hand(url, values)
            ratios.append((between - began) / (time.perf_counter() - between))
    low, middle, high = statistics.quantiles(ratios)
    say("REST, a million floats, against json and http.client", f"{middle:.2f} ({low:.2f} to {high:.2f})")


def by_hand(url: str, values: list[float]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    body = json.dumps({"signature_name": "serving_default", "inputs": {"x": values}})
    connection.request("POST", "/v1/models/m:predict", body, {"content-type": "application/json"})
    assert len(json.loads(connection.getresponse().read())["outputs"]) == len(values)
    connection.close()


def echoed(method: str, path: str, body: bytes, headers: Any) -> tuple[int, str, bytes]:
    """A model that gives its input back, without a look at it."""
    if method == "POST":
        answer = body.replace(b'"inputs": {"x": [', b'"outputs": [').rstrip(b"}") + b"}"
        return 200, "application/json", answer
    spec = {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}]}}
    signature = {"inputs": {"x": spec}, "outputs": {"y": spec}, "method_name": "tensorflow/serving/predict"}
    definitions = {"signature_def": {"signature_def": {"serving_default": signature}}}
    return (
        200,
        "application/json",
        json.dumps({"model_spec": {"version": "1"}, "metadata": definitions}).encode(),
    )


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if "client" in wanted:
            memories(Path(folder))
            rest()
        if set(wanted) - {"client"}:
            if missing := requirements.missing():
                sys.exit(missing)
            node(wanted, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:] or ["start", "changes", "hang", "forward", "client"])
