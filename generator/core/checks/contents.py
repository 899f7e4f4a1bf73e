"""What objects carry for others to read: of a size and form that the API server takes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from generator.core.checks.finding import Finding
from generator.core.manifests import Manifest

_ANNOTATIONS: Final = 1 << 18  # bytes of all annotations of an object, keys included
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_DOCKER: Final = ".dockerconfigjson"
_KEYS: Final = {
    "kubernetes.io/dockerconfigjson": (_DOCKER,),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def sizes(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """An object fits into its own annotations, for that is where plain `kubectl apply` keeps a copy."""
    for manifest in manifests:
        annotations = _annotations(manifest)
        copy = json.dumps(manifest.body, ensure_ascii=False, separators=(",", ":")) + "\n"
        size = sum(len(f"{key}{value}".encode()) for key, value in annotations.items())
        size += len(f"{_LAST_APPLIED}{copy}".encode())
        if size > _ANNOTATIONS:
            message = "too large for `kubectl apply`, which keeps a copy of an object in an annotation"
            expected = f"at most {_ANNOTATIONS} bytes together with its annotations"
            yield Finding("size", manifest, (), message, f"{size} bytes", expected)


def keys(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """No key of a ConfigMap stands in two places, and a Secret has the keys that its type asks for."""
    for manifest in manifests:
        if manifest.kind == "v1 ConfigMap":
            binary = manifest.body.get("binaryData") or {}
            for key in manifest.body.get("data") or {}:
                if key in binary:
                    message = "this key stands under binaryData too"
                    yield Finding("exclusive", manifest, ("data", key), message, key=True)
        elif manifest.kind == "v1 Secret":
            yield from _secret(manifest)


def _secret(manifest: Manifest) -> Iterator[Finding]:
    body = manifest.body
    encoded = body.get("data") or {}
    if body.get("type") == "kubernetes.io/dockerconfigjson" and not encoded and not body.get("stringData"):
        return  # credentials are no part of a rendering; this one is filled when it is written
    for key in _KEYS.get(body.get("type", ""), ()):
        if key not in encoded and key not in (body.get("stringData") or {}):
            yield Finding("secret", manifest, ("type",), f"a Secret of this type needs the key `{key}`")
    if _DOCKER in encoded and not _is_json(encoded[_DOCKER]):
        message = "what is encoded here must be JSON, as in a docker configuration"
        yield Finding("secret", manifest, ("data", _DOCKER), message)


def _annotations(manifest: Manifest) -> dict[str, Any]:
    found: dict[str, Any] = (manifest.body.get("metadata") or {}).get("annotations") or {}
    return found


def _is_json(encoded: str) -> bool:
    try:
        json.loads(base64.b64decode(encoded))
    except ValueError:
        return False
    return True
