"""Tensors to and from the JSON of TensorFlow Serving's REST API: rows, columns, and bytes as base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from generator.serving.dtypes import DType
from generator.serving.models import Signature, TensorSpec, method_of
from generator.serving.tensors import Tensor, invalid


def columns(inputs: Mapping[str, Tensor]) -> dict[str, Any]:
    """A predict body in column format: every tensor whole, by name."""
    return {"inputs": {name: _json(tensor) for name, tensor in inputs.items()}}


def rows(inputs: Mapping[str, Tensor]) -> dict[str, Any]:
    """A predict body in row format, which has no room for scalars, nor for inputs of different lengths."""
    lengths = {tensor.shape[:1] for tensor in inputs.values()}
    if len(lengths) != 1 or lengths & {(), (0,)}:
        raise invalid("the row format needs inputs of one length, above 0", "leave out --rows")
    lists = [_json(tensor) for tensor in inputs.values()]
    return {"instances": [dict(zip(inputs, row, strict=True)) for row in zip(*lists, strict=True)]}


def outputs(answer: Mapping[str, Any], signature: Signature) -> dict[str, Tensor]:
    """The tensors of a predict answer of either format. Raises ValueError or KeyError if it is none."""
    if "outputs" in answer:
        found = answer["outputs"]
        named = found if isinstance(found, dict) and "b64" not in found else {_only(signature): found}
    else:
        named = _transposed(answer["predictions"], signature)
    return {name: _tensor(value, signature.outputs[name].dtype) for name, value in sorted(named.items())}


def decoded(value: Any) -> Any:
    """The value with every {"b64": …} in it replaced by its bytes. Raises ValueError for bad base64."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"b64"}:
            try:
                return base64.b64decode(value["b64"], validate=True)
            except (binascii.Error, TypeError) as error:
                raise ValueError(f"bad base64: {error}") from None
        return {name: decoded(item) for name, item in value.items()}
    return value


def encoded(value: Any) -> Any:
    """The value with bytes as {"b64": …}, ready for JSON."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {name: encoded(item) for name, item in value.items()}
    return value


def signature(name: str, definition: Mapping[str, Any]) -> Signature:
    """A SignatureDef in protobuf's JSON form, where numbers of 64 bits are strings and zeros are left out."""
    return Signature(
        name,
        {key: _spec(info) for key, info in sorted(definition.get("inputs", {}).items())},
        {key: _spec(info) for key, info in sorted(definition.get("outputs", {}).items())},
        method_of(definition.get("method_name", "")),
    )


def _json(tensor: Tensor) -> Any:
    nested = tensor.tolist()
    return encoded(nested) if tensor.dtype is DType.STRING else nested


def _only(signature: Signature) -> str:
    """The name that a single output's answer leaves out."""
    (name,) = signature.outputs
    return name


def _transposed(predictions: Sequence[Any], signature: Signature) -> dict[str, list[Any]]:
    """Rows as columns; with a single output the rows are its values."""
    if len(signature.outputs) == 1 or not predictions:
        return {name: list(predictions) for name in signature.outputs}
    return {name: [row[name] for row in predictions] for name in predictions[0]}


def _tensor(value: Any, dtype: DType) -> Tensor:
    return Tensor.of(decoded(value) if dtype is DType.STRING else value, dtype)


def _spec(info: Mapping[str, Any]) -> TensorSpec:
    shape = info.get("tensor_shape", {})
    sizes = tuple(int(dim.get("size", 0)) for dim in shape.get("dim", ()))
    return TensorSpec(DType.named(info.get("dtype", "")), None if shape.get("unknown_rank") else sizes)
