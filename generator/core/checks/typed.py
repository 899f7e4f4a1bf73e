"""The rules of every Kubernetes type, wherever a value of the type stands in an object.

The vendored schemas say which type stands where; the tables in `kinds/` say what holds for it. A rule for
`io.k8s.api.core.v1.Container` so holds in a Pod, in a Deployment and in the template of a CronJob.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from generator.core.checks import kinds, versions
from generator.core.checks.finding import Finding
from generator.core.checks.target import DEFAULT, Target
from generator.core.manifests import Manifest
from generator.core.paths import Path

_DEFINITIONS: Final = "#/definitions/"

# How a field holds values of its type: as it is, in a list, or in a mapping with any keys.
_ITSELF, _LIST, _MAPPING = range(3)


Kind = tuple[str, int]  # a kind in full, and the minor version of Kubernetes


class Place(NamedTuple):
    """A mapping in an object, and the name of its type."""

    path: Path
    value: Mapping[str, Any]
    type: str


def valid(manifests: Sequence[Manifest], target: Target = DEFAULT) -> Iterator[Finding]:
    """Every value in every object is one that the API server takes, as far as an object alone can tell."""
    for manifest in manifests:
        for path, value, name in places(manifest, target.minor):
            for rule in kinds.rules(name):
                for fault in rule(value):
                    yield Finding(
                        fault.rule,
                        manifest,
                        (*path, *fault.path),
                        fault.message,
                        fault.found,
                        fault.expected,
                        fault.help,
                        key=fault.key,
                    )


def places(manifest: Manifest, minor: int) -> list[Place]:
    """Every typed mapping in an object whose shape is right, from the outside in."""
    found: list[Place] = []
    schema = versions.schema(manifest.kind, minor)
    if schema is not None:
        name = schema["$ref"].removeprefix(_DEFINITIONS)
        _walk((), manifest.body, name, (manifest.kind, minor), found)
    return found


def _walk(path: Path, value: Any, name: str, kind: Kind, found: list[Place]) -> None:
    if not isinstance(value, dict):
        return
    found.append(Place(path, value, name))
    for field, holding, child in _fields(kind, name):
        inner = value.get(field)
        if not inner:
            if isinstance(inner, dict) and holding == _ITSELF:
                found.append(Place((*path, field), inner, child))
        elif holding == _ITSELF:
            _walk((*path, field), inner, child, kind, found)
        else:
            entries = enumerate(inner) if holding == _LIST else inner.items()
            for key, entry in entries:
                _walk((*path, field, key), entry, child, kind, found)


@cache
def _fields(kind: Kind, name: str) -> list[tuple[str, int, str]]:
    """The fields of a type that hold typed mappings, how they hold them, and of which type."""
    schema = versions.schema(*kind)
    assert schema is not None
    definitions = schema["definitions"]
    found = []
    for field, about in definitions[name].get("properties", {}).items():
        for holding, inner in enumerate((about, about.get("items"), about.get("additionalProperties"))):
            if isinstance(inner, dict) and "$ref" in inner:
                child = inner["$ref"].removeprefix(_DEFINITIONS)
                if "properties" in definitions[child]:
                    found.append((field, holding, child))
    return found
