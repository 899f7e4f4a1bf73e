"""Tensors without TensorFlow or numpy: a type, a shape, and the elements as bytes.

Whole tensors are converted inside `struct` and `memoryview`, never element by element in Python, but for
rounding to bfloat16. Anything that exports a buffer, such as a numpy array, is taken as it is, and
`numpy.frombuffer(tensor.content, "<f4").reshape(tensor.shape)` gives one back.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from generator.diagnostics import DiagnosticError, usage
from generator.serving.dtypes import DType

_NATIVE = "<" if sys.byteorder == "little" else ">"
_BLOCK = 1 << 16  # elements
_FLOATS = {"e": DType.HALF, "f": DType.FLOAT, "d": DType.DOUBLE}
_SIGNED = {1: DType.INT8, 2: DType.INT16, 4: DType.INT32, 8: DType.INT64}
_UNSIGNED = {1: DType.UINT8, 2: DType.UINT16, 4: DType.UINT32, 8: DType.UINT64}


@dataclass(frozen=True, slots=True)
class Tensor:
    """Elements in C order: `content` holds little-endian bytes, or one `bytes` a string for DType.STRING."""

    dtype: DType
    shape: tuple[int, ...]
    content: bytes | tuple[bytes, ...]

    @staticmethod
    def of(value: Any, dtype: DType | None = None) -> Tensor:
        """A tensor of a scalar, nested lists, text, bytes, or an object with a buffer.

        Without `dtype` it is the buffer's own, or string, bool, int32 or float for Python's values. Raises
        `DiagnosticError` (verify/input) for ragged lists and for values that the type cannot hold.
        """
        if isinstance(value, Tensor):
            tensor = value
        elif value is None or isinstance(value, str | bytes | bool | int | float | list | tuple | dict):
            shape, values = flattened(value)
            wanted = dtype or _natural(values)
            return Tensor(wanted, shape, _packed(values, wanted))
        else:
            tensor = _of_buffer(value)
        return tensor if dtype in (None, tensor.dtype) else tensor.cast(dtype)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def values(self) -> tuple[Any, ...]:
        """All elements, flat: `bytes`, `bool`, `int` or `float`."""
        return self.content if isinstance(self.content, tuple) else self.dtype.unpack(self.content)

    def part(self, start: int, stop: int) -> tuple[Any, ...]:
        """Some of the elements, flat."""
        if isinstance(self.content, tuple):
            return self.content[start:stop]
        size = self.dtype.size
        return self.dtype.unpack(self.content[start * size : stop * size])

    def blocks(self) -> Iterator[tuple[Any, ...]]:
        """All elements, flat and in parts: as Python's numbers they take eight times their bytes."""
        for start in range(0, self.size, _BLOCK):
            yield self.part(start, start + _BLOCK)

    def tolist(self) -> Any:
        """The elements as nested lists; a scalar as itself."""
        return _nested(self.values(), self.shape)

    def cast(self, dtype: DType) -> Tensor:
        """The same elements in another type. Raises `DiagnosticError` for one that does not fit."""
        return Tensor(dtype, self.shape, _packed(self.values(), dtype))

    def __str__(self) -> str:
        return f"{self.dtype} {list(self.shape)}"


def invalid(message: str, help: str = "") -> DiagnosticError:
    """The error of a value that cannot become the tensor a model asks for."""
    return usage("verify/input", message, help)


def flattened(value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of nested lists and their elements in C order. Raises `DiagnosticError` if ragged."""
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], list | tuple):
        lengths = {len(item) if isinstance(item, list | tuple) else -1 for item in level}
        if len(lengths) > 1:
            raise _ragged(len(shape))
        shape.append(lengths.pop())
        level = list(chain.from_iterable(level))
    if any(isinstance(item, list | tuple) for item in level):
        raise _ragged(len(shape))
    return tuple(shape), level


def _ragged(depth: int) -> DiagnosticError:
    return invalid(
        f"the lists at depth {depth} differ in length",
        "every list at one depth of a tensor needs the same length",
    )


def _natural(values: list[Any]) -> DType:
    """The type TensorFlow gives to Python's values."""
    kinds = set(map(type, values))
    if kinds and kinds <= {str, bytes}:
        return DType.STRING
    if kinds == {bool}:
        return DType.BOOL
    return DType.INT32 if kinds == {int} else DType.FLOAT


def _packed(values: Sequence[Any], dtype: DType) -> bytes | tuple[bytes, ...]:
    if dtype is DType.STRING:
        return tuple(v.encode() if isinstance(v, str) else v for v in values if _text(v))
    if not dtype.format:
        raise invalid(
            f"values of type {dtype} cannot be sent", "give a signature whose inputs are plain types"
        )
    try:
        if dtype is DType.BOOL and not set(map(type, values)) <= {bool}:
            raise struct.error
        return dtype.pack(values)
    except (struct.error, OverflowError):
        message = f"{_misfit(values, dtype)!r:.80} does not fit {dtype}"
        raise invalid(message, f"give {dtype} values") from None


def _text(value: Any) -> bool:
    if not isinstance(value, str | bytes):
        raise invalid(f"{value!r:.80} is not a string", 'give text, bytes, or {"b64": …} in JSON')
    return True


def _misfit(values: Sequence[Any], dtype: DType) -> Any:
    """The first value that the type cannot hold."""
    for value in values:
        try:
            if dtype is DType.BOOL and not isinstance(value, bool):
                return value
            dtype.pack([value])
        except (struct.error, OverflowError):
            return value
    return values


def _of_buffer(value: Any) -> Tensor:
    try:
        view = memoryview(value)
    except (TypeError, ValueError):
        raise invalid(
            f"a tensor cannot be made of {type(value).__name__}", "give lists, bytes or a buffer"
        ) from None
    order, code = (view.format[0], view.format[1:]) if view.format[0] in "@=<>!" else ("@", view.format)
    dtype = _kind(code, view.itemsize)
    content = view.tobytes()  # in C order, whatever the strides are
    if dtype.size > 1 and (_NATIVE if order in "@=" else order) != "<":
        content = dtype.pack(struct.unpack(f">{len(content) // dtype.size}{dtype.format}", content))
    return Tensor(dtype, tuple(view.shape or ()), content)


def _kind(code: str, size: int) -> DType:
    """The type of a PEP 3118 format character."""
    if code == "?":
        return DType.BOOL
    if code in _FLOATS:
        return _FLOATS[code]
    kinds = _SIGNED if code in tuple("bhilqn") else _UNSIGNED if code in tuple("BHILQN") else {}
    if size not in kinds:
        raise invalid(f"a buffer of format {code!r} cannot be a tensor", "give numbers or booleans")
    return kinds[size]


def _nested(values: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    if not shape:
        return values[0]
    if len(shape) == 1:
        return list(values)
    step = math.prod(shape[1:])
    return [_nested(values[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]
