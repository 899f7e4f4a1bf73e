"""The client and the command against real TensorFlow, served by the official package (`make test-peer`)."""

from __future__ import annotations

import json
import math
import re
import shlex
from pathlib import Path

import pytest

from generator.serving import Client, DType, Model, ServingError, State, Tensor
from tests.conftest import Gen
from tests.serving.conftest import ROOT, Peer, run
from tests.serving.servers import tensor

pytestmark = pytest.mark.peer


def client(peer: Peer, protocol: str) -> Client:
    if protocol == "grpc":
        return Client.grpc(peer.server)
    return Client.rest(peer.url, by_rows=protocol == "rows")


PROTOCOLS = ["grpc", "columns", "rows"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_type_equals_what_tensorflow_computes(peer: Peer, protocol: str) -> None:
    compared = 0
    with client(peer, protocol) as asked:
        for case in peer.cases:
            inputs = {name: tensor(plain) for name, plain in case["inputs"].items()}
            if protocol != "grpc" and not all(_json_holds(value, protocol) for value in inputs.values()):
                continue
            found = asked.predict(Model(case["model"]), inputs, case["signature"])
            expected = {name: tensor(plain) for name, plain in case["outputs"].items()}
            assert found.outputs == expected, case["signature"]
            assert found.version == (case["version"] if protocol == "grpc" else None)
            compared += 1
    assert compared == {"grpc": 45, "columns": 30, "rows": 16}[protocol]


def _json_holds(value: Tensor, protocol: str) -> bool:
    """JSON loses an empty tensor's shape, the answer of `echo` bytes that are no text, and rows a scalar."""
    text = value.dtype is not DType.STRING or value.shape != (2, 2)
    return value.size > 0 and text and (bool(value.shape) or protocol == "columns")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_versions_labels_and_states(peer: Peer, protocol: str) -> None:
    with client(peer, protocol) as asked:
        assert [v.state for v in asked.versions(Model("flowers"))] == [State.AVAILABLE, State.AVAILABLE]
        assert asked.metadata(Model("flowers", label="stable")).version == 1
        assert asked.metadata(Model("flowers")).version == 2
        (broken,) = asked.versions(Model("broken"))
        assert (broken.state, "Wire format" in broken.error) == (State.END, True)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_classify_and_regress(peer: Peer, protocol: str) -> None:
    first, second = Model("flowers", version=1), Model("flowers", label="canary")
    with client(peer, protocol) as asked:
        (scored,) = asked.classify(first, [{"x": [0.5, 1.0]}])
        assert [s.label for s in scored] == ["iris", "rose", "tulip"]
        exponents = [math.exp(x) for x in (0.5, 1.0, 0.5)]
        expected = [e / sum(exponents) for e in exponents]
        assert [s.score for s in scored] == pytest.approx(expected, rel=1e-6)
        examples = [{"x": [0.5, 1.0]}, {"x": [2.0, 0.25]}]
        assert asked.regress(first, examples, "regress") == [1.5, 2.25]
        assert asked.regress(second, examples, "regress") == [3.0, 3.75]


WRONG = [
    (Model("none"), "predict_images", "NOT_FOUND"),
    (Model("gan", version=9), "predict_images", "NOT_FOUND"),
    (Model("gan", label="none"), "predict_images", "INVALID_ARGUMENT"),
]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("model", "signature", "code"), WRONG)
def test_refusals(peer: Peer, protocol: str, model: Model, signature: str, code: str) -> None:
    with client(peer, protocol) as asked, pytest.raises(ServingError) as error:
        asked.predict(model, {"images": [b""]}, signature)
    assert error.value.code.name == code


@pytest.mark.parametrize("option", ["--server", "--rest"])
def test_the_tutorials_command(peer: Peer, gen: Gen, option: str) -> None:
    address = peer.server if option == "--server" else peer.url
    photo = peer.samples / "image_0.jpg"
    found = gen(
        "verify",
        option,
        address,
        "--model",
        "gan",
        "--signature",
        "predict_images",
        photo,
        "--format",
        "json",
    )
    assert found.status == 0, found.err
    scores = json.loads(found.out)["answers"][0]["outputs"]["scores"]
    case = next(case for case in peer.cases if case["model"] == "gan")
    assert scores["shape"] == [1, 10]
    assert scores["values"] == tensor(case["outputs"]["scores"]).tolist()


def test_a_truncated_image_beside_good_ones(peer: Peer, gen: Gen) -> None:
    found = gen("verify", "--server", peer.server, "--model", "gan", peer.samples)
    assert found.status == 1
    assert "truncated.jpeg stops before the image's end" in found.err
    assert "3 of 4 expectations hold" in found.out


def test_images_in_one_request(peer: Peer, gen: Gen) -> None:
    found = gen(
        "verify", "--server", peer.server, "--model", "gan", peer.samples / "image_*.jpg", "--batch", 3
    )
    assert (found.status, found.out.count("scores of")) == (0, 3), found.err


def test_a_file_that_is_no_image(peer: Peer, gen: Gen, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image at all")
    found = gen("verify", "--server", peer.server, "--model", "gan", tmp_path / "notes.txt")
    assert (found.status, "error[verify/refused]" in found.err) == (1, True)
    assert "Unknown image file format" in found.err


def test_a_model_that_could_not_be_loaded(peer: Peer, gen: Gen) -> None:
    found = gen("verify", "--server", peer.server, "--model", "broken", "--wait", "1m")
    assert (found.status, "error[verify/load-failed]" in found.err) == (1, True)


def test_the_official_package_may_live_beside_it(peer: Peer) -> None:
    program = f"""
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2
from generator.serving import Client, Model
with Client.grpc({peer.server!r}) as client:
    print(client.predict(Model("numeric"), {{"x": [[1.0, 2.0]]}}).outputs["y"].tolist())
"""
    assert run("-c", program) == "[[3.0, 5.0]]\n"


BLOCK = re.compile(r"(?<=against the peer\n)\$ gen (?P<command>[^\n]*)\n(?P<told>.*?)(?=```)", re.DOTALL)


def test_the_page_shows_real_scores(
    peer: Peer, gen: Gen, monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    """What it shows is what the peer answers, but for the times."""
    monkeypatch.chdir(peer.samples.parent)
    addresses = {"localhost:8500": peer.server, "http://localhost:8501": peer.url}

    def again(match: re.Match[str]) -> str:
        arguments = [addresses.get(word, word) for word in shlex.split(match["command"])]
        found = gen(*arguments)
        told = found.out + found.err
        for shown, real in addresses.items():
            told = told.replace(real, shown)
        return f"$ gen {match['command']}\n{told.rstrip()}\n"

    document = ROOT / "docs/reference/verify.md"
    page = document.read_text()
    now, count = BLOCK.subn(again, page)
    if update:
        document.write_text(now)
    assert count > 0
    assert _timeless(now) == _timeless(page) or update


def _timeless(text: str) -> str:
    """Without times, and without the number that TensorFlow gives a function when it loads one."""
    return re.sub(r"[0-9.]+( ms| s,| a second)|_pruned_[0-9]+", r"…\1", text)
