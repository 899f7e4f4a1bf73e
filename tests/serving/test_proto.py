"""The compiled protocol, and what importing the client costs."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from generator.serving.wire import message

FOLDER = Path(str(files("generator.serving")))


def test_the_compiled_protocol_is_that_of_its_source(tmp_path: Path) -> None:
    compiled = tmp_path / "serving.binpb"
    to = f"--descriptor_set_out={compiled}"
    protoc = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(FOLDER), "--include_imports", to]
    subprocess.run([*protoc, "serving.proto"], check=True)
    fresh = FileDescriptorSet.FromString(compiled.read_bytes())
    committed = FileDescriptorSet.FromString((FOLDER / "serving.binpb").read_bytes())
    assert committed == fresh, "run `make proto`"


def test_the_messages_are_not_in_protobufs_own_pool() -> None:
    name = message("PredictRequest").DESCRIPTOR.full_name
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName(name)


def test_neither_the_library_nor_rest_loads_grpc_numpy_or_tensorflow() -> None:
    program = (
        "import sys; from generator.serving import Client; Client.rest('http://localhost:1').close();"
        "print(sorted({'grpc', 'numpy', 'tensorflow', 'google'} & {m.split('.')[0] for m in sys.modules}))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_without_grpc_the_message_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['grpc'] = None\n"
        "sys.argv[1:] = ['verify', '--server', 'h:1', '--model', 'm']\n"
        "from generator.__main__ import main; main()"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (found.returncode, "pip install 'gen-manifests[verify]'" in found.stderr) == (3, True), (
        found.stderr
    )
