"""Whether all tools made the same objects: compared one by one as kubectl reads them, not as text."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Objects = dict[tuple[str, str, str], Any]


def read(text: bytes, kubectl: Path) -> Objects:
    """The objects in YAML by kind, namespace and name, as kubectl's own parser reads them."""
    line = [str(kubectl), "label", "--local", "-f", "-", "bench=read", "-o", "json"]
    out = subprocess.run(line, input=text, capture_output=True, check=True).stdout.decode().strip()
    decoder, at, objects = json.JSONDecoder(), 0, Objects()
    while at < len(out):
        body, at = decoder.raw_decode(out, at)
        at += len(out[at:]) - len(out[at:].lstrip())
        metadata = body["metadata"]
        objects[body["kind"], metadata.get("namespace", ""), metadata["name"]] = body
    return objects


def joined(paths: Iterable[Path]) -> bytes:
    """Files as one stream of documents."""
    return b"".join(b"---\n" + path.read_bytes() for path in paths)


def differences(made: Mapping[str, Objects]) -> list[str]:
    """What is not the same in all; the first tool is what the others are held against."""
    (first, wanted), *others = made.items()
    return [
        f"{tool} and {first} differ on {' '.join(key)}"
        for tool, objects in others
        for key in wanted.keys() | objects.keys()
        if wanted.get(key) != objects.get(key)
    ]
