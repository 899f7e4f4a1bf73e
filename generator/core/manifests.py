"""Rendered text to objects: tokens become values, and every field can be asked where it came from."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from typing import Any, NamedTuple

from generator.core import documents, nodes, tracked
from generator.core.bindings import TOKEN, Binding, RenderedText, number
from generator.core.nodes import Mapping, Node, Scalar, Sequence
from generator.core.paths import Path
from generator.core.templates import TOOL
from generator.core.tracked import Paths
from generator.diagnostics import Collector, Diagnostic, Span


class Trace(NamedTuple):
    """Where a field came from: its place in a template, and the value paths bound there."""

    span: Span
    values: Paths


class Identity(NamedTuple):
    """What tells one object of a cluster from another."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind or 'object'} {where}{self.name}".rstrip()

    @property
    def address(self) -> str:
        """Kind/namespace/name, or Kind/name where the object names no namespace."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


class Manifest:
    """One object: plain data, and the tree it was bound from."""

    __slots__ = ("body", "identity", "rendered", "root")

    def __init__(self, body: dict[str, Any], root: Mapping, rendered: RenderedText) -> None:
        self.body = body
        self.root = root
        self.rendered = rendered
        metadata = body.get("metadata")
        named: ReadOnly[str, Any] = metadata if isinstance(metadata, dict) else {}
        self.identity = Identity(
            *(str(body.get(key) or "") for key in ("apiVersion", "kind")),
            *(str(named.get(key) or "") for key in ("namespace", "name")),
        )

    @property
    def kind(self) -> str:
        """What it is, in full: `apps/v1 Deployment`; other API groups have kinds of the same name."""
        return f"{self.identity.api_version} {self.identity.kind}"

    @property
    def template(self) -> str:
        """The name of the template below `templates/`."""
        return self.rendered.template

    @property
    def applied(self) -> bool:
        """Whether it is an object of the cluster; else it is the configuration of a tool."""
        return not self.template.endswith(TOOL)

    def trace(self, path: Path, key: bool = False) -> Trace:
        """Where the field at a path came from, or the nearest field above it; with `key`, its key."""
        node: Node = self.root
        at: Node = node
        for depth, step in enumerate(path):
            if isinstance(node, Scalar):
                return self._inside(node, path[depth:])
            entry = self._child(node, step)
            if entry is None:
                break
            name, node = entry
            last = depth == len(path) - 1
            at = name if name is not None and (not isinstance(node, Scalar) or (key and last)) else node
        if isinstance(at, Mapping):  # no key leads to it: its first line is its first key
            at = at.entries[0][0] if at.entries else at
        return Trace(self.rendered.span(at.start, at.end), self._values(at))

    def _child(self, node: Node, step: str | int) -> tuple[Scalar | None, Node] | None:
        if isinstance(node, Sequence):
            found = isinstance(step, int) and step < len(node.items)
            return (None, node.items[int(step)]) if found else None
        entries = node.entries if isinstance(node, Mapping) else []
        return next((e for e in entries if _text(e[0], self.rendered.bindings) == step), None)

    def _inside(self, node: Scalar, rest: Path) -> Trace:
        """A field within a mapping or list that was bound as a whole."""
        span = self.rendered.span(node.start, node.end)
        values: Paths = ()
        for binding in _bindings(node, self.rendered.bindings):
            inside = dict(tracked.paths_inside(binding.value))
            near = next(rest[:n] for n in range(len(rest), -1, -1) if n == 0 or rest[:n] in inside)
            values += inside.get(near, binding.paths)
        return Trace(span, values)

    def _values(self, node: Node) -> Paths:
        bound = _bindings(node, self.rendered.bindings) if isinstance(node, Scalar) else []
        return tuple(dict.fromkeys(path for binding in bound for path in binding.paths))


def parse(rendered: RenderedText) -> list[Node]:
    """The documents in what a template made, tokens still in place. Raises `DiagnosticError`."""
    return documents.parse(rendered)


def bind(roots: list[Node], rendered: RenderedText) -> list[Manifest]:
    """The objects in what a template made. Raises `DiagnosticError` with every problem found."""
    made = []
    with Collector() as problems:
        for root in roots:
            if not isinstance(root, Mapping):
                span = rendered.span(root.start, root.end)
                problems.add(
                    Diagnostic(
                        "manifest/not-an-object", "a manifest is a mapping with apiVersion and kind", span
                    )
                )
                continue
            body = _Binder(rendered, problems.diagnostics).value(root)
            made.append(Manifest(body, root, rendered))
    return made


class _Binder:
    """Puts values in the place of tokens, in one walk over a document."""

    def __init__(self, rendered: RenderedText, problems: list[Diagnostic]) -> None:
        self.rendered = rendered
        self.bindings = rendered.bindings
        self.problems = problems

    def value(self, node: Node) -> Any:
        if isinstance(node, Scalar):
            return self._scalar(node)
        if isinstance(node, Sequence):
            return [self.value(item) for item in node.items]
        data: dict[str, Any] = {}
        for key, child in node.entries:
            name = self._key(key)
            if name in data:
                first = next(k for k, _ in node.entries if _text(k, self.bindings) == name)
                self.problems.append(nodes.duplicate(name, key, first, self.rendered))
            data[name] = self.value(child)
        return data

    def _scalar(self, node: Scalar) -> Any:
        if (match := TOKEN.search(node.text)) is None:
            return nodes.scalar(node, self.rendered, self.problems)
        try:
            if node.plain and match[0] == node.text:
                return tracked.untrack(self.bindings[number(match[1])].value)
            return _fill(node.text, self.bindings)
        except tracked.Unbindable as error:
            whole = node.plain and match[0] == node.text
            self._refuse(node, f"{error} has no place {'in a manifest' if whole else 'inside a longer text'}")
            return ""

    def _key(self, key: Scalar) -> str:
        if TOKEN.search(key.text) is None:
            return nodes.key_name(key, self.rendered, self.problems)
        try:
            return _fill(key.text, self.bindings)
        except tracked.Unbindable as error:
            self._refuse(key, f"{error} cannot be a key")
            return key.text

    def _refuse(self, node: Scalar, message: str) -> None:
        self.problems.append(Diagnostic("manifest/value", message, self.rendered.span(node.start, node.end)))


def _fill(text: str, bindings: list[Binding]) -> str:
    return TOKEN.sub(lambda match: tracked.text(bindings[number(match[1])].value), text)


def _text(key: Scalar, bindings: list[Binding]) -> str:
    try:
        return _fill(key.text, bindings)
    except tracked.Unbindable:
        return key.text


def _bindings(node: Scalar, bindings: list[Binding]) -> list[Binding]:
    return [bindings[number(match[1])] for match in TOKEN.finditer(node.text)]
