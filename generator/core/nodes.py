"""The tree of a YAML document: data that still knows its style and the span it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from generator.core import bounds, scalars
from generator.core.paths import Path
from generator.diagnostics import Diagnostic, DiagnosticError, Related, Span


class Scalar(NamedTuple):
    """A scalar as written. `plain` ones still have to be resolved, others are strings."""

    text: str
    plain: bool
    start: int
    end: int


class Mapping(NamedTuple):
    """Keys and values in the order written."""

    entries: list[tuple[Scalar, Node]]
    start: int
    end: int


class Sequence(NamedTuple):
    items: list[Node]
    start: int
    end: int


Node = Scalar | Mapping | Sequence


class Located(Protocol):
    """A text whose characters can be shown to people: a file, or what a template made."""

    @property
    def text(self) -> str: ...

    def span(self, start: int = 0, end: int | None = None) -> Span: ...


def plain(node: Node, source: Located) -> Any:
    """The data of a tree: dict, list, str, int, float, bool and None.

    Raises `DiagnosticError` with every duplicate key, disputed scalar and key that is no string, up to
    `bounds.ERRORS` of them.
    """
    reader = Reader(source, [])
    data = reader.value(node)
    if reader.problems:
        raise DiagnosticError(reader.problems)
    return data


class Reader:
    """Reads the data of a document in one walk, and notes what is wrong with it in `problems`.

    Where a scalar or a key stands for something else than its text, another reader says so.
    """

    def __init__(self, source: Located, problems: list[Diagnostic]) -> None:
        self.source = source
        self.problems = problems

    def value(self, node: Node) -> Any:
        """The data of a tree; of keys that stand twice, the last one counts."""
        if isinstance(node, Scalar):
            return self.scalar(node)
        if isinstance(node, Sequence):
            return [self.value(item) for item in node.items]
        data: dict[str, Any] = {}
        first: dict[str, Scalar] = {}
        for key, child in node.entries:
            name = self.key(key)
            if name in first:
                self.note(duplicate(name, key, first[name], self.source))
            first.setdefault(name, key)
            data[name] = self.value(child)
        return data

    def scalar(self, node: Scalar) -> Any:
        return scalar(node, self.source, self.problems)

    def key(self, key: Scalar) -> str:
        return key_name(key, self.source, self.problems)

    def note(self, found: Diagnostic) -> None:
        """Add a problem. Raises `DiagnosticError` with all of them at `bounds.ERRORS`."""
        add(self.problems, found)


def scalar(node: Scalar, source: Located, problems: list[Diagnostic]) -> Any:
    """The value of a scalar; a disputed one is added to `problems`."""
    if not node.plain:
        return node.text
    try:
        return scalars.resolve(node.text)
    except scalars.Ambiguous:
        old, new = scalars.readings(node.text)
        disputed = old.removeprefix("YAML 1.1 ") != new.removeprefix("YAML 1.2 ")
        add(
            problems,
            Diagnostic(
                "yaml/ambiguous",
                f"`{node.text}` means different things to different readers"
                if disputed
                else f"`{node.text}` is not a number that JSON or Kubernetes can represent",
                source.span(node.start, node.end),
                found=f"{old}; {new}",
                expected="a value that every reader reads alike",
                help=f'write "{node.text}" for the string, or the value plainly (true, false, 123, 1.5)',
            ),
        )
        return node.text


def key_name(key: Scalar, source: Located, problems: list[Diagnostic]) -> str:
    """The name that a key stands for; one that is no string to every reader is added to `problems`."""
    before = len(problems)
    name = scalar(key, source, problems)
    if not isinstance(name, str) and len(problems) == before:
        add(
            problems,
            Diagnostic(
                "yaml/key",
                f"the key `{key.text}` is not a string",
                source.span(key.start, key.end),
                help=f'write "{key.text}": …',
            ),
        )
    return key.text


def add(problems: list[Diagnostic], found: Diagnostic) -> None:
    """Add a problem of one document. Raises `DiagnosticError` with all of them at `bounds.ERRORS`."""
    problems.append(found)
    if len(problems) == bounds.ERRORS:
        more = f"only the first {bounds.ERRORS} problems of a file are shown"
        last = found._replace(help=f"{found.help}; {more}" if found.help else more)
        shown = [*problems[:-1], last]
        problems.clear()  # or a collector that holds this list would raise them twice
        raise DiagnosticError(shown)


def duplicate(name: str, key: Scalar, first: Scalar, source: Located) -> Diagnostic:
    """The finding that a mapping holds a key twice."""
    return Diagnostic(
        "yaml/duplicate-key",
        f"the key `{name}` appears twice in one mapping",
        source.span(key.start, key.end),
        related=(Related(source.span(first.start, first.end), "first here"),),
        help="readers keep the last one silently; remove one of the two",
    )


def find(node: Node, path: Path) -> tuple[Scalar | None, Node] | None:
    """The key (None in a list and at the root) and the value at a path, or None where there is none."""
    key: Scalar | None = None
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = next((e for e in reversed(node.entries) if e[0].text == step), None)
            if entry is None:
                return None
            key, node = entry
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            key, node = None, node.items[step]
        else:
            return None
    return key, node


def scalar_spans(node: Node) -> Iterator[tuple[int, int]]:
    if isinstance(node, Scalar):
        yield node.start, node.end
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalar_spans(item)
    else:
        for key, value in node.entries:
            yield key.start, key.end
            yield from scalar_spans(value)
