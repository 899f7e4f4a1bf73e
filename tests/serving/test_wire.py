"""Our bytes against those of the official package, which tests/peer/record_wire.py recorded."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.serving import Model, Scored, Security, Signature
from generator.serving.grpc_transport import GrpcTransport
from generator.serving.wire import message
from tests.serving.servers import grpc_server, tensor

RECORDS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "wire.json").read_text())
METHODS = {
    "predict": "Predict",
    "versions": "GetModelStatus",
    "metadata": "GetModelMetadata",
    "classify": "Classify",
    "regress": "Regress",
}


SIGNATURE = Signature("serving_default", {}, {})
TIMEOUT = 5.0


def called(record: Mapping[str, Any]) -> tuple[Any, bytes]:
    """What the transport makes of a recorded answer, and the bytes that it sent for it."""
    sent: list[bytes] = []

    def answer(method: str, request: bytes, context: Any) -> bytes:
        assert method == METHODS[record["call"]]
        sent.append(request)
        return base64.b64decode(record["response"])

    model = Model(record.get("name", "m"), record.get("version"), record.get("label"))
    with grpc_server(answer) as server, closing(GrpcTransport(server, Security())) as transport:
        return _ask(transport, model, record), sent[0]


def _ask(transport: GrpcTransport, model: Model, record: Mapping[str, Any]) -> Any:
    match record["call"]:
        case "predict":
            signature = replace(SIGNATURE, name=record["signature"])
            return transport.predict(model, signature, {"x": tensor(record["input"])}, TIMEOUT)
        case "versions":
            return transport.versions(model, TIMEOUT)
        case "metadata":
            return transport.metadata(model, TIMEOUT)
        case call:
            return getattr(transport, call)(model, SIGNATURE, [record["example"]], TIMEOUT)


def one(call: str) -> dict[str, Any]:
    return next(record for record in RECORDS if record["call"] == call)


PREDICTIONS = {
    "-".join(map(str, [number, r["signature"], r["input"]["dtype"], r["input"]["shape"]])): r
    for number, r in enumerate(RECORDS)
    if r["call"] == "predict"
}


@pytest.mark.parametrize("record", PREDICTIONS.values(), ids=PREDICTIONS.keys())
def test_predict_as_the_official_package(record: dict[str, Any]) -> None:
    found, sent = called(record)
    assert found.outputs == {"x": tensor(record["output"])}
    assert found.version == 7
    assert_same(sent, record)


def test_status_as_the_official_package() -> None:
    found, sent = called(one("versions"))
    assert [[v.number, v.state.name, v.error] for v in found] == one("versions")["versions"]
    assert_same(sent, one("versions"))


def test_metadata_as_the_official_package() -> None:
    found, sent = called(one("metadata"))
    signature = found.signature()
    declared = {name: str(spec) for name, spec in {**signature.inputs, **signature.outputs}.items()}
    assert (declared, found.version) == (one("metadata")["declared"], 3)
    assert signature.method == "predict"
    assert_same(sent, one("metadata"))


def test_classify_as_the_official_package() -> None:
    found, sent = called(one("classify"))
    assert found == [[Scored(label, score) for label, score in item] for item in one("classify")["classes"]]
    assert_same(sent, one("classify"))


def test_regress_as_the_official_package() -> None:
    found, sent = called(one("regress"))
    assert found == one("regress")["values"]
    assert_same(sent, one("regress"))


def assert_same(sent: bytes, record: Mapping[str, Any]) -> None:
    """The bytes are the official ones, once the fields, which may stand in any order, are put into one."""
    names = {"versions": "GetModelStatus", "metadata": "GetModelMetadata"}
    names |= {"predict": "Predict", "classify": "Classification", "regress": "Regression"}
    request = message(f"{names[record['call']]}Request")
    official = request.FromString(base64.b64decode(record["request"]))
    ordered = official.SerializeToString(deterministic=True)
    assert ordered == base64.b64decode(record["request"]), (
        "a field of the official message is unknown to ours"
    )
    assert request.FromString(sent).SerializeToString(deterministic=True) == ordered
