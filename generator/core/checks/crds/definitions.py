"""CustomResourceDefinitions, from the files that a project names or from its own rendering.

A definition is read like any YAML here, with positions and within bounds. But others wrote it, and it is no
value of this project: a plain scalar that readers dispute (the operator `=` in an enumeration) is taken as
`kubectl apply` takes it instead of being refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.core import documents, nodes, scalars
from generator.core.nodes import Node, Scalar, Sequence
from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span

API: Final = "apiextensions.k8s.io"
KIND: Final = "CustomResourceDefinition"
_TRUE: Final = frozenset("y Y yes Yes YES on On ON".split())
_FALSE: Final = frozenset("n N no No NO off Off OFF".split())
_OCTAL: Final = re.compile(r"[-+]?0o?[0-7]+")


class Version(NamedTuple):
    """One version of a custom resource. `schema` is what the definition says, None where it has none."""

    served: bool
    schema: Mapping[str, Any] | None
    has_status: bool  # a subresource: a status that is applied is ignored
    replicas: str  # the JSON path of the scale subresource, or empty
    deprecated: bool
    warning: str


class Definition(NamedTuple):
    """A kind of custom resources, with its versions by name, and where it is defined."""

    group: str
    kind: str
    namespaced: bool
    versions: Mapping[str, Version]
    span: Span


def read(source: Source) -> list[Definition]:
    """The definitions in a text; documents of other kinds are passed over.

    Raises `DiagnosticError` for a text that is no YAML, and for a definition that is none.
    """
    documents.check_text(source)
    found = []
    for root in documents.parse(source):
        problems: list[Diagnostic] = []
        data = _plain(root, source, problems)
        if is_definition(data):
            if problems:
                raise DiagnosticError(problems)
            found += list(_definitions(data, _first_line(root, source)))
    return found


def is_definition(data: object) -> bool:
    """Whether data are a CustomResourceDefinition, of any version."""
    if not isinstance(data, dict) or data.get("kind") not in (KIND, f"{KIND}List"):
        return False
    return str(data.get("apiVersion")).startswith(f"{API}/") or data["kind"] != KIND


def of_data(data: Mapping[str, Any], span: Span) -> Definition:
    """A definition from its data. Raises `DiagnosticError` where they are not such."""
    try:
        if data["apiVersion"] != f"{API}/v1":
            problem = f"{data['apiVersion']} was removed in Kubernetes v1.22; {API}/v1 is read"
            raise DiagnosticError([Diagnostic("check/crd-invalid", problem, span)])
        spec = data["spec"]
        versions = {version["name"]: _version(version) for version in spec["versions"]}
        namespaced = spec["scope"] == "Namespaced"
        return Definition(str(spec["group"]), str(spec["names"]["kind"]), namespaced, versions, span)
    except (KeyError, TypeError, AttributeError):
        message = "this definition is incomplete; it needs spec with group, names.kind, scope, versions"
        raise DiagnosticError([Diagnostic("check/crd-invalid", message, span)]) from None


def _definitions(data: Mapping[str, Any], span: Span) -> Iterator[Definition]:
    for one in data.get("items") or () if data["kind"] != KIND else (data,):
        yield of_data(one, span)


def _first_line(root: Node, source: Source) -> Span:
    end = source.text.find("\n", root.start)
    return source.span(root.start, end if end >= 0 else root.end)


def _version(version: Mapping[str, Any]) -> Version:
    subresources = version.get("subresources") or {}
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if schema is not None and not isinstance(schema, dict):
        raise TypeError
    return Version(
        version["served"] is True,
        schema,
        subresources.get("status") is not None,
        str((subresources.get("scale") or {}).get("specReplicasPath", "")),
        version.get("deprecated") is True,
        str(version.get("deprecationWarning") or ""),
    )


def _plain(node: Node, source: Source, problems: list[Diagnostic]) -> Any:
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return [_plain(item, source, problems) for item in node.items]
    data: dict[str, Any] = {}
    for key, child in node.entries:
        if key.text in data:
            first = next(k for k, _ in node.entries if k.text == key.text)
            problems.append(nodes.duplicate(key.text, key, first, source))
        data[key.text] = _plain(child, source, problems)
    return data


def _scalar(node: Scalar) -> Any:
    if not node.plain:
        return node.text
    try:
        return scalars.resolve(node.text)
    except scalars.Ambiguous:
        return _as_kubectl_reads(node.text)


def _as_kubectl_reads(text: str) -> Any:
    """The value of a disputed scalar to kubectl, which follows YAML 1.1 but for dates and times."""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    digits = text.replace("_", "")
    try:
        return int(digits.replace("o", ""), 8) if _OCTAL.fullmatch(digits) else int(digits, 0)
    except ValueError:
        pass
    try:
        number = float(digits)
    except ValueError:
        return text
    return number if abs(number) < float("inf") else text
