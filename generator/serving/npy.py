"""Reads .npy and .npz files without numpy (format: numpy.lib.format, versions 1 to 3).

Pickled objects and structured types are refused; arrays in Fortran order are put into C order.
"""

from __future__ import annotations

import ast
import io
import math
import struct
import zipfile
from array import array
from typing import Any

from generator.serving.dtypes import DType
from generator.serving.tensors import Tensor, invalid

MAGIC = b"\x93NUMPY"
_KINDS = {
    "b1": DType.BOOL,
    "f2": DType.HALF,
    "f4": DType.FLOAT,
    "f8": DType.DOUBLE,
    "i1": DType.INT8,
    "i2": DType.INT16,
    "i4": DType.INT32,
    "i8": DType.INT64,
    "u1": DType.UINT8,
    "u2": DType.UINT16,
    "u4": DType.UINT32,
    "u8": DType.UINT64,
}
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}  # `array` codes to move elements of each size


def load_npz(content: bytes, name: str) -> dict[str, Tensor]:
    """The tensors of a .npz archive by name. Raises `DiagnosticError` (verify/input), naming the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                member.removesuffix(".npy"): load_npy(archive.read(member), f"{name}:{member}")
                for member in archive.namelist()
            }
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise invalid(f"{name} is not an .npz file: {error}", "save it with numpy.savez") from None


def load_npy(content: bytes, name: str) -> Tensor:
    """The tensor of a .npy file. Raises `DiagnosticError` (verify/input), naming the file."""
    try:
        header, data = _header(content)
        descr, shape = header["descr"], tuple(header["shape"])
        dtype, elements = _elements(data, descr, math.prod(shape))
        if header["fortran_order"]:
            view = isinstance(elements, memoryview)
            elements = _c_order(array(elements.format, elements) if view else elements, shape)
    except (KeyError, ValueError, TypeError, SyntaxError, IndexError, struct.error) as error:
        raise invalid(f"{name} cannot be read as .npy: {error}", "save it with numpy.save") from None
    return Tensor(dtype, shape, tuple(elements) if isinstance(elements, list) else bytes(elements))


def _header(content: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header's dictionary and the bytes behind it."""
    if not content.startswith(MAGIC):
        raise ValueError("it does not begin with the format's magic bytes")
    wide = content[6] > 1  # from version 2 the header's length has four bytes, before it had two
    start = 12 if wide else 10
    (length,) = struct.unpack_from("<I" if wide else "<H", content, 8)
    encoding = "utf-8" if content[6] > 2 else "latin-1"
    return ast.literal_eval(content[start : start + length].decode(encoding)), memoryview(content)[
        start + length :
    ]


def _elements(data: memoryview, descr: Any, count: int) -> tuple[DType, Any]:
    """The elements in the file's order: a view or `array` of little-endian ones, or a list of strings."""
    if not isinstance(descr, str) or descr[1] not in "bfiuSU":
        raise ValueError(f"its elements are {descr!r}, not plain numbers, booleans or text")
    size = int(descr[2:]) * (4 if descr[1] == "U" else 1)
    if len(data) < count * size:
        raise ValueError(f"it ends after {len(data)} of {count * size} bytes")
    if descr[1] in "SU":
        return DType.STRING, [_text(bytes(data[i * size : (i + 1) * size]), descr) for i in range(count)]
    if descr[0] != ">":
        view: Any = data[: count * size]
        return _KINDS[descr[1:]], view.cast(_CODES[size])
    elements = array(_CODES[size])
    elements.frombytes(data[: count * size])
    elements.byteswap()
    return _KINDS[descr[1:]], elements


def _text(content: bytes, descr: str) -> bytes:
    """One string without its padding; text of code points as UTF-8."""
    if descr[1] == "S":
        return content.rstrip(b"\0")
    return content.decode("utf-32-be" if descr[0] == ">" else "utf-32-le").rstrip("\0").encode()


def _c_order(elements: Any, shape: tuple[int, ...]) -> Any:
    """Elements in Fortran order, where the first index runs fastest, as C order, where the last one does."""
    if len(shape) < 2 or not elements:
        return elements
    *rest, last = shape
    step = len(elements) // last
    ordered = elements[:]
    for i in range(last):
        ordered[i::last] = _c_order(elements[i * step : (i + 1) * step], tuple(rest))
    return ordered
