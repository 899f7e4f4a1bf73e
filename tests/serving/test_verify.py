"""`gen verify` from the command line, against a server whose model the test decides."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from generator.serving import DType, Tensor, TensorSpec
from tests.conftest import Gen
from tests.serving.servers import FakeModel, grpc_server, scores_model

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(JPEG)
    return path


@pytest.fixture
def server() -> Iterator[str]:
    with grpc_server(scores_model()) as address:
        yield address


def doubling(**changes: Any) -> FakeModel:
    """A numeric model: y is twice x, of any number of columns."""
    spec = TensorSpec(DType.FLOAT, (-1, -1))
    return FakeModel(
        {"x": spec},
        {"y": spec},
        lambda inputs: {
            "y": Tensor(
                DType.FLOAT, inputs["x"].shape, DType.FLOAT.pack([2 * v for v in inputs["x"].values()])
            )
        },
        **changes,
    )


def test_a_photo_needs_nothing_but_the_server_and_the_model(gen: Gen, server: str, photo: Path) -> None:
    found = gen("verify", "--server", server, "--model", "m", photo)
    assert found.status == 0, found.err
    assert "version 1 AVAILABLE" in found.out
    assert "takes images: string [-1]" in found.out
    assert "scores: [4] 0.7500, [5] 0.2500, [0] 0.0000" in found.out


def test_labels_name_the_scores(gen: Gen, server: str, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("\n".join("zero one two three four five".split()))
    found = gen(
        "verify", "--server", server, "--model", "m", photo, "--labels", tmp_path / "labels.txt", "--top", 2
    )
    assert "scores: four 0.7500, five 0.2500\n" in found.out


def test_json_holds_everything(gen: Gen, server: str, photo: Path) -> None:
    found = json.loads(gen("verify", "--server", server, "--model", "m", photo, "--format", "json").out)
    assert found["versions"] == [{"version": 1, "state": "AVAILABLE", "error": ""}]
    assert found["answers"][0]["outputs"]["scores"]["values"][0][4] == 0.75
    assert found["holds"] is True


def test_a_record_is_the_same_for_the_same_answers(
    gen: Gen, server: str, photo: Path, tmp_path: Path
) -> None:
    records = tmp_path / "first.json", tmp_path / "second.json"
    for record in records:
        found = gen("verify", "--server", server, "--model", "m", photo, "--record", record)
        assert found.status == 0, found.err
    first, second = (record.read_text() for record in records)
    assert first == second
    kept = json.loads(first)
    assert (kept["model"], kept["version"], kept["holds"]) == ("m", 1, True)
    assert kept["answers"][0]["outputs"]["scores"]["values"][0][4] == 0.75
    nowhere = gen("verify", "--server", server, "--model", "m", photo, "--record", tmp_path / "no/x.json")
    assert (nowhere.status, "cannot write to" in nowhere.err) == (3, True), nowhere.err


def test_without_inputs_the_signatures_are_shown(gen: Gen, server: str) -> None:
    found = gen("verify", "--server", server, "--model", "m")
    assert (found.status, "gives scores: float [-1, 10]" in found.out) == (0, True)


def test_a_folder_in_batches_names_each_image(gen: Gen, tmp_path: Path) -> None:
    for i in range(5):
        (tmp_path / f"{i}.jpg").write_bytes(JPEG)
    model = scores_model()
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path, "--batch", 2, "--parallel", 2)
    assert found.status == 0, found.err
    assert model.calls.count("Predict") == 4  # three batches, and the first once more to warm up
    assert f"scores of {tmp_path / '3.jpg'}: [4]" in found.out
    assert "3 requests in" in found.out
    assert "p95" in found.out


NUMERIC = {
    "whole.json": '{"inputs": {"x": [[1, 2], [3, 4]]}}',
    "rows.json": '{"instances": [{"x": [1, 2]}, {"x": [3, 4]}]}',
    "named.json": '{"x": [[1, 2], [3, 4]]}',
    "bare.json": "[[1, 2], [3, 4]]",
}


@pytest.mark.parametrize("name", NUMERIC)
def test_json_in_every_form(gen: Gen, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(NUMERIC[name])
    with grpc_server(doubling()) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path / name, "--format", "json")
    assert json.loads(found.out)["answers"][0]["outputs"]["y"]["values"] == [[2, 4], [6, 8]]


def test_lines_are_gathered_into_batches(gen: Gen) -> None:
    lines = '[1, 2]\n\n{"x": [3, 4]}\n[5, 6]\n'
    with grpc_server(doubling()) as server:
        found = gen(
            "verify", "--server", server, "--model", "m", "-", "--batch", 2, "--format", "json", stdin=lines
        )
    answers = json.loads(found.out)["answers"]
    assert [a["outputs"]["y"]["values"] for a in answers] == [[[2, 4], [6, 8]], [[10, 12]]]


def test_numbers_that_json_lacks_fail_by_default(gen: Gen, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[[1, NaN, Infinity]]")
    with grpc_server(doubling()) as server:
        found = gen("verify", "--server", server, "--model", "m", tmp_path / "x.json", "--format", "json")
    told = json.loads(found.out)
    assert told["answers"][0]["outputs"]["y"]["values"] == [[2, "NaN", "Infinity"]]
    assert (found.status, told["diagnostics"][0]["rule"]) == (1, "verify/expectation")


EXPECTED = {
    "argmax": "outputs: {scores: {argmax: 4}}",
    "shape": "outputs: {scores: {shape: [-1, 10]}}",
    "equals": "outputs: {scores: {equals: [[0, 0, 0, 0, 0.7500001, 0.25, 0, 0, 0, 0]]}}",
    "version": "minimumVersion: 1",
    "latency": "latency: 10s",
}
UNMET = {
    "argmax": ("outputs: {scores: {argmax: 5}}", "argmax 4"),
    "shape": ("outputs: {scores: {shape: [2, 10]}}", "shape [1, 10]"),
    "equals": (
        "outputs: {scores: {equals: [[0, 0, 0, 0, 0.7, 0.3, 0, 0, 0, 0]]}}",
        "2 of 10 differ",
    ),
    "tolerance": ("outputs: {scores: {equals: [[0]], tolerance: 0.1}}", "shape [1, 10]"),
    "output": ("outputs: {score: {argmax: 4}}", "scores"),
    "version": ("minimumVersion: 2", "version 1"),
    "latency": ("latency: 0.0001ms", "s"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_expectations_that_hold(gen: Gen, server: str, photo: Path, name: str) -> None:
    (photo.parent / "expect.yaml").write_text(f"inputs: [{{file: photo.jpg}}]\n{EXPECTED[name]}\n")
    found = gen("verify", "--server", server, "--model", "m", "--expect", photo.parent / "expect.yaml")
    assert found.status == 0, found.err


@pytest.mark.parametrize("name", UNMET)
def test_expectations_that_do_not_hold(gen: Gen, server: str, photo: Path, name: str) -> None:
    expectation, reason = UNMET[name]
    (photo.parent / "expect.yaml").write_text(f"inputs: [{{file: photo.jpg}}]\n{expectation}\n")
    found = gen("verify", "--server", server, "--model", "m", "--expect", photo.parent / "expect.yaml")
    assert found.status == 1
    assert "error[verify/expectation]" in found.err
    assert reason in found.err


def test_a_mistake_in_the_expectations_is_shown_in_its_place(gen: Gen, server: str, tmp_path: Path) -> None:
    (tmp_path / "expect.yaml").write_text("outputs:\n  scores: {argmx: 4}\n")
    found = gen("verify", "--server", server, "--model", "m", "--expect", tmp_path / "expect.yaml")
    assert found.status == 1
    assert "expect.yaml:2:12" in found.err
    assert "did you mean `argmax`?" in found.err


def test_it_waits_until_the_model_is_available(gen: Gen, photo: Path) -> None:
    model = scores_model(states=[(1, 20, "")])

    def before(method: str, context: Any) -> None:
        if model.calls.count("GetModelStatus") == 2:
            model.states = [(1, 30, "")]

    model.before = before
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", photo, "--wait", "20s")
    assert (found.status, model.calls.count("GetModelStatus")) == (0, 2)


STATES = {
    "verify/not-ready": ([(1, 20, "")], "version 1 LOADING"),
    "verify/load-failed": ([(1, 50, "no graph")], "version 1 END: no graph"),
}


@pytest.mark.parametrize("rule", STATES)
def test_states_in_which_no_version_answers(gen: Gen, photo: Path, rule: str) -> None:
    states, told = STATES[rule]
    with grpc_server(scores_model(states=states)) as server:
        found = gen("verify", "--server", server, "--model", "m", photo)
    assert found.status == 1
    assert f"error[{rule}]" in found.err
    assert told in found.err


def test_a_missing_version_is_told_from_a_wrong_name(gen: Gen, server: str, photo: Path) -> None:
    version = gen("verify", "--server", server, "--model", "m", "--version", 9, photo)
    assert "serves model m, but not its version 9" in version.err
    assert "version 1 AVAILABLE" in version.err
    name = gen("verify", "--server", server, "--model", "n", photo)
    assert "Could not find any versions of model n" in name.err
    assert (version.status, name.status) == (1, 1)


WRONG = {
    "no model": ([], "verify/model"),
    "two versions": (["--model", "m", "--version", "1", "--label", "a"], "verify/model"),
    "no such signature": (["--model", "m", "--signature", "other"], "verify/signature"),
    "not a duration": (["--model", "m", "--wait", "soon"], "usage/duration"),
    "no file": (["--model", "m", "nothing-*.jpg"], "verify/input"),
    "two servers": (["--model", "m", "--rest", "http://localhost:1"], "verify/target"),
    "no labels": (["--model", "m", "--labels", "nowhere.txt"], "verify/file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage(gen: Gen, server: str, name: str) -> None:
    arguments, rule = WRONG[name]
    found = gen("verify", "--server", server, *arguments)
    assert (found.status, f"error[{rule}]" in found.err) == (2, True), found.err


def test_a_token_is_not_sent_where_others_can_read_it(
    gen: Gen, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEN_SERVING_TOKEN", "secret-word")
    found = gen("verify", "--server", "model.example:8500", "--model", "m", photo)
    assert (found.status, "verify/plain-token" in found.err) == (2, True)
    assert "secret-word" not in found.err


def everything(terminal: int) -> str:
    """What was written to a terminal whose other side is closed by now."""
    shown = b""
    with suppress(OSError):  # at the end
        while chunk := os.read(terminal, 100_000):
            shown += chunk
    os.close(terminal)
    return shown.decode()


def test_a_terminal_shows_how_far_it_is(server: str, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG)
    near, far = pty.openpty()
    command = [sys.executable, "-m", "generator", "verify", "--server", server, "--model", "m", str(tmp_path)]
    terminal = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=far, check=False, env=terminal)
    os.close(far)
    shown = everything(near)
    assert done.returncode == 0, shown
    assert "requests" in shown
    assert "100%" in shown
    assert b"100%" not in done.stdout


def test_names_of_the_server_cannot_drive_the_terminal(gen: Gen, photo: Path) -> None:
    model = scores_model()
    model.outputs = {"\x1b[2Jscores": TensorSpec(DType.FLOAT, (-1, 10))}
    with grpc_server(model) as server:
        found = gen("verify", "--server", server, "--model", "m", photo)
    assert "\x1b" not in found.out
    assert "\\u001b[2Jscores" in found.out
