"""What is sent over REST, and how each form of answer is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from generator.diagnostics import DiagnosticError
from generator.serving import Client, Model, Prediction, Scored, Security, State, Version
from tests.serving.servers import http_server

SIGNATURE = {
    "inputs": {
        "a": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}]}, "name": "a:0"},
        "b": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": "-1"}]}, "name": "b:0"},
    },
    "outputs": {
        "n": {"dtype": "DT_INT64", "tensor_shape": {"unknown_rank": True}, "name": "n:0"},
        "t_bytes": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": "-1"}]}, "name": "t:0"},
    },
    "method_name": "tensorflow/serving/predict",
}
METADATA = {
    "model_spec": {"name": "m", "signature_name": "", "version": "4"},
    "metadata": {"signature_def": {"signature_def": {"serving_default": SIGNATURE}}},
}
ROWS = {"predictions": [{"n": 1, "t_bytes": {"b64": "AP8="}}, {"n": 2, "t_bytes": {"b64": ""}}]}
COLUMNS = {"outputs": {"n": [1, 2], "t_bytes": [{"b64": "AP8="}, {"b64": ""}]}}


@contextmanager
def serving(answer: Any, **options: Any) -> Iterator[tuple[Client, list[tuple[str, Any]]]]:
    """A client of a server that gives this answer, and the requests it gets beside those for metadata."""
    asked: list[tuple[str, Any]] = []

    def reply(method: str, path: str, body: bytes, headers: Any) -> tuple[int, str, bytes]:
        if path.endswith("/metadata"):
            return 200, "application/json", json.dumps(METADATA).encode()
        asked.append((f"{method} {path}", json.loads(body) if body else None))
        return 200, "application/json", json.dumps(answer).encode()

    with http_server(reply) as url, Client.rest(f"{url}/gateway/", **options) as client:
        yield client, asked


def predicted(answer: Any, by_rows: bool) -> tuple[Prediction, tuple[str, Any]]:
    with serving(answer, by_rows=by_rows) as (client, asked):
        return client.predict(Model("m", version=4), {"a": [0.5, 1], "b": [b"\xff", "x"]}), asked[0]


def test_columns() -> None:
    found, (path, body) = predicted(COLUMNS, by_rows=False)
    assert path == "POST /gateway/v1/models/m/versions/4:predict"
    assert body["inputs"] == {"a": [0.5, 1.0], "b": [{"b64": "/w=="}, {"b64": "eA=="}]}
    assert found.outputs["n"].tolist() == [1, 2]
    assert found.outputs["t_bytes"].tolist() == [b"\x00\xff", b""]


def test_rows() -> None:
    found, (_, body) = predicted(ROWS, by_rows=True)
    assert body["instances"] == [{"a": 0.5, "b": {"b64": "/w=="}}, {"a": 1.0, "b": {"b64": "eA=="}}]
    assert found == predicted(COLUMNS, by_rows=False)[0]


def test_rows_have_no_room_for_inputs_of_different_lengths() -> None:
    with serving(ROWS, by_rows=True) as (client, _), pytest.raises(DiagnosticError, match="one length"):
        client.predict(Model("m"), {"a": [1.0], "b": ["x", "y"]})


def test_a_label_and_a_name_are_quoted() -> None:
    with serving({"results": [1.5, "NaN"]}) as (client, asked):
        assert str(client.regress(Model("a/b", label="c d"), [{"x": [b"\x00", 2]}])) == "[1.5, nan]"
    assert asked[0][0] == "POST /gateway/v1/models/a%2Fb/labels/c%20d:regress"
    assert asked[0][1]["examples"] == [{"x": [{"b64": "AA=="}, 2]}]


def test_classes() -> None:
    with serving({"results": [[["iris", 0.25], ["rose", 0.75]]]}) as (client, _):
        assert client.classify(Model("m"), [{"x": 1}]) == [[Scored("iris", 0.25), Scored("rose", 0.75)]]


def test_states() -> None:
    told = {"error_code": "UNKNOWN", "error_message": "no graph"}
    states = [
        {"version": "1", "state": "END", "status": told},
        {"version": "2", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}},
        {"version": "3", "state": "A_NEW_ONE"},
    ]
    with serving({"model_version_status": states}) as (client, _):
        assert client.versions(Model("m")) == [
            Version(1, State.END, "no graph"),
            Version(2, State.AVAILABLE),
            Version(3, State.UNKNOWN),
        ]


@pytest.mark.parametrize("url", ["localhost:8501", "ftp://h", "http://"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(DiagnosticError, match="verify/target"):
        Client.rest(url, Security())
