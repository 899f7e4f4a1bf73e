"""The server's configuration files are text protos that protobuf's own parser reads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import descriptor_pool, message_factory, text_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.json_format import MessageToDict

from tests.product.conftest import CASES, Render, contents

HERE = Path(__file__).parent
MESSAGES = {
    "models.config": "config.ModelServerConfig",
    "batching.config": "config.BatchingParameters",
    "monitoring.config": "config.MonitoringConfig",
}

Parse = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Parse:
    """Parse a text proto as the message of its file name, into plain data."""
    compiled = tmp_path_factory.mktemp("protos") / "config.binpb"
    protoc = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(HERE), "--include_imports"]
    subprocess.run([*protoc, f"--descriptor_set_out={compiled}", "config.proto"], check=True)
    pool = descriptor_pool.DescriptorPool()
    for file in FileDescriptorSet.FromString(compiled.read_bytes()).file:
        pool.Add(file)

    def run(name: str, text: str) -> dict[str, Any]:
        message = message_factory.GetMessageClass(pool.FindMessageTypeByName(MESSAGES[name]))()
        text_format.Parse(text, message, descriptor_pool=pool)
        return dict(MessageToDict(message, preserving_proto_field_name=True))

    return run


def config_files(rendering: dict[str, str]) -> dict[str, str]:
    found = [yaml.safe_load(text) for name, text in rendering.items() if "configmap" in name]
    return {name: text for config_map in found for name, text in config_map["data"].items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cases_are_text_protos(case: Path, render: Render, parse: Parse) -> None:
    for name, text in config_files(
        contents(render(yaml.safe_load((case / "values.yaml").read_text())))
    ).items():
        assert parse(name, text)


def test_the_values_arrive(render: Render, parse: Parse) -> None:
    values = {
        "models": {
            "gan": {"versions": {"latest": 2}},
            "digits": {"versions": {"specific": [3, 4]}, "labels": {"stable": 3}, "basePath": "gs://b/it's"},
            "words": {"versions": {"all": True}},
        },
        "probes": {"model": "gan"},
        "batching": {
            "max_batch_size": 8,
            "allowed_batch_sizes": [4, 8],
            "enable_large_batch_splitting": True,
            "pad_variable_length_inputs": False,
        },
        "monitoring": {"path": "/metrics"},
    }
    files = config_files(contents(render(values)))
    digits, gan, words = parse("models.config", files["models.config"])["model_config_list"]["config"]
    assert digits == {
        "name": "digits",
        "base_path": "gs://b/it's",
        "model_platform": "tensorflow",
        "model_version_policy": {"specific": {"versions": ["3", "4"]}},
        "version_labels": {"stable": "3"},
    }
    assert gan["model_version_policy"] == {"latest": {"num_versions": 2}}
    assert words["model_version_policy"] == {"all": {}}
    assert parse("batching.config", files["batching.config"]) == {
        "max_batch_size": "8",
        "allowed_batch_sizes": ["4", "8"],
        "enable_large_batch_splitting": True,
        "num_batch_threads": "2",
    }
    assert parse("monitoring.config", files["monitoring.config"])["prometheus_config"]["path"] == "/metrics"
