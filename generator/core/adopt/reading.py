"""Manifests as kubectl reads them: to objects, each with the place where it begins.

The strict reader finds the structure. Where it refuses a plain scalar that readers dispute, the reading of
kubectl counts (https://github.com/kubernetes-sigs/yaml, YAML 1.1), for that is what is in the cluster.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, Final, NamedTuple

from generator.core import bounds, documents, nodes, paths, scalars
from generator.core.canonical import canonical
from generator.core.manifests import Identity
from generator.core.nodes import Mapping, Node, Scalar, Sequence
from generator.core.secrets import KIND, hides, unquoted
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Related, Severity, Source, Span

_TRUE: Final = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE: Final = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_HELP: Final = "give what `helm template`, `kubectl kustomize` or a folder of manifests holds"


class Object(NamedTuple):
    """An object that was read, and where it begins."""

    body: dict[str, Any]
    span: Span

    @property
    def identity(self) -> Identity:
        metadata = self.body["metadata"]
        named = (str(metadata.get(key) or "") for key in ("namespace", "name"))
        return Identity(self.body["apiVersion"], self.body["kind"], *named)


def objects(sources: Iterable[Source], problems: Collector) -> list[Object]:
    """The objects in some sources, Lists taken apart, without Secrets that hold values.

    Whatever is wrong, or left out, is added to `problems`.
    """
    found: dict[tuple[str, ...], Object] = {}
    for source in sources:
        source = source._replace(sensitive=KIND in source.text)  # it is never quoted
        with problems.catch():
            for node in _parsed(source):
                for one in _of_document(node, source, problems):
                    _keep(one, found, problems)
    return list(found.values())


def _keep(one: Object, found: dict[tuple[str, ...], Object], problems: Collector) -> None:
    """Keep an object, unless it holds what may not be committed or was read before."""
    identity = one.identity
    if identity.kind == KIND and any(hides(KIND, path) for path, _ in paths.leaves(one.body)):
        message = f"the {identity} is left out: it holds values, and templates are committed"
        help = "create it by hand, commit a SealedSecret, or let the External Secrets Operator create it"
        problems.add(Diagnostic("init/secret", message, unquoted(one.span), Severity.WARNING, help=help))
        return
    key = (identity.api_version.rpartition("/")[0], *identity[1:])
    if (other := found.setdefault(key, one)) is not one:
        same = canonical(other.body) == canonical(one.body)
        message = f"the {identity} stands twice" + (", and is taken once" if same else " with other fields")
        severity = Severity.WARNING if same else Severity.ERROR
        related = (Related(other.span, "first here"),)
        problems.add(Diagnostic("init/duplicate", message, one.span, severity, related=related))


def _parsed(source: Source) -> list[Node]:
    try:
        return documents.parse(source)
    except DiagnosticError as error:
        if not source.sensitive:
            raise
        safe = (problem._replace(found="", help="") for problem in error.diagnostics)
        raise DiagnosticError(safe) from None


def _of_document(node: Node, source: Source, problems: Collector) -> Iterator[Object]:
    """The objects of a document: itself, or the items of a List."""
    span = source.span(node.start, min(node.end, _line_end(source, node.start)))
    if not isinstance(node, Mapping):
        problems.add(Diagnostic("init/object", "a manifest is a mapping", span, help=_HELP))
        return
    entries = {key.text: child for key, child in node.entries}
    kind, items = entries.get("kind"), entries.get("items")
    if isinstance(kind, Scalar) and kind.text.endswith("List") and isinstance(items, Sequence):
        for item in items.items:
            yield from _of_document(item, source, problems)
        return
    read = _Reader(source)
    body = read.value(node)
    metadata = body.get("metadata")
    named = metadata.get("name") if isinstance(metadata, dict) else None
    told = [body.get("apiVersion"), body.get("kind"), named]
    if not all(isinstance(text, str) and text for text in told):
        missing = "`apiVersion`, `kind` and `metadata.name`"
        problems.add(Diagnostic("init/object", f"a manifest has {missing}, as text", span, help=_HELP))
        return
    if body["apiVersion"].startswith("kustomize.config.k8s.io/"):
        message = "a kustomization is an instruction for kustomize, and no object"
        problems.add(
            Diagnostic("init/object", message, span, help="kubectl kustomize DIR | gen init --from -")
        )
        return
    if body["kind"] != KIND:
        problems.add(*read.problems)
    yield Object(body, span)


def _line_end(source: Source, start: int) -> int:
    end = source.text.find("\n", start)
    return len(source.text) if end < 0 else end


class _Reader(nodes.Reader):
    """Reads the data of a document as kubectl does, and notes what others would read otherwise."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, [])
        self._sensitive = source.sensitive

    def note(self, found: Diagnostic) -> None:
        self.problems.append(found)  # those of a Secret are dropped, however many they are

    def key(self, key: Scalar) -> str:
        read = self.scalar(key)
        return read if isinstance(read, str) else json.dumps(read)

    def scalar(self, node: Scalar) -> Any:
        if not node.plain:
            return node.text
        try:
            return scalars.resolve(node.text)
        except scalars.Ambiguous:
            read = as_kubectl(node.text)
        span = self.source.span(node.start, node.end)
        if isinstance(read, float) and not isfinite(read):
            self.problems.append(Diagnostic("init/number", "a number that JSON cannot hold", span))
            return 0
        if read != node.text and not self._sensitive:
            message = f"`{node.text}` is read as {json.dumps(read)}, as kubectl reads it"
            self.problems.append(Diagnostic("init/read-as", message, span, Severity.WARNING))
        return read


def as_kubectl(text: str) -> str | int | float | bool:
    """What kubectl reads in a plain scalar that readers of YAML dispute."""
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    plain = text.replace("_", "")
    if len(plain) < bounds.DIGITS and _INTEGER.fullmatch(plain):
        number = _integer(plain)
        return number if -(1 << 63) <= number < 1 << 63 else float("inf")
    if _FLOAT.fullmatch(plain):
        real = float(plain)
        return int(real) if real.is_integer() and abs(real) < 1 << 53 else real
    return float("inf") if _ENDLESS.fullmatch(text) else text


def _integer(plain: str) -> int:
    """A number as Go's ParseInt reads it with base 0: a leading zero makes it octal."""
    octal = re.fullmatch(r"([-+]?)0([0-7]+)", plain)
    return int(f"{octal[1]}0o{octal[2]}", 0) if octal else int(plain, 0)
