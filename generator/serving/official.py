"""The same calls in the official package's messages and stubs, with TensorFlow's own conversion of tensors.

`tensorflow-serving-api` and TensorFlow are imported with this module, and by nothing else of gen.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault(
    "TF_CPP_MIN_LOG_LEVEL", "3"
)  # a client has no use for what TensorFlow says of the machine

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from generator.serving.dtypes import DType
from generator.serving.failures import CallError, Code
from generator.serving.stubs import Fill, Metadata
from generator.serving.tensors import Tensor

_REQUESTS = {
    "GetModelStatus": get_model_status_pb2.GetModelStatusRequest,
    "GetModelMetadata": get_model_metadata_pb2.GetModelMetadataRequest,
    "Predict": predict_pb2.PredictRequest,
    "Classify": classification_pb2.ClassificationRequest,
    "Regress": regression_pb2.RegressionRequest,
}


class OfficialStubs:
    """Calls by the generated stubs."""

    def __init__(self, channel: Any) -> None:
        self._models = model_service_pb2_grpc.ModelServiceStub(channel)
        self._predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def call(self, method: str, fill: Fill, timeout: float, metadata: Metadata) -> Any:
        request = _REQUESTS[method]()
        fill(request)
        stub = self._models if method == "GetModelStatus" else self._predictions
        return getattr(stub, method)(request, timeout=timeout, metadata=metadata)

    def signatures(self) -> Any:
        return get_model_metadata_pb2.SignatureDefMap()

    @staticmethod
    def put_tensor(proto: Any, tensor: Tensor) -> None:
        proto.CopyFrom(tf.make_tensor_proto(_array(tensor), dtype=tensor.dtype.number, shape=tensor.shape))

    @staticmethod
    def get_tensor(proto: Any) -> Tensor:
        try:
            array = tf.make_ndarray(proto)
        except (TypeError, ValueError) as error:
            raise CallError(Code.UNIMPLEMENTED, f"TensorFlow reads no tensor from it: {error}") from None
        dtype = DType.numbered(proto.dtype)
        if dtype is DType.STRING:
            return Tensor(dtype, array.shape, tuple(array.ravel().tolist()))
        return Tensor(dtype, array.shape, array.tobytes())


def _array(tensor: Tensor) -> Any:
    """The tensor as numpy has it for TensorFlow."""
    kind = tf.as_dtype(tensor.dtype.number).as_numpy_dtype
    if isinstance(tensor.content, tuple):
        array = np.empty(len(tensor.content), object)
        array[:] = tensor.content
    else:
        array = np.frombuffer(tensor.content, kind)
    return array.reshape(tensor.shape)
