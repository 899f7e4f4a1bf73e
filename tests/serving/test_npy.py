"""The reader of .npy and .npz against numpy's own writer."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from generator.diagnostics import DiagnosticError
from generator.serving import Tensor, npy

plain_types = st.one_of(
    arrays.integer_dtypes(endianness="?"),
    arrays.unsigned_integer_dtypes(endianness="?"),
    arrays.floating_dtypes(sizes=(16, 32, 64), endianness="?"),
    arrays.boolean_dtypes(),
)


def saved(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@given(arrays.arrays(plain_types, arrays.array_shapes(min_dims=0, min_side=0, max_dims=3)), st.booleans())
def test_arrays_as_numpy_saves_them(array: Any, fortran: bool) -> None:
    array = np.asfortranarray(array) if fortran and array.ndim else array
    native = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    expected = Tensor.of(native)
    assert npy.load_npy(saved(array), "x.npy") == Tensor(expected.dtype, array.shape, expected.content)


@pytest.mark.parametrize("order", ["<U5", ">U5", "S8"])
def test_text(order: str) -> None:
    array = np.array([["a", "b"], ["", "cd"]], order)
    assert npy.load_npy(saved(np.asfortranarray(array)), "x.npy").tolist() == [[b"a", b"b"], [b"", b"cd"]]


def test_an_archive_by_name() -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.arange(3), b=np.float32(1.5))
    found = npy.load_npz(stream.getvalue(), "x.npz")
    assert {name: tensor.tolist() for name, tensor in found.items()} == {"a": [0, 1, 2], "b": 1.5}


BROKEN = {
    "objects": (saved(np.array([{}], object)), "not plain numbers"),
    "records": (saved(np.zeros(1, [("a", "i4")])), "not plain numbers"),
    "complex": (saved(np.zeros(1, complex)), "not plain numbers"),
    "long double": (saved(np.zeros(1, np.longdouble)), "16"),
    "cut": (saved(np.zeros(9))[:-8], "it ends after 64 of 72 bytes"),
    "other": (b"PNG", "magic bytes"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_files_that_are_no_plain_arrays(name: str) -> None:
    content, told = BROKEN[name]
    with pytest.raises(DiagnosticError, match=r"x\.npy cannot be read as \.npy") as error:
        npy.load_npy(content, "x.npy")
    assert told in str(error.value)
