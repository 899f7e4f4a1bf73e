"""What the tests' image runs as `tensorflow_model_server`: real TensorFlow behind both protocols.

The real binary is on no package registry, so the peer (`tests/peer`) serves in its place, with the flags and
the life of the real one: the ports open when the first load has ended, SIGTERM has no handler, a message may
have any size, and a flag that the real server does not know ends it. Two things are of this server alone: a
call with the metadata `x-delay-ms` is answered that much later, and files are read once, whatever the poll
flags say.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import text_format
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc
from tensorflow_serving.config import model_server_config_pb2

from tests.peer import rest, served
from tests.peer.server import ModelService, PredictionService

_OWN = (
    "port rest_api_port model_name model_base_path model_config_file enable_batching "
    "batching_parameters_file monitoring_config_file ssl_config_file"
).split()
_KNOWN = Path(__file__).parents[2] / "schema" / "flags.schema.json"
_SERVING = b"\x08\x01"  # grpc.health.v1.HealthCheckResponse(status=SERVING)


def flags(arguments: Sequence[str]) -> dict[str, str]:
    """The flags by name. Ends the process for one that the server does not have."""
    known = {*_OWN, *json.loads(_KNOWN.read_text())["properties"]}
    found = {}
    for argument in arguments:
        name, equals, value = argument.removeprefix("--").partition("=")
        if name not in known or not equals:
            sys.exit(f"unknown argument: {argument}")
        found[name] = value
    return found


def models(given: Mapping[str, str]) -> served.Models:
    """The models that the flags name, or the model config file."""
    if "model_config_file" not in given:
        name, base = given.get("model_name", "default"), Path(given["model_base_path"])
        return served.Models({name: served.load(base, lambda numbers: numbers[-1:])}, {})
    text = Path(given["model_config_file"]).read_text()
    configs = text_format.Parse(text, model_server_config_pb2.ModelServerConfig()).model_config_list.config
    return served.Models(
        {config.name: served.load(Path(config.base_path), _policy(config)) for config in configs},
        {config.name: dict(config.version_labels) for config in configs},
    )


def _policy(config: Any) -> Callable[[list[int]], list[int]]:
    policy = config.model_version_policy
    match policy.WhichOneof("policy_choice"):
        case "all":
            return lambda numbers: numbers
        case "specific":
            return lambda numbers: [number for number in numbers if number in policy.specific.versions]
        case _:
            latest = policy.latest.num_versions or 1
            return lambda numbers: numbers[-latest:]


class _Delays(grpc.ServerInterceptor):  # type: ignore[misc]  # grpc ships no types
    def intercept_service(self, proceed: Callable[[Any], Any], details: Any) -> Any:
        delay, handler = dict(details.invocation_metadata).get("x-delay-ms"), proceed(details)
        if delay is None or handler is None:
            return handler

        def later(request: Any, context: Any) -> Any:  # in a thread of the pool, as a model's work would be
            time.sleep(int(delay) / 1000)
            return handler.unary_unary(request, context)

        coders = handler.request_deserializer, handler.response_serializer
        return grpc.unary_unary_rpc_method_handler(later, *coders)


class _Health(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    def service(self, details: Any) -> Any:
        if details.method == "/grpc.health.v1.Health/Check":
            return grpc.unary_unary_rpc_method_handler(lambda request, context: _SERVING)
        return None


def grpc_server(given: Mapping[str, str], found: served.Models) -> grpc.Server:
    """The gRPC half, started."""
    arguments = (
        entry.partition("=") for entry in given.get("grpc_channel_arguments", "").split(",") if entry
    )
    options = {"grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1}
    options |= {name: int(value) for name, _, value in arguments}
    health = [_Health()] if given.get("enable_grpc_healthcheck_service") == "true" else []
    threads = ThreadPoolExecutor(int(given.get("grpc_max_threads", "8")))
    server = grpc.server(threads, health, interceptors=[_Delays()], options=list(options.items()))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(PredictionService(found), server)
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(ModelService(found), server)
    address = f"0.0.0.0:{given.get('port', '8500')}"
    if "ssl_config_file" in given:
        server.add_secure_port(address, _credentials(Path(given["ssl_config_file"]).read_text()))
    else:
        server.add_insecure_port(address)
    server.start()
    _say(f"Running gRPC ModelServer at {address} ...")
    return server


def _credentials(config: str) -> Any:
    """From the text form of SSLConfig (ssl_config.proto), whose strings are PEM with escaped line ends."""
    found = dict(re.findall(r'(\w+):\s*"((?:[^"\\]|\\.)*)"', config))
    pem = {name: value.encode().decode("unicode_escape").encode() for name, value in found.items()}
    verify = "client_verify: true" in config
    authority = pem.get("custom_ca") or None
    return grpc.ssl_server_credentials([(pem["server_key"], pem["server_cert"])], authority, verify)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> None:
    """Serve until killed."""
    began = time.monotonic()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    given = flags(arguments)
    import tensorflow as tf

    for setting in ("inter", "intra"):
        threads = int(given.get(f"tensorflow_{setting}_op_parallelism", "0"))
        getattr(tf.config.threading, f"set_{setting}_op_parallelism_threads")(threads)
    found = models(given)
    _say(f"loaded after {time.monotonic() - began:.1f} s")
    server = grpc_server(given, found)
    if port := int(given.get("rest_api_port", "0")):
        rest.serve(found, ("0.0.0.0", port))
        _say(f"Exporting HTTP/REST API at:localhost:{port} ...")
    server.wait_for_termination()


if __name__ == "__main__":
    main(sys.argv[1:])
