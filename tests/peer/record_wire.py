"""Records what the official package puts on the wire, for tests of our bytes that need no TensorFlow.

    .cache/peer/bin/python -m tests.peer.record_wire > tests/serving/wire.json

Each record is one call: what is asked in plain terms, the bytes of the official request and of an official
response, and what the response says in plain terms. Bytes are base64, tensors as in make_models.py.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    predict_pb2,
    regression_pb2,
)

from tests.peer.make_models import ECHOED, echoed, plain

_JPEG = b"\xff\xd8\xff\xe0 any bytes \x00\xff\xd9"


def _record(call: str, request: Any, response: Any, **terms: Any) -> dict[str, Any]:
    return {"call": call, **terms, "request": _text(request), "response": _text(response)}


def _text(message: Any) -> str:
    return base64.b64encode(message.SerializeToString(deterministic=True)).decode()


def _predict(value: Any, answer: Any, signature: str = "serving_default", **spec: Any) -> dict[str, Any]:
    """One input `x` and one output `x`; `answer` is the output's TensorProto."""
    request = predict_pb2.PredictRequest()
    _name(request.model_spec, spec)
    request.model_spec.signature_name = signature
    request.inputs["x"].CopyFrom(_content(value))
    response = predict_pb2.PredictResponse()
    response.model_spec.version.value = 7
    response.outputs["x"].CopyFrom(answer)
    outputs = plain(tf.constant(tf.make_ndarray(answer)))
    return _record(
        "predict", request, response, **spec, signature=signature, input=plain(value), output=outputs
    )


def _name(model_spec: Any, spec: dict[str, Any]) -> None:
    model_spec.name = spec.get("name", "m")
    if "version" in spec:
        model_spec.version.value = spec["version"]
    if "label" in spec:
        model_spec.version_label = spec["label"]


def _content(value: Any) -> Any:
    """The tensor as `tensor_content`, which make_tensor_proto does not use for every type and shape."""
    if value.dtype == tf.string:
        return tf.make_tensor_proto(value.numpy())
    shape = tf.TensorShape(value.shape).as_proto()
    dtype = value.dtype.as_datatype_enum
    return TensorProto(dtype=dtype, tensor_shape=shape, tensor_content=value.numpy().tobytes())


def _typed(value: Any) -> Any:
    """The tensor in its typed field, as TensorFlow writes Python lists and its servers write answers."""
    array = np.asarray(value.numpy(), object if value.dtype == tf.string else None)
    if array.dtype == object:
        return tf.make_tensor_proto(array)
    return tf.make_tensor_proto(array.ravel().tolist(), dtype=value.dtype, shape=array.shape)


def _predictions() -> list[dict[str, Any]]:
    jpeg = tf.constant([_JPEG])
    scores = tf.make_tensor_proto(np.linspace(0, 1, 10, dtype=np.float32)[None])
    repeated = tf.make_tensor_proto(np.float32(0.5), shape=[2, 3])
    zeros = tf.make_tensor_proto(np.zeros(0, np.int64))
    zeros.tensor_shape.dim[0].size = 4
    values = [tf.constant(value) for name in ECHOED for value in echoed(name)]
    return [
        _predict(jpeg, scores, "predict_images", name="gan"),
        _predict(jpeg, repeated, version=0),
        _predict(jpeg, zeros, label="canary"),
        *(_predict(value, tf.make_tensor_proto(value.numpy(), dtype=value.dtype)) for value in values),
        *(_predict(value, _typed(value)) for value in values if value.dtype != tf.bfloat16),
    ]


def _status() -> dict[str, Any]:
    request = get_model_status_pb2.GetModelStatusRequest()
    _name(request.model_spec, {"version": 2})
    response = get_model_status_pb2.GetModelStatusResponse()
    response.model_version_status.add(version=2, state=50).status.error_message = "no file"
    response.model_version_status.add(version=1, state=30)
    response.model_version_status.add(version=3, state=20)
    versions = [[2, "END", "no file"], [1, "AVAILABLE", ""], [3, "LOADING", ""]]
    return _record("versions", request, response, version=2, versions=versions)


def _metadata() -> dict[str, Any]:
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    _name(request.model_spec, {})
    request.metadata_field.append("signature_def")
    signatures = get_model_metadata_pb2.SignatureDefMap()
    definition = signatures.signature_def["serving_default"]
    definition.method_name = "tensorflow/serving/predict"
    definition.inputs["x"].dtype = 7
    definition.inputs["x"].tensor_shape.dim.add(size=-1)
    definition.outputs["any"].dtype = 1
    definition.outputs["any"].tensor_shape.unknown_rank = True
    definition.outputs["one"].dtype = 9
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.model_spec.version.value = 3
    response.metadata["signature_def"].Pack(signatures, deterministic=True)
    declared = {"x": "string [-1]", "any": "float […]", "one": "int64 []"}
    return _record("metadata", request, response, declared=declared, served=3)


def _examples() -> list[dict[str, Any]]:
    terms: dict[str, Any] = {"example": {"x": [0.5, 1.0]}, "signature": "serving_default"}
    classify, regress = classification_pb2.ClassificationRequest(), regression_pb2.RegressionRequest()
    for request in (classify, regress):
        _name(request.model_spec, {})
        request.model_spec.signature_name = "serving_default"
        example = request.input.example_list.examples.add()
        example.features.feature["x"].float_list.value.extend(terms["example"]["x"])
    classes, values = classification_pb2.ClassificationResponse(), regression_pb2.RegressionResponse()
    item = classes.result.classifications.add()
    item.classes.add(label="iris", score=0.25)
    item.classes.add(label="rose", score=0.75)
    values.result.regressions.add(value=1.5)
    return [
        _record("classify", classify, classes, **terms, classes=[[["iris", 0.25], ["rose", 0.75]]]),
        _record("regress", regress, values, **terms, values=[1.5]),
    ]


if __name__ == "__main__":
    json.dump([*_predictions(), _status(), _metadata(), *_examples()], sys.stdout, indent=0)
    sys.stdout.write("\n")
