"""`gen verify --official`: the same requests in the official package's messages, alone or compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import grpc
import pytest

from generator.serving import Client, DType, Model, Tensor, TensorSpec
from generator.serving.verdict import Check
from generator.serving.verification import Plan, Watch, verify
from tests.conftest import Gen
from tests.serving.conftest import ROOT, Peer, run, start
from tests.serving.servers import FakeModel, grpc_server, scores_model

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"


def constant(dtype: DType, *values: Any) -> FakeModel:
    """A model that gives the same values for whatever image."""
    return FakeModel(
        {"images": TensorSpec(DType.STRING, (-1,))},
        {"y": TensorSpec(dtype, (-1,))},
        lambda inputs: {"y": Tensor.of(list(values), dtype)},
    )


def asked(one: FakeModel, other: FakeModel, image: Path) -> list[Check]:
    """The checks of an image sent to two models that stand for one: a client for each."""
    with ExitStack() as stack:
        first, beside = (
            stack.enter_context(Client.grpc(stack.enter_context(grpc_server(model))))
            for model in (one, other)
        )
        found = verify(first, Plan(Model("m"), places=(str(image),)), Watch(), beside)
        return [check for check in found.checks if check.expected == "as the official client was answered"]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(JPEG)
    return path


NAN = float("nan")
ALIKE = {
    "floats": (constant(DType.FLOAT, 0.75, NAN, -0.0), constant(DType.FLOAT, 0.75, NAN, -0.0)),
    "doubles that are one float32": (
        constant(DType.DOUBLE, 0.1, 1e300),
        constant(DType.DOUBLE, 0.1 + 1e-12, 2e300),
    ),
    "text": (constant(DType.STRING, "a", "b"), constant(DType.STRING, "a", "b")),
}
UNLIKE = {
    "the last bit of a float": (
        constant(DType.FLOAT, 0.5, 0.75),
        constant(DType.FLOAT, 0.5, 0.75 + 2**-24),
        "y: 1 of 2 differ, first at 1: 0.75 for 0.7500000596046448",
    ),
    "the sign of a zero": (constant(DType.FLOAT, 0.0), constant(DType.FLOAT, -0.0), "0.0 for -0.0"),
    "a double": (constant(DType.DOUBLE, 0.1), constant(DType.DOUBLE, 0.1 + 1e-7), "1 of 1 differ"),
    "a whole number": (constant(DType.INT64, 2**53), constant(DType.INT64, 2**53 + 1), "1 of 1 differ"),
    "text": (constant(DType.STRING, "a"), constant(DType.STRING, "A"), "b'a' for b'A'"),
    "the shape": (constant(DType.FLOAT, 1), constant(DType.FLOAT, 1, 1), "y: float [1] for float [2]"),
    "the outputs": (constant(DType.FLOAT, 1), scores_model(), "y for scores"),
    "the version": (scores_model(), scores_model(states=[(2, 30, "")]), "version 1 for version 2"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_answers_that_are_alike(name: str, photo: Path) -> None:
    versions, signatures, answer = asked(*ALIKE[name], photo)
    assert (versions.holds, signatures.holds, answer.holds) == (True, True, True), answer.found


@pytest.mark.parametrize("name", UNLIKE)
def test_answers_that_differ(name: str, photo: Path) -> None:
    one, other, difference = UNLIKE[name]
    *_, answer = asked(one, other, photo)
    assert (answer.holds, answer.unknown) == (False, False)
    assert difference in answer.found
    assert [problem.rule for problem in answer.problems] == ["verify/disagree"]


def test_a_request_that_both_refuse_is_alike(photo: Path) -> None:
    def refuse(method: str, context: Any) -> None:
        if method == "Predict":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no image")

    *_, answer = asked(scores_model(before=refuse), scores_model(before=refuse), photo)
    assert answer.holds
    *_, answer = asked(scores_model(before=refuse), scores_model(), photo)
    assert answer.found == "verify/refused for an answer"


def test_without_the_extra_it_is_named(gen: Gen, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.delitem(sys.modules, "generator.serving.official", raising=False)
    with grpc_server(scores_model()) as server:
        found = gen("verify", "--server", server, "--model", "m", photo, "--official", "compare")
    assert (found.status, "error[install/extra]" in found.err) == (3, True)
    assert "pip install 'gen-manifests[official]'" in found.err
    assert not found.out


def test_it_does_not_speak_rest(gen: Gen, photo: Path) -> None:
    arguments = ("--rest", "http://127.0.0.1:1", "--model", "m", photo, "--official", "only")
    found = gen("verify", *arguments)
    assert (found.status, "error[verify/official]" in found.err) == (2, True)


@pytest.mark.peer
def test_the_official_client_gets_what_tensorflow_computes(peer: Peer) -> None:
    program = f"""
import json
from generator.serving import Client, Model
from tests.serving.servers import tensor
with Client.official({peer.server!r}) as client:
    for case in json.load(open({str(peer.samples.parent / "cases.json")!r})):
        inputs = {{name: tensor(plain) for name, plain in case["inputs"].items()}}
        found = client.predict(Model(case["model"]), inputs, case["signature"])
        assert found.version == case["version"]
        assert found.outputs == {{name: tensor(plain) for name, plain in case["outputs"].items()}}, case
        print(case["signature"])
"""
    assert run("-c", program).split() == [case["signature"] for case in peer.cases]


def inputs(peer: Peer, folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Models, signatures and a file to send: images, tensors of several types, examples."""
    (folder / "numeric.json").write_text("[[0.1, 2.5], [1e-8, 3e38]]")
    (folder / "multi.json").write_text('{"a": [[1, 2.5]], "b": [-3]}')
    (folder / "flowers.json").write_text('{"examples": [{"x": [0.5, 1.0]}, {"x": [2.0, 0.25]}]}')
    yield "gan", "predict_images", peer.samples  # with one that is cut off, which both refuse
    yield "numeric", "serving_default", folder / "numeric.json"
    yield "multi", "serving_default", folder / "multi.json"
    yield "flowers", "serving_default", folder / "flowers.json"
    yield "flowers", "regress", folder / "flowers.json"


def verified(*arguments: object) -> Any:
    """What the command says, as data, where the package is."""
    found = start("-m", "generator", "verify", *arguments, "--format", "json")
    assert "Traceback" not in found.stderr
    return json.loads(found.stdout)


@pytest.mark.peer
def test_both_clients_agree_on_real_models(peer: Peer, tmp_path: Path) -> None:
    for model, signature, file in inputs(peer, tmp_path):
        arguments = ("--server", peer.server, "--model", model, "--signature", signature, file)
        compared = verified(*arguments, "--official", "compare")
        alike = [check for check in compared["checks"] if check["found"] == "alike"]
        assert len(alike) == 2 + len(compared["answers"]) > 2, compared["checks"]
        assert compared["official"].startswith("tensorflow-serving-api 2.")


@pytest.mark.peer
def test_the_official_client_alone_is_judged_as_gens_own_is(peer: Peer, gen: Gen) -> None:
    command = ("--server", peer.server, "--model", "gan", peer.samples)
    only = verified(*command, "--official", "only")
    own = json.loads(gen("verify", *command, "--format", "json").out)
    for answer in (*only["answers"], *own["answers"]):
        del answer["seconds"]
    assert (only["answers"], only["checks"]) == (own["answers"], own["checks"])


def drifting() -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    """A model that never computes the same twice."""
    numbers = count()
    return lambda inputs: {"scores": Tensor.of([[next(numbers)] * 10], DType.FLOAT)}


@pytest.mark.peer
def test_a_model_that_drifts_fails_the_comparison(peer: Peer, photo: Path) -> None:
    model = scores_model()
    model.compute = drifting()
    with grpc_server(model) as server:
        arguments = ("--server", server, "--model", "m", photo, "--official", "compare")
        found = start("-m", "generator", "verify", *arguments)
    assert found.returncode == 1
    assert f"{photo}: gen's client and the official one got different answers" in found.stderr
    assert "scores: 10 of 10 differ, first at 0: 0.0 for 1.0" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.peer
def test_nothing_of_tensorflow_is_loaded_for_gens_own_client(peer: Peer) -> None:
    program = f"""
import sys
from generator.serving import Client, Model
with Client.grpc({peer.server!r}) as client:
    client.predict(Model("numeric"), {{"x": [[1.0]]}})
print(sorted(name for name in sys.modules if name.startswith(("tensorflow", "numpy"))))
"""
    assert run("-c", program) == "[]\n"


def test_the_lock_of_the_peer_is_that_of_the_extra() -> None:
    """constraints.txt has no TensorFlow, and what both locks have is of one version."""

    def pins(name: str) -> dict[str, str]:
        lines = (ROOT / name).read_text().splitlines()
        found = (line.split()[0].partition("==") for line in lines if "==" in line and line[0] not in " #")
        return {package: version for package, _, version in found}

    own, peer = pins("constraints.txt"), pins("tests/peer/requirements.txt")
    assert "tensorflow" in peer
    assert not {"tensorflow", "tensorflow-serving-api", "keras"} & own.keys()
    assert {"typer", "jinja2", "grpcio", "protobuf"} <= peer.keys()
