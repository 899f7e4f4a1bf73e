"""The peer: real SavedModels, run by TensorFlow, over gRPC with the official stubs and over REST.

    .cache/peer/bin/python -m tests.peer.server DIR

Serves every model under DIR on free loopback ports, prints {"grpc": PORT, "rest": PORT} and a line end once
it listens, and ends when its standard input is closed, so that it cannot outlive whoever started it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
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

from tests.peer import rest
from tests.peer.served import Models, Refused


def _answered(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any, grpc.ServicerContext], Any]:
    """A service method whose refusals become the call's status."""

    def call(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request)
        except Refused as error:
            return context.abort(error.code, error.message)

    return call


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models: Models) -> None:
        self._models = models

    @_answered
    def Predict(self, request: Any) -> Any:
        version = self._find(request)
        inputs = {name: tf.constant(tf.make_ndarray(proto)) for name, proto in request.inputs.items()}
        outputs = version.run(request.model_spec.signature_name, inputs)
        answer = predict_pb2.PredictResponse()
        self._tell(answer, request, version)
        for name, tensor in outputs.items():
            answer.outputs[name].CopyFrom(tf.make_tensor_proto(tensor.numpy(), dtype=tensor.dtype))
        return answer

    @_answered
    def Classify(self, request: Any) -> Any:
        version = self._find(request)
        outputs = version.run(request.model_spec.signature_name, {"inputs": _examples(request)})
        answer = classification_pb2.ClassificationResponse()
        self._tell(answer, request, version)
        for labels, scores in zip(outputs["classes"].numpy(), outputs["scores"].numpy(), strict=True):
            item = answer.result.classifications.add()
            for label, score in zip(labels, scores, strict=True):
                item.classes.add(label=label.decode(), score=score)
        return answer

    @_answered
    def Regress(self, request: Any) -> Any:
        version = self._find(request)
        outputs = version.run(request.model_spec.signature_name, {"inputs": _examples(request)})
        answer = regression_pb2.RegressionResponse()
        self._tell(answer, request, version)
        for value in outputs["outputs"].numpy().ravel():
            answer.result.regressions.add(value=value)
        return answer

    @_answered
    def GetModelMetadata(self, request: Any) -> Any:
        if list(request.metadata_field) != ["signature_def"]:
            message = "GetModelMetadataRequest must specify at least one metadata_field"
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, message)
        version = self._find(request)
        answer = get_model_metadata_pb2.GetModelMetadataResponse()
        self._tell(answer, request, version)
        answer.metadata["signature_def"].Pack(signature_map(version))
        return answer

    def _find(self, request: Any) -> Any:
        spec = request.model_spec
        number = spec.version.value if spec.HasField("version") else None
        return self._models.find(spec.name, number, spec.version_label)

    @staticmethod
    def _tell(answer: Any, request: Any, version: Any) -> None:
        answer.model_spec.name = request.model_spec.name
        answer.model_spec.version.value = version.number


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    def __init__(self, models: Models) -> None:
        self._models = models

    @_answered
    def GetModelStatus(self, request: Any) -> Any:
        spec = request.model_spec
        answer = get_model_status_pb2.GetModelStatusResponse()
        for version in self._models.status(
            spec.name, spec.version.value if spec.HasField("version") else None
        ):
            told = answer.model_version_status.add(version=version.number, state=version.state)
            told.status.error_message = version.error
            told.status.error_code = 2 if version.error else 0
        return answer


def signature_map(version: Any) -> Any:
    found = get_model_metadata_pb2.SignatureDefMap()
    for name, definition in version.signatures.items():
        found.signature_def[name].CopyFrom(definition)
    return found


def _examples(request: Any) -> tf.Tensor:
    return tf.constant([example.SerializeToString() for example in request.input.example_list.examples])


def main(root: Path) -> None:
    models = Models.under(root)
    server = grpc.server(ThreadPoolExecutor(16))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(PredictionService(models), server)
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(ModelService(models), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    rest_server = rest.serve(models)
    sys.stdout.write(json.dumps({"grpc": port, "rest": rest_server.server_port}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    rest_server.shutdown()
    server.stop(0).wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
