"""Names, labels and keys as the API server takes them.

Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and .../labels/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from generator.core.checks.finding import Finding
from generator.core.checks.pods import pods
from generator.core.manifests import Manifest
from generator.core.paths import Path

_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_1035: Final = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
)
_SEGMENT: Final = re.compile(r"(?!\.\.?\Z)[^/%]+")
_QUALIFIED: Final = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]")
_LABEL_VALUE: Final = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")
_PORT_NAME: Final = re.compile(r"(?=.{1,15}\Z)(?!.*--)(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_DATA_KEY: Final = re.compile(r"(?!\.\.?\Z)(?!\.\..)[-._a-zA-Z0-9]{1,253}")

_A_LABEL: Final = "at most 63 lower-case letters, digits and `-`, beginning and ending with a letter or digit"
_A_NAME: Final = "at most 253 lower-case letters, digits, `-` and `.`, each part between letters or digits"


def object_names(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """metadata.name and metadata.namespace."""
    for manifest in manifests:
        kind, name = manifest.identity.kind, manifest.identity.name
        pattern, expected = _rule(manifest)
        if not pattern.fullmatch(name):
            yield _bad(
                "name", manifest, ("metadata", "name"), name, f"not a name that a {kind} may have", expected
            )
        namespace = manifest.identity.namespace
        if namespace and not _LABEL.fullmatch(namespace):
            yield _bad(
                "name", manifest, ("metadata", "namespace"), namespace, "not a namespace's name", _A_LABEL
            )


def data_keys(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """The keys of ConfigMaps and Secrets, which become names of files."""
    for manifest in manifests:
        kind = manifest.identity.kind
        for field in ("data", "binaryData", "stringData") if kind in ("ConfigMap", "Secret") else ():
            for key in manifest.body.get(field) or ():
                if not _DATA_KEY.fullmatch(key):
                    message, expected = (
                        f"not a key that a {kind} may have",
                        "letters, digits, `-`, `_` and `.`",
                    )
                    yield _bad("data-key", manifest, (field, key), key, message, expected, True)


def _rule(manifest: Manifest) -> tuple[re.Pattern[str], str]:
    kind = manifest.identity.kind
    if manifest.identity.api_version.startswith("rbac.authorization.k8s.io/"):
        return _SEGMENT, "no `/` and no `%`"
    if kind == "Service":
        return _LABEL_1035, f"{_A_LABEL}; the first one a letter"
    return (_LABEL, _A_LABEL) if kind == "Namespace" else (_SUBDOMAIN, _A_NAME)


def labels(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Keys and values of labels and selectors, and keys of annotations, wherever they stand."""
    for manifest in manifests:
        for path, mapping in _maps(manifest.body, ()):
            for key, value in mapping.items():
                yield from _label(manifest, (*path, key), key, value, path[-1] == "annotations")


def _maps(tree: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every mapping of labels or annotations: those of metadata, and selectors made of plain pairs."""
    if isinstance(tree, dict):
        for key, child in tree.items():
            below = (*path, key)
            inside = path[-1:] == ("metadata",) and key in ("labels", "annotations")
            selects = key in ("matchLabels", "nodeSelector") or below == ("spec", "selector")
            if (
                isinstance(child, dict)
                and (inside or selects)
                and all(isinstance(v, str) for v in child.values())
            ):
                yield below, child
            elif path[:1] not in (("data",), ("stringData",)):
                yield from _maps(child, below)
    elif isinstance(tree, list):
        for index, child in enumerate(tree):
            yield from _maps(child, (*path, index))


def _label(manifest: Manifest, path: Path, key: str, value: Any, annotation: bool) -> Iterator[Finding]:
    prefix, slash, name = key.rpartition("/")
    if not _QUALIFIED.fullmatch(name) or (slash and not _SUBDOMAIN.fullmatch(prefix)):
        expected = "at most 63 letters, digits, `-`, `_` and `.`, perhaps behind a domain and `/`"
        what = "not a key that an annotation may have" if annotation else "not a key that a label may have"
        yield _bad("label-key", manifest, path, key, what, expected, True)
    if not annotation and not _LABEL_VALUE.fullmatch(str(value)):
        expected = "at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit"
        yield _bad("label-value", manifest, path, str(value), "not a value that a label may have", expected)


def containers(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Names of containers, their ports and volumes: valid, and no two alike in a pod."""
    for pod in pods(manifests):
        taken: dict[str, set[str]] = {"container": set(), "volume": set()}
        for path, container in pod.containers():
            yield from _name(
                pod.manifest, (*path, "name"), container["name"], "container", taken["container"]
            )
            ports: set[str] = set()
            for index, port in enumerate(container.get("ports") or ()):
                place = (*path, "ports", index, "name")
                name = port.get("name")
                if name is not None and not _PORT_NAME.fullmatch(name):
                    expected = "at most 15 lower-case letters, digits and `-`, with at least one letter"
                    yield _bad("name", pod.manifest, place, name, "not a name that a port may have", expected)
                if name in ports:
                    yield _bad(
                        "duplicate-name", pod.manifest, place, name, "a port of this name stands before", ""
                    )
                ports.add(name)
        for index, volume in enumerate(pod.spec.get("volumes") or ()):
            place = (*pod.path, "spec", "volumes", index, "name")
            yield from _name(pod.manifest, place, volume["name"], "volume", taken["volume"])


def _name(manifest: Manifest, path: Path, name: str, what: str, taken: set[str]) -> Iterator[Finding]:
    if not _LABEL.fullmatch(name):
        yield _bad("name", manifest, path, name, f"not a name that a {what} may have", _A_LABEL)
    if name in taken:
        yield _bad("duplicate-name", manifest, path, name, f"a {what} of this name stands before", "")
    taken.add(name)


def _bad(
    rule: str, manifest: Manifest, path: Path, found: str, message: str, expected: str, key: bool = False
) -> Finding:
    return Finding(rule, manifest, path, message, f'"{found}"', expected, key=key)
