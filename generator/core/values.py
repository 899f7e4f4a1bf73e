"""Layers of values become one tree, and every value can be asked which layers it came from.

    schema defaults  <  values/base.yaml  <  values/<env>.yaml

Mappings merge, everything else replaces, null removes what was inherited. Origins are looked up in the
layers when somebody asks; the tree is plain data and never carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from generator.core import documents, nodes, paths
from generator.core.nodes import Node, Scalar
from generator.core.paths import Path
from generator.diagnostics import Collector, Related, Source, Span


class Layer(NamedTuple):
    """One values file: its tree with spans, its data, and the entries of mappings that were looked up."""

    source: Source
    root: nodes.Mapping
    data: dict[str, Any]
    entries: dict[int, dict[str, tuple[Scalar, Node]]]


class Origin(NamedTuple):
    """A place that gave a value; `removed` where a layer set it to null."""

    span: Span
    removed: bool = False


ENVIRONMENT: Final = "environment"  # the name by which templates and rules see which environment it is


class Values(NamedTuple):
    """The complete tree of an environment, the layers below it, and where the schema's defaults stand.

    `default` knows those that were filled in, `overridden` those of values that are there anyway too.
    """

    tree: dict[str, Any]
    layers: tuple[Layer, ...]
    default: Callable[[Path], Span | None] = lambda path: None
    overridden: Callable[[Path], Span | None] = lambda path: None
    environment: str = ""

    @property
    def context(self) -> dict[str, Any]:
        """What templates and rules see: the tree and, under `ENVIRONMENT`, the environment's name."""
        if not self.environment:
            return self.tree
        named = {"name": self.environment, "parts": self.environment.split("/")}
        return {**self.tree, ENVIRONMENT: named}

    def tells_environment(self, path: Path) -> bool:
        """Whether a path leads to what is known of the environment, and to no value of a file."""
        return bool(self.environment) and path[:1] == (ENVIRONMENT,)

    def origins(self, path: Path) -> list[Origin]:
        """Every place that had a say in the value at a path, the one that counts last."""
        if self.tells_environment(path):
            return [Origin(Source(f"values/{self.environment}.yaml").span())]
        chain = [Origin(_span(*said), said.removed) for said in self._says(path)]
        if not chain or chain[-1].removed:
            for length in range(len(path), 0, -1):
                if (default := self.default(path[:length])) is not None:
                    return [*chain, Origin(default)]
        return chain

    def get(self, path: Path) -> Any:
        """The value at a path; None where there is none."""
        try:
            return paths.get(self.tree, path)
        except KeyError:
            return None

    def span(self, path: Path, key: bool = False) -> Span:
        """Where the value that counts is set (or its key), or taken away, or the nearest above it is set.

        Where there is none, the first line of the environment's own file.
        """
        for length in range(len(path), 0, -1):
            says = self._says(path[:length])
            if says and not says[-1].removed:
                return _span(*says[-1], key or length < len(path))
            if (default := self.default(path[:length])) is not None:
                return default
            if says:
                return _span(*says[-1], True)
        top = self.layers[-1].source
        return top.span(0, len(top.text.split("\n", 1)[0]))

    def said(self, paths: Iterable[Path]) -> list[Span]:
        """Where the values files set or take away the values at some paths, as far as they do."""
        says = (self._says(path) for path in paths)
        return [_span(*said[-1]) for said in says if said]

    def _says(self, path: Path) -> list[_Said]:
        """What the layers say of the value at a path, those left out that a later one has replaced."""
        chain: list[_Said] = []
        for layer in self.layers:
            chain = _say(layer, path, chain)
        return chain

    def related(self, paths: Iterable[Path], key: bool = False) -> tuple[Related, ...]:
        """The values lines behind an output field (or behind its key), one for each path."""
        return tuple(Related(self.span(path, key), "the value") for path in paths)


@lru_cache(maxsize=16)  # what several environments share is read again and again
def read(source: Source) -> Layer:
    """A values file as a layer. Raises `DiagnosticError` for what is not strict YAML."""
    root = documents.parse_one(source)
    return Layer(source, root, nodes.plain(root, source), {})


def merge(sources: Iterable[Source], read: Any = read) -> Values:
    """The layers of an environment, lowest first. Raises `DiagnosticError` with the problems of all."""
    layers: list[Layer] = []
    with Collector() as problems:
        for source in sources:
            with problems.catch():
                layers.append(read(source))
    tree: dict[str, Any] = {}
    for layer in layers:
        tree = overlay(tree, layer.data)
    return Values(tree, tuple(layers))


def overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """One mapping laid over another, neither changed: mappings merge, null removes, all else replaces."""
    merged = dict(below)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            inherited = below.get(key)
            merged[key] = overlay(inherited if isinstance(inherited, dict) else {}, value)
        else:
            merged[key] = value
    return merged


class _Said(NamedTuple):
    """What a layer says of a value: the key and the value there, or a null that takes it away."""

    layer: Layer
    key: Scalar | None
    node: Node
    removed: bool


def _say(layer: Layer, path: Path, chain: list[_Said]) -> list[_Said]:
    """The chain of what was said of the value at a path, with what a layer says of it."""
    key: Scalar | None = None
    node: Node = layer.root
    merges = True  # until a list or a scalar, which replaces whatever was below it
    for length, step in enumerate(path, 1):
        found = _child(layer, node, step)
        if found is None:
            return chain
        key, node = found
        if merges and isinstance(node, Scalar) and _is_null(node, layer):
            return [_Said(layer, key, node, True)]
        if merges and length < len(path) and not isinstance(node, nodes.Mapping):
            chain, merges = [], False
    return [*chain, _Said(layer, key, node, False)]


def _is_null(node: Scalar, layer: Layer) -> bool:
    return node.plain and nodes.scalar(node, layer.source, []) is None


def _child(layer: Layer, node: Node, step: str | int) -> tuple[Scalar | None, Node] | None:
    """The entry of a mapping or a list; a mapping is read once, as it may have thousands of keys."""
    if isinstance(node, nodes.Mapping):
        if (known := layer.entries.get(id(node))) is None:
            known = layer.entries[id(node)] = {entry[0].text: entry for entry in node.entries}
        return known.get(str(step)) if isinstance(step, str) else None
    return nodes.find(node, (step,))


def _span(layer: Layer, key: Scalar | None, node: Node, removed: bool, wants_key: bool = False) -> Span:
    wants_key = wants_key or removed
    at = key if key is not None and (wants_key or not isinstance(node, Scalar)) else node
    if key is None and not isinstance(node, Scalar):
        line_end = layer.source.text.find("\n", node.start)
        return layer.source.span(node.start, min(node.end, line_end if line_end >= 0 else node.end))
    return layer.source.span(at.start, at.end)
