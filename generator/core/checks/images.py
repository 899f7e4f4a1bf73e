"""References to images, as a node reads them: `registry/repository:tag@digest`.

Grammar: https://github.com/distribution/reference/blob/main/reference.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from generator.core.checks.finding import Finding
from generator.core.checks.pods import pods
from generator.core.manifests import Manifest

_HOST: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN: Final = rf"{_HOST}(?:\.{_HOST})*(?::[0-9]+)?"
_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
TAG: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
NAME: Final = rf"{_PART}(?:/{_PART})*"
_DIGEST: Final = r"[a-z0-9+._-]+:[0-9a-fA-F]{32,}"
_REFERENCE: Final = re.compile(rf"(?:{_DOMAIN}/)?{NAME}(?::{TAG})?(?:@{_DIGEST})?")
_LENGTH: Final = 512  # characters; names have 255 at most, tags 128
_HELP: Final = "a node cannot pull it; write `registry/repository:tag`, or `registry/repository@sha256:…`"


def references(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Every image of a container can be pulled, as far as its name tells."""
    for pod in pods(manifests):
        for path, container in pod.containers():
            image = container.get("image") or ""
            if message := _problem(image):
                yield Finding("image", pod.manifest, (*path, "image"), message, f'"{image}"', help=_HELP)


def _problem(image: str) -> str:
    if not image or "$(" in image:
        return ""
    name, _, _ = image.partition("@")
    registry, slash, rest = name.partition("/")
    if slash and is_registry(registry) and rest.split("/")[0].partition(":")[0] == registry.partition(":")[0]:
        return f"the registry `{registry}` appears twice in the name"
    if name.rpartition("/")[2].count(":") > 1:
        return "it has two tags"
    return "" if len(image) <= _LENGTH and _REFERENCE.fullmatch(image) else "not a reference to an image"


def is_registry(text: str) -> bool:
    """Whether the first part of a reference names a registry, and not a part of the repository."""
    return "." in text or ":" in text or text == "localhost"
