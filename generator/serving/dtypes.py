"""TensorFlow's element types: their numbers on the wire, their bytes, and the field that may hold them.

Numbers and names as in tensorflow/core/framework/types.proto, fields as in tensor.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import Enum
from typing import Any


class DType(Enum):
    """An element type: (number, `struct` code of one little-endian element, field of TensorProto).

    A type without a code can be named, but its values cannot be read or written.
    """

    INVALID = (0, "", "")
    FLOAT = (1, "f", "float_val")
    DOUBLE = (2, "d", "double_val")
    INT32 = (3, "i", "int_val")
    UINT8 = (4, "B", "int_val")
    INT16 = (5, "h", "int_val")
    INT8 = (6, "b", "int_val")
    STRING = (7, "", "string_val")
    COMPLEX64 = (8, "", "")
    INT64 = (9, "q", "int64_val")
    BOOL = (10, "?", "bool_val")
    QINT8 = (11, "", "")
    QUINT8 = (12, "", "")
    QINT32 = (13, "", "")
    BFLOAT16 = (14, "H", "half_val")
    QINT16 = (15, "", "")
    QUINT16 = (16, "", "")
    UINT16 = (17, "H", "int_val")
    COMPLEX128 = (18, "", "")
    HALF = (19, "e", "half_val")
    RESOURCE = (20, "", "")
    VARIANT = (21, "", "")
    UINT32 = (22, "I", "uint32_val")
    UINT64 = (23, "Q", "uint64_val")
    FLOAT8_E5M2 = (24, "", "")
    FLOAT8_E4M3FN = (25, "", "")
    INT4 = (29, "", "")
    UINT4 = (30, "", "")

    number: int
    format: str
    field: str

    def __init__(self, number: int, format: str, field: str) -> None:
        self.number, self.format, self.field = number, format, field

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def floating(self) -> bool:
        return self in _FLOATING

    @property
    def size(self) -> int:
        """Bytes of one element; 0 for strings and for types that cannot be read."""
        return struct.calcsize(f"<{self.format}")

    def pack(self, values: Sequence[Any]) -> bytes:
        """Little-endian bytes. Raises `struct.error` or `OverflowError` for a value that does not fit."""
        if self is DType.BFLOAT16:
            return _shortened(struct.pack(f"<{len(values)}f", *values))
        return struct.pack(f"<{len(values)}{self.format}", *values)

    def unpack(self, content: bytes) -> tuple[Any, ...]:
        """The values of little-endian bytes."""
        if self is DType.BFLOAT16:
            return struct.unpack(f"<{len(content) // 2}f", _lengthened(content))
        return struct.unpack(f"<{len(content) // self.size}{self.format}", content)

    def pack_field(self, values: Sequence[Any]) -> bytes:
        """Little-endian bytes of the values of a typed field, which holds halves as their bits."""
        code = "H" if self.field == "half_val" else self.format
        return struct.pack(f"<{len(values)}{code}", *values)

    @staticmethod
    def numbered(number: int) -> DType:
        return _BY_NUMBER.get(number, DType.INVALID)

    @staticmethod
    def named(name: str) -> DType:
        """The type of a name as REST writes it, such as `DT_FLOAT`."""
        return DType.__members__.get(name.removeprefix("DT_"), DType.INVALID)


_FLOATING = {DType.FLOAT, DType.DOUBLE, DType.HALF, DType.BFLOAT16}
_BY_NUMBER = {dtype.number: dtype for dtype in DType}


def _lengthened(content: bytes) -> bytes:
    """bfloat16 is the upper half of float32, so a float32 is its bytes after two zero ones."""
    floats = bytearray(2 * len(content))
    floats[2::4], floats[3::4] = content[0::2], content[1::2]
    return bytes(floats)


def _shortened(content: bytes) -> bytes:
    """float32 to bfloat16, to nearest and ties to even, as TensorFlow rounds; a NaN stays a quiet NaN."""
    bits = struct.unpack(f"<{len(content) // 4}I", content)
    halves = (
        b >> 16 | 0x40 if b & 0x7FFFFFFF > 0x7F800000 else b + 0x7FFF + (b >> 16 & 1) >> 16 for b in bits
    )
    return struct.pack(f"<{len(bits)}H", *halves)
