"""Tensors, examples and model names to and from the messages of serving.proto."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from generator.serving.dtypes import DType
from generator.serving.failures import CallError, Code
from generator.serving.models import Example, Model, Signature, State, TensorSpec, Version, method_of
from generator.serving.tensors import Tensor, invalid

_MOST = 1 << 28  # values that a shorter field may stand for; more than that would only fill the memory


def put_model(spec: Any, model: Model, signature: str = "") -> None:
    """Fill a ModelSpec."""
    spec.name = model.name
    if model.version is not None:
        spec.version.value = model.version
    elif model.label is not None:
        spec.version_label = model.label
    spec.signature_name = signature


def put_tensor(proto: Any, tensor: Tensor) -> None:
    """Fill a TensorProto: numbers as `tensor_content`, strings one by one."""
    proto.dtype = tensor.dtype.number
    shape = proto.tensor_shape
    shape.SetInParent()  # a scalar has a shape without dimensions, which is not the same as no shape
    for size in tensor.shape:
        shape.dim.add().size = size
    if isinstance(tensor.content, tuple):
        proto.string_val.extend(tensor.content)
    else:
        proto.tensor_content = tensor.content


def get_tensor(proto: Any) -> Tensor:
    """Read a TensorProto from `tensor_content` or from its typed field.

    A typed field shorter than the tensor repeats its last value (tensor.proto); an empty one is zeros.
    """
    dtype = DType.numbered(proto.dtype)
    shape = tuple(dim.size for dim in proto.tensor_shape.dim)
    if content := proto.tensor_content:  # read once: protobuf copies the bytes each time
        return Tensor(dtype, shape, content)
    if not dtype.field:
        raise CallError(
            Code.UNIMPLEMENTED, f"the answer holds a tensor of type {dtype}, which cannot be read"
        )
    values = list(getattr(proto, dtype.field))
    missing = math.prod(shape) - len(values)
    if missing > _MOST:
        raise CallError(Code.UNIMPLEMENTED, f"the answer stands for {math.prod(shape)} values in a few bytes")
    if missing > 0:
        values += [values[-1] if values else b"" if dtype is DType.STRING else 0] * missing
    if dtype is DType.STRING:
        return Tensor(dtype, shape, tuple(values))
    return Tensor(dtype, shape, dtype.pack_field(values))


def get_spec(info: Any) -> TensorSpec:
    """Read a TensorInfo."""
    shape = info.tensor_shape
    return TensorSpec(
        DType.numbered(info.dtype), None if shape.unknown_rank else tuple(dim.size for dim in shape.dim)
    )


def get_signature(name: str, definition: Any) -> Signature:
    """Read a SignatureDef."""
    return Signature(
        name,
        {key: get_spec(info) for key, info in sorted(definition.inputs.items())},
        {key: get_spec(info) for key, info in sorted(definition.outputs.items())},
        method_of(definition.method_name),
    )


def get_version(status: Any) -> Version:
    """Read a ModelVersionStatus."""
    code, error = status.status.error_code, status.status.error_message
    return Version(status.version, State(status.state), error or (f"code {code}" if code else ""))


def put_examples(target: Any, examples: Iterable[Example]) -> None:
    """Fill an Input with an ExampleList; text goes as bytes, whole numbers as int64, others as float."""
    for example in examples:
        features = target.example_list.examples.add().features
        for name, value in example.items():
            _put_feature(features.feature[name], name, value if isinstance(value, list | tuple) else [value])


def _put_feature(feature: Any, name: str, values: Sequence[Any]) -> None:
    kinds = {type(value) for value in values}
    if kinds <= {str, bytes}:
        feature.bytes_list.value.extend(v.encode() if isinstance(v, str) else v for v in values)
    elif kinds <= {int, bool}:
        feature.int64_list.value.extend(values)
    elif kinds <= {int, float}:
        feature.float_list.value.extend(values)
    else:
        raise invalid(
            f"feature {name!r} mixes or holds values no example can", "give text, integers or floats"
        )
