"""Objects must say what they are, and no two may be the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.core.checks.finding import Finding
from generator.core.manifests import Identity, Manifest


def complete(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Every object has an apiVersion, a kind and a name; `kubectl apply` needs all three."""
    for manifest in manifests:
        body = manifest.body
        for key in ("apiVersion", "kind"):
            if not isinstance(body.get(key), str) or not body[key]:
                yield Finding("identity", manifest, (key,), f"`{key}` must be a string")
        # kubectl takes anything with `items` for a list, whatever its kind, and applies what is in it.
        if "items" in body:
            yield Finding("list", manifest, ("kind",), "write the objects one by one, not as a list")
            continue
        metadata = body.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if not isinstance(name, str) or not name:
            yield Finding("identity", manifest, ("metadata", "name"), "an object needs a name, a string")


def unique(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """No two objects are the same to the API server: group, kind, namespace and name."""
    first: dict[tuple[str, ...], Manifest] = {}
    for manifest in manifests:
        key = _server_identity(manifest.identity)
        if key in first:
            other = first[key].trace(("metadata", "name")).span
            yield Finding(
                "duplicate", manifest, ("metadata", "name"), f"the same object is also rendered from {other}"
            )
        first.setdefault(key, manifest)


def _server_identity(identity: Identity) -> tuple[str, ...]:
    group = identity.api_version.rpartition("/")[0]
    return group, identity.kind, identity.namespace, identity.name
