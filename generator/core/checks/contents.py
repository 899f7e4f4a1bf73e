"""What objects carry for others to read: of a size that `kubectl apply` can handle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from generator.core.checks.finding import Finding
from generator.core.manifests import Manifest
from generator.diagnostics import Severity

_ANNOTATIONS: Final = 1 << 18  # bytes of all annotations of an object, keys included
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def sizes(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """An object fits into its own annotations, for that is where plain `kubectl apply` keeps a copy."""
    for manifest in manifests:
        metadata = manifest.body.get("metadata")
        annotations = (metadata.get("annotations") if isinstance(metadata, dict) else None) or {}
        copy = json.dumps(manifest.body, ensure_ascii=False, separators=(",", ":")) + "\n"
        size = sum(len(f"{key}{value}".encode()) for key, value in annotations.items())
        size += len(f"{_LAST_APPLIED}{copy}".encode())
        if size > _ANNOTATIONS:
            message = "too large for plain `kubectl apply`, which keeps a copy of an object in an annotation"
            expected = f"at most {_ANNOTATIONS} bytes together with its annotations"
            help = "apply it with `kubectl apply --server-side`, which keeps no copy"
            yield Finding("size", manifest, (), message, f"{size} bytes", expected, help, Severity.WARNING)
