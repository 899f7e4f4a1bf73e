"""Measures the verification client beside the official one, against the same peer server.

    make test-peer && .venv/bin/python bench/verify.py

Clients are processes of their own and take turns, so that a pair of rounds, ours and the official,
meets the same machine. Each sends its requests 16 at a time and reads every output into a numpy array.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OURS, OFFICIAL = ROOT / ".venv/bin/python", ROOT / ".cache/peer/bin/python"
AT_ONCE = 16
ROUNDS = 15
WORKLOADS = {"64 images": 640, "1,000 x 1,000 floats": 64}  # requests in each round


def ours(address: str, images: list[bytes], array: Any) -> dict[str, Callable[[int], Any]]:
    import numpy as np

    from generator.serving import Client, Model

    client = Client.grpc(address, timeout=60)

    def image(number: int) -> Any:
        inputs = {"images": [images[number % len(images)]]}
        scores = client.predict(Model("gan"), inputs, "predict_images").outputs["scores"]
        return np.frombuffer(scores.content, "<f4").reshape(scores.shape)

    def floats(number: int) -> Any:
        y = client.predict(Model("numeric"), {"x": array}).outputs["y"]
        return np.frombuffer(y.content, "<f4").reshape(y.shape)

    return dict(zip(WORKLOADS, (image, floats), strict=True))


def official(address: str, images: list[bytes], array: Any) -> dict[str, Callable[[int], Any]]:
    import grpc
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel(address, options))

    def predict(model: str, signature: str, name: str, value: Any, output: str) -> Any:
        request = predict_pb2.PredictRequest()
        request.model_spec.name = model
        request.model_spec.signature_name = signature
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        return tf.make_ndarray(stub.Predict(request, 60).outputs[output])

    def image(number: int) -> Any:
        return predict("gan", "predict_images", "images", [images[number % len(images)]], "scores")

    def floats(number: int) -> Any:
        return predict("numeric", "serving_default", "x", array, "y")

    return dict(zip(WORKLOADS, (image, floats), strict=True))


def load(which: str, address: str, samples: str, workload: str) -> None:
    """One client process: a round for each line it reads; prints requests a second and CPU seconds each."""
    import numpy as np

    array = np.random.default_rng(7).random((1000, 1000), np.float32)
    images = [path.read_bytes() for path in sorted(Path(samples).glob("*.jpg"))]
    call = {"ours": ours, "official": official}[which](address, images, array)[workload]
    count = WORKLOADS[workload]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in sys.stdin:
            start, cpu = time.perf_counter(), time.process_time()
            assert len(list(pool.map(lambda n: call(n).shape, range(count)))) == count
            print(count / (time.perf_counter() - start), (time.process_time() - cpu) / count, flush=True)


ENVIRONMENT = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "PATH": "/usr/bin:/bin"}


def run(python: Path, *arguments: str) -> str:
    done = subprocess.run([python, *arguments], check=True, capture_output=True, text=True, env=ENVIRONMENT)
    return done.stdout


def started(python: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=ENVIRONMENT,
    )


def throughput(address: str, samples: Path) -> None:
    for workload in WORKLOADS:
        with ExitStack() as stack:
            arguments = (address, str(samples), workload)
            clients = {
                which: stack.enter_context(started(python, __file__, "load", which, *arguments))
                for which, python in (("ours", OURS), ("official", OFFICIAL))
            }
            rounds = [
                {which: measured(clients[which]) for which in sorted(clients, reverse=bool(number % 2))}
                for number in range(ROUNDS + 1)
            ][1:]  # the first one warms up
            for client in clients.values():
                client.communicate()
        for which in clients:
            rate, cpu = (statistics.median(r[which][i] for r in rounds) for i in (0, 1))
            print(f"{workload}, {which}: {rate:.0f} requests a second, {cpu * 1000:.2f} ms of CPU each")
        for name, i in (("throughput, ours / official", 0), ("CPU, ours / official", 1)):
            ratios = [r["ours"][i] / r["official"][i] for r in rounds]
            low, middle, high = statistics.quantiles(ratios)
            print(f"{workload}, {name}: {middle:.2f} (quartiles {low:.2f} to {high:.2f}, {ROUNDS} pairs)")


def measured(client: subprocess.Popen[str]) -> tuple[float, float]:
    assert client.stdin is not None
    assert client.stdout is not None
    client.stdin.write("\n")
    client.stdin.flush()
    rate, cpu = client.stdout.readline().split()
    return float(rate), float(cpu)


def imports() -> None:
    programs = {
        "bare interpreter": (OURS, "pass"),
        "ours, gRPC": (OURS, "import generator.serving, generator.serving.grpc_transport"),
        "ours, REST": (OURS, "import generator.serving, generator.serving.rest_transport"),
        "official": (
            OFFICIAL,
            "import tensorflow; from tensorflow_serving.apis import prediction_service_pb2_grpc",
        ),
    }
    for name, (python, program) in programs.items():
        times = []
        for _ in range(7):
            start = time.perf_counter()
            run(python, "-c", program)
            times.append(time.perf_counter() - start)
        print(f"import, {name}: {statistics.median(times):.2f} s")


SIZE = """
import sys
from importlib.metadata import distributions
wanted = sys.argv[1:]
found = [d for d in distributions() if not wanted or d.name.lower().replace("_", "-") in wanted]
print(sum(p.stat().st_size for d in found for f in d.files or () if (p := f.locate()).is_file()))
"""


def sizes() -> None:
    extra = run(OURS, "-c", SIZE, "grpcio", "protobuf", "typing-extensions")
    print(f"installed, the extra `verify`: {int(extra) / 1e6:.0f} MB")
    print(f"installed, official: {int(run(OFFICIAL, '-c', SIZE)) / 1e6:.0f} MB")


def main() -> None:
    sizes()
    imports()
    with tempfile.TemporaryDirectory() as folder:
        run(OFFICIAL, "-m", "tests.peer.make_models", folder)
        with started(OFFICIAL, "-m", "tests.peer.server", f"{folder}/models") as server:
            assert server.stdout is not None
            address = f"127.0.0.1:{json.loads(server.stdout.readline())['grpc']}"
            throughput(address, Path(folder, "samples"))
            server.communicate()


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        load(*sys.argv[2:])
    else:
        main()
