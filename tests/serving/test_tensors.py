"""Tensors of Python's values and of buffers, with numpy as the judge."""

from __future__ import annotations

import struct
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from generator.diagnostics import DiagnosticError
from generator.serving import DType, Tensor

TYPES = {
    DType.FLOAT: "f4",
    DType.DOUBLE: "f8",
    DType.HALF: "f2",
    DType.INT8: "i1",
    DType.INT16: "i2",
    DType.INT32: "i4",
    DType.INT64: "i8",
    DType.UINT8: "u1",
    DType.UINT16: "u2",
    DType.UINT32: "u4",
    DType.UINT64: "u8",
    DType.BOOL: "?",
}
shapes = arrays.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=4)


@given(st.data(), st.sampled_from(sorted(TYPES, key=lambda t: t.name)), st.booleans())
def test_a_buffer_keeps_its_elements(data: st.DataObject, dtype: DType, swapped: bool) -> None:
    array = data.draw(arrays.arrays(np.dtype(TYPES[dtype]).newbyteorder(">" if swapped else "<"), shapes))
    tensor = Tensor.of(array)
    assert (tensor.dtype, tensor.shape) == (dtype, array.shape)
    assert np.array_equal(np.array(tensor.tolist()).ravel(), array.ravel(), equal_nan=dtype.floating)


@given(arrays.arrays(np.float32, st.just((3, 4))))
def test_strides_do_not_matter(array: Any) -> None:
    for view in (array.T, array[::2], array[:, ::-1]):
        assert Tensor.of(view).content == np.ascontiguousarray(view).tobytes()


@given(st.lists(st.lists(st.floats(width=32), min_size=3, max_size=3), max_size=4))
def test_lists_become_what_numpy_makes_of_them(rows: list[list[float]]) -> None:
    assert Tensor.of(rows, DType.FLOAT).content == np.array(rows, "<f4").tobytes()


@given(st.floats(width=32, allow_nan=False))
def test_bfloat16_rounds_to_the_nearest_even(value: float) -> None:
    (found,) = Tensor.of([value], DType.BFLOAT16).values()
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    below, above = bits & 0xFFFF0000, (bits & 0xFFFF0000) + 0x10000
    (expected,) = struct.unpack("<f", struct.pack("<I", _nearer(bits, below, above)))
    assert struct.pack("<f", found) == struct.pack("<f", expected)


def _nearer(bits: int, below: int, above: int) -> int:
    if bits - below != above - bits:
        return below if bits - below < above - bits else above
    return below if below >> 16 & 1 == 0 else above


def test_bfloat16_keeps_what_is_no_number() -> None:
    payload = Tensor(DType.FLOAT, (1,), struct.pack("<I", 0x7F800001))
    values = [*payload.cast(DType.BFLOAT16).values(), *Tensor.of([float("inf")], DType.BFLOAT16).values()]
    assert str(values) == "[nan, inf]"


def test_scalars_and_empty_tensors() -> None:
    assert Tensor.of(2.5).tolist() == 2.5
    assert Tensor.of("é").values() == ("é".encode(),)
    assert Tensor.of([[], []], DType.INT32).shape == (2, 0)
    assert Tensor(DType.INT32, (2, 0), b"").tolist() == [[], []]


def test_values_of_python_get_the_types_of_tensorflow() -> None:
    given_values = [True, 1, 1.0, "a", b"a", [1, 2.5]]
    names = [str(Tensor.of(value).dtype) for value in given_values]
    assert names == ["bool", "int32", "float", "string", "string", "float"]


MISFITS: list[tuple[Any, DType, str]] = [
    ([1, 300], DType.UINT8, "300 does not fit uint8"),
    ([1.5], DType.INT32, "1.5 does not fit int32"),
    (["1"], DType.FLOAT, "'1' does not fit float"),
    ([1], DType.BOOL, "1 does not fit bool"),
    ([None], DType.FLOAT, "None does not fit float"),
    ([1e39], DType.FLOAT, "1e+39 does not fit float"),
    ([1.0], DType.STRING, "1.0 is not a string"),
    ([[1], 2], DType.INT32, "differ in length"),
    ([1, [2]], DType.INT32, "differ in length"),
    ([1], DType.COMPLEX64, "complex64 cannot be sent"),
    (object(), DType.FLOAT, "a tensor cannot be made of object"),
    (np.array([1 + 2j]), DType.FLOAT, "cannot be a tensor"),
]


@pytest.mark.parametrize(("value", "dtype", "message"), MISFITS)
def test_values_that_do_not_fit(value: Any, dtype: DType, message: str) -> None:
    with pytest.raises(DiagnosticError, match="verify/input") as error:
        Tensor.of(value, dtype)
    assert message in str(error.value)


def test_a_million_elements_take_no_loop() -> None:
    array = np.zeros((1000, 1000), np.float32)
    start = time.process_time()
    content = Tensor.of(array).content
    assert time.process_time() - start < 0.05  # a loop over the elements takes longer than this by far
    assert len(content) == 4_000_000
