"""What can go wrong between here and the model: always one clear sentence, never a traceback."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest

from generator.serving import Client, DType, Model, Security, Tensor
from generator.serving.grpc_transport import GrpcTransport
from tests.conftest import Gen
from tests.serving.servers import (
    Leaving,
    Relay,
    free_port,
    grpc_server,
    http_server,
    scores_model,
    tcp_server,
)

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(JPEG)
    return path


@pytest.mark.parametrize("option", ["--server", "--rest"])
def test_connection_refused(gen: Gen, photo: Path, option: str) -> None:
    target = f"127.0.0.1:{free_port()}"
    found = gen(
        "verify", option, target if option == "--server" else f"http://{target}", "--model", "m", photo
    )
    assert found.status == 3
    assert "error[verify/unreachable]" in found.err
    assert "refused" in found.err
    assert "check host and port" in found.err


@pytest.mark.parametrize("option", ["--server", "--rest"])
def test_a_server_that_hangs(gen: Gen, photo: Path, option: str) -> None:
    with tcp_server(lambda connection: None) as target:
        server = target if option == "--server" else f"http://{target}"
        found = gen("verify", option, server, "--model", "m", photo, "--timeout", "500ms")
    assert (found.status, "error[verify/deadline]" in found.err) == (3, True), found.err
    assert "did not answer within 0.5 s" in found.err


def test_a_model_that_hangs(gen: Gen, photo: Path) -> None:
    over = threading.Event()

    def before(method: str, context: Any) -> None:
        if method == "Predict":
            over.wait(60)

    with grpc_server(scores_model(before=before)) as server:
        found = gen("verify", "--server", server, "--model", "m", photo, "--timeout", "2s")
        over.set()
    assert (found.status, "prediction of model m" in found.err) == (3, True), found.err


def test_a_connection_that_hangs_is_given_up_for_another_one() -> None:
    """As when a process is stopped: the kernel keeps its connections, and nobody answers on them."""
    with grpc_server(scores_model()) as server, Relay(server) as relay, Client.grpc(relay.address) as client:
        client.predict(Model("m"), {"images": [JPEG]})
        relay.freeze()
        found = client.predict(Model("m"), {"images": [JPEG]})
    assert found.outputs["scores"].shape == (1, 10)


def test_a_request_that_a_server_never_began_goes_to_another_connection() -> None:
    """Without a try of the client's own, which would take any lost connection for one that lost nothing."""
    model = scores_model()
    with grpc_server(model) as server, Leaving(server) as leaving:
        transport = GrpcTransport(leaving.address, Security())
        assert [version.number for version in transport.versions(Model("m"), 10.0)] == [1]
        transport.close()
    assert model.calls == ["GetModelStatus"]


def test_what_was_answered_is_kept_when_the_server_goes(gen: Gen, tmp_path: Path) -> None:
    model = scores_model()

    def before(method: str, context: Any) -> None:
        if model.calls.count("Predict") > 3:
            context.abort(grpc.StatusCode.UNAVAILABLE, "going away")

    model.before = before
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG)
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path, "--timeout", "1s")
    assert found.status == 3, found.err
    assert "1.jpg: scores: only finite numbers" in found.out
    assert "error[verify/unanswered]: 7 of 9 requests got no answer" in found.err
    assert "2.jpg, " in found.err
    assert "going away" in found.err


def test_an_expectation_that_fails_outweighs_requests_without_an_answer(gen: Gen, tmp_path: Path) -> None:
    model = scores_model()

    def before(method: str, context: Any) -> None:
        if model.calls.count("Predict") > 2:
            context.abort(grpc.StatusCode.UNAVAILABLE, "going away")

    model.before = before
    (tmp_path / "expect.yaml").write_text("outputs: {scores: {argmax: 1}}\n")
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG)
    inputs = (tmp_path / "0.jpg", tmp_path / "1.jpg", "--expect", tmp_path / "expect.yaml", "--timeout", "1s")
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", *inputs)
    assert found.status == 1, found.err
    assert "error[verify/unanswered]: 1 of 2" in found.err


def test_a_server_that_dies_in_the_middle_of_a_call(gen: Gen, photo: Path) -> None:
    def half(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
        connection.close()

    with tcp_server(half) as target:
        found = gen("verify", "--rest", f"http://{target}", "--model", "m", photo)
    assert (found.status, "error[verify/unreachable]" in found.err) == (3, True), found.err
    assert "IncompleteRead" in found.err


def test_unavailable_and_then_fine(gen: Gen, photo: Path) -> None:
    model = scores_model()

    def before(method: str, context: Any) -> None:
        if model.calls.count("Predict") in (1, 2) and method == "Predict":
            context.abort(grpc.StatusCode.UNAVAILABLE, "the queue is full")

    model.before = before
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", photo)
    assert (found.status, model.calls.count("Predict")) == (0, 3)


def test_unavailable_for_good(gen: Gen, photo: Path) -> None:
    model = scores_model()
    model.before = lambda method, context: context.abort(grpc.StatusCode.UNAVAILABLE, "going away")
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", photo)
    assert (found.status, len(model.calls)) == (3, 4)
    assert "going away" in found.err


def test_a_message_over_the_size_limit(gen: Gen, tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(JPEG[:-2] + bytes(5000) + JPEG[-2:])
    with grpc_server(scores_model(), max_receive_message_length=1000) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path / "large.jpg")
    assert (found.status, "error[verify/too-large]" in found.err) == (3, True), found.err
    assert "--batch" in found.err


CODES = {
    "INVALID_ARGUMENT": ("refused", 1),
    "FAILED_PRECONDITION": ("refused", 1),
    "INTERNAL": ("failed", 1),
    "RESOURCE_EXHAUSTED": ("busy", 3),
    "UNAUTHENTICATED": ("denied", 3),
    "UNIMPLEMENTED": ("not-serving", 3),
}


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_says_what_to_change(gen: Gen, photo: Path, code: str) -> None:
    rule, status = CODES[code]

    def before(method: str, context: Any) -> None:
        if method == "Predict":
            context.abort(getattr(grpc.StatusCode, code), "the server's own words")

    with grpc_server(scores_model(before=before)) as server:
        found = gen("verify", "--server", server, "--model", "m", photo)
    assert found.status == status
    assert f"error[verify/{rule}]" in found.err
    assert "the server's own words" in found.err
    assert "= help:" in found.err


def test_a_truncated_image_is_named_when_the_model_refuses_it(gen: Gen, tmp_path: Path) -> None:
    def before(method: str, context: Any) -> None:
        if method == "Predict":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Invalid JPEG data")

    (tmp_path / "cut.jpg").write_bytes(JPEG[:-4])
    (tmp_path / "whole.jpg").write_bytes(JPEG)
    with grpc_server(scores_model(before=before)) as server:
        cut = gen("verify", "--server", server, "--model", "m", tmp_path / "cut.jpg")
        whole = gen("verify", "--server", server, "--model", "m", tmp_path / "whole.jpg")
    assert "cut.jpg stops before the image's end" in cut.err
    assert "verify/truncated-image" not in whole.err


REST = {
    "no JSON": (200, "text/plain", b"OK", "verify/not-serving", "OK"),
    "other JSON": (200, "application/json", b'{"status": "up"}', "verify/not-serving", "expected fields"),
    "a proxy's page": (404, "text/html", b"<h1>Not Found</h1>", "verify/not-serving", "<h1>Not Found</h1>"),
    "a proxy's error": (503, "text/html", b"<h1>Down</h1>", "verify/unreachable", "HTTP 503"),
    "a gateway": (401, "application/json", b'{"error": "who?"}', "verify/denied", "who?"),
    "no such model": (
        404,
        "application/json",
        b'{"error": "no versions"}',
        "verify/not-found",
        "no versions",
    ),
    "nothing": (500, "text/plain", b"", "verify/not-serving", "an empty answer"),
}


@pytest.mark.parametrize("name", REST)
def test_answers_of_other_servers_over_rest(gen: Gen, photo: Path, name: str) -> None:
    status, kind, body, rule, told = REST[name]
    with http_server(lambda *request: (status, kind, body)) as url:
        found = gen("verify", "--rest", url, "--model", "m", photo)
    assert f"error[{rule}]" in found.err, found.err
    assert told in found.err
    assert found.status == (1 if rule == "verify/not-found" else 3)


def test_a_web_server_in_place_of_grpc(gen: Gen, photo: Path) -> None:
    with http_server(lambda *request: (404, "text/html", b"no")) as url:
        found = gen(
            "verify", "--server", url.removeprefix("http://"), "--model", "m", photo, "--timeout", "1s"
        )
    assert found.status == 3
    assert "--rest" in found.err or "check host and port" in found.err


def test_an_empty_folder(gen: Gen, tmp_path: Path) -> None:
    with grpc_server(scores_model()) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path)
    assert (found.status, "matches no file" in found.err) == (2, True)


FILES = {
    "empty.jpg": (b"", "is empty"),
    "half.json": (b'{"images": [', "is not JSON"),
    "bytes.json": (b'[{"b64": "!"}]', "bad base64"),
    "ragged.json": (b'[["a"], ["b", "c"]]', "differ in length"),
    "number.json": (b"[1]", "1 is not a string"),
    "deep.json": (b'[["a"]]', "the shape [1, 1]"),
    "names.json": (b'{"pictures": ["a"]}', "takes images, but was given pictures"),
    "cut.npy": (b"\x93NUMPY\x01\x00", "cannot be read as .npy"),
    "cut.npz": (b"PK\x03\x04", "is not an .npz file"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_cannot_be_sent(gen: Gen, tmp_path: Path, name: str) -> None:
    content, told = FILES[name]
    (tmp_path / name).write_bytes(content)
    with grpc_server(scores_model()) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path / name)
    assert (found.status, "error[verify/input]" in found.err) == (2, True), found.err
    assert told in found.err


def test_an_answer_that_would_fill_the_memory(gen: Gen, photo: Path) -> None:
    model = scores_model()
    model.compute = lambda inputs: {"scores": Tensor(DType.FLOAT, (1 << 40,), b"")}
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", photo)
    assert (found.status, "in a few bytes" in found.err) == (3, True), found.err
