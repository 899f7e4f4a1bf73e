"""The messages of serving.proto, in a descriptor pool of their own.

The official `tensorflow-serving-api` registers the same names in protobuf's default pool; in a private pool
ours may live beside it in one process. `make proto` makes serving.binpb from serving.proto, imports included.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

PACKAGE = "tensorflow.serving"


def _pool() -> DescriptorPool:
    pool = DescriptorPool()
    compiled = (files(__package__) / "serving.binpb").read_bytes()
    for file in FileDescriptorSet.FromString(compiled).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


_POOL = _pool()


def message(name: str) -> Any:
    """The class of a message of serving.proto, such as `PredictRequest`."""
    return GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))
