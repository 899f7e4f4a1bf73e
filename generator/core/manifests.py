"""Rendered text to objects: tokens become values, and every field can be asked where it came from."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from typing import Any, NamedTuple

from generator.core import documents, nodes, tracked
from generator.core.bindings import TOKEN, Binding, RenderedText, number
from generator.core.nodes import Mapping, Node, Scalar, Sequence
from generator.core.paths import Path
from generator.core.sources import Sources, paths_of
from generator.core.templates import TOOL
from generator.diagnostics import Collector, Diagnostic, Span

Step = tuple[Scalar | None, Node]  # a key, where there is one, and what stands under it


class Trace(NamedTuple):
    """Where a field came from: its place in a template, and what it was made from."""

    span: Span
    find: Callable[[], Sources]

    @property
    def sources(self) -> Sources:
        """What the field was made from, and what decided that it is there; this takes another rendering."""
        return self.find()

    @property
    def values(self) -> tuple[Path, ...]:
        """The paths of the values that it was computed from."""
        return paths_of(self.sources.data)


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

    __slots__ = ("_index", "body", "identity", "rendered", "root")

    def __init__(self, body: dict[str, Any], root: Mapping, rendered: RenderedText) -> None:
        self.body = body
        self.root = root
        self.rendered = rendered
        self._index: dict[int, dict[str | int, Step]] = {}
        metadata = body.get("metadata")
        named: ReadOnly[str, Any] = metadata if isinstance(metadata, dict) else {}
        self.identity = Identity(
            *(str(body.get(key) or "") for key in ("apiVersion", "kind")),
            *(str(named.get(key) or "") for key in ("namespace", "name")),
        )

    def showing(self, body: dict[str, Any]) -> Manifest:
        """The same object, traced to the same sources, with another body."""
        return Manifest(body, self.root, self.rendered)

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
        steps, rest = self._steps(path)
        name, at = steps[-1] if steps else (None, self.root)
        if name is not None and not rest and (not isinstance(at, Scalar) or key):
            at = name
        if isinstance(at, Mapping):  # no key leads to it: its first line is its first key
            at = at.entries[0][0] if at.entries else at
        only_key = key and at is name
        return Trace(self.rendered.span(at.start, at.end), lambda: self._sources(steps, rest, only_key))

    def _steps(self, path: Path) -> tuple[list[Step], Path]:
        """The keys and nodes that lead to a field, and the rest of its path in a value bound as a whole."""
        steps: list[Step] = []
        node: Node = self.root
        for depth, step in enumerate(path):
            if isinstance(node, Scalar):
                return steps, path[depth:]
            entry = self._children(node).get(step)
            if entry is None:
                break
            steps.append(entry)
            node = entry[1]
        return steps, ()

    def _children(self, node: Mapping | Sequence) -> dict[str | int, Step]:
        """What stands in a node, by key or index; looked up once, as a mapping may have thousands of keys."""
        if (known := self._index.get(id(node))) is None:
            if isinstance(node, Sequence):
                known = {n: (None, item) for n, item in enumerate(node.items)}
            else:
                known = {_text(entry[0], self.rendered.bindings): entry for entry in reversed(node.entries)}
            self._index[id(node)] = known
        return known

    def _sources(self, steps: list[Step], rest: Path, only_key: bool) -> Sources:
        from generator.core import trails  # only where somebody asks

        return (trails.key if only_key else trails.sources)(self.rendered, steps, rest)


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


class _Binder(nodes.Reader):
    """Puts values in the place of tokens, in one walk over a document."""

    def __init__(self, rendered: RenderedText, problems: list[Diagnostic]) -> None:
        super().__init__(rendered, problems)
        self.bindings = rendered.bindings

    def scalar(self, node: Scalar) -> Any:
        if (match := TOKEN.search(node.text)) is None:
            return super().scalar(node)
        try:
            if node.plain and match[0] == node.text:
                return tracked.untrack(self.bindings[number(match[1])].value)
            return _fill(node.text, self.bindings)
        except tracked.Unbindable as error:
            whole = node.plain and match[0] == node.text
            self._refuse(
                node, f"{error} cannot be used {'in a manifest' if whole else 'inside a longer text'}"
            )
            return ""

    def key(self, key: Scalar) -> str:
        if TOKEN.search(key.text) is None:
            return super().key(key)
        try:
            return _fill(key.text, self.bindings)
        except tracked.Unbindable as error:
            self._refuse(key, f"{error} cannot be a key")
            return key.text

    def _refuse(self, node: Scalar, message: str) -> None:
        self.note(Diagnostic("manifest/value", message, self.source.span(node.start, node.end)))


def _fill(text: str, bindings: list[Binding]) -> str:
    return TOKEN.sub(lambda match: tracked.text(bindings[number(match[1])].value), text)


def _text(key: Scalar, bindings: list[Binding]) -> str:
    try:
        return _fill(key.text, bindings)
    except tracked.Unbindable:
        return key.text
