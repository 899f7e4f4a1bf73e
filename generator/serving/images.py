"""Whether an image file was cut off, for the formats that TensorFlow decodes and that mark their end."""

from __future__ import annotations

_ENDS = {  # how a file of each format begins, and how a whole one ends
    b"\xff\xd8\xff": b"\xff\xd9",  # JPEG (ITU T.81, B.1.1.3): from SOI to EOI
    b"\x89PNG\r\n\x1a\n": b"IEND\xaeB`\x82",  # PNG (W3C PNG, 5.6): the last chunk, with its checksum
    b"GIF8": b"\x3b",  # GIF89a, 27: the trailer
}


def truncated(content: bytes) -> bool:
    """Whether an image lacks its end; zeros may follow it, and other formats are never accused."""
    whole = content.rstrip(b"\0")
    return any(content.startswith(start) and not whole.endswith(end) for start, end in _ENDS.items())
