"""The strict YAML reader: text to a tree of nodes, each with the span it was read from.

libyaml finds the structure (https://pyyaml.org/wiki/LibYAML); what it lets pass and other readers do not
share is refused here: duplicate keys, tabs, tags, merge keys, disputed plain scalars, aliases that explode.
`generator.core.nodes` says what a tree is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Final

from generator.core import bounds, mistakes, strictness
from generator.core.nodes import Located, Mapping, Node, Scalar, Sequence, scalar_spans
from generator.diagnostics import Diagnostic, DiagnosticError, Related, Source, Span

# Line breaks to some readers only, and characters that YAML does not allow or nobody can see.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def check_text(source: Located) -> None:
    """Refuse characters that readers of YAML do not agree on. Raises `DiagnosticError`."""
    if match := _FORBIDDEN.search(source.text):
        raise _error(
            "yaml/character",
            f"the character U+{ord(match[0]):04X} is not allowed in a file",
            source.span(match.start(), match.end()),
            help=f'write it inside double quotes as "\\u{ord(match[0]):04x}"',
        )


def parse(source: Located) -> list[Node]:
    """Every document of a source; documents without content are left out.

    Raises `DiagnosticError` at the first thing that is not strict YAML.
    """
    return _Reader(source).documents()


def parse_one(source: Source) -> Mapping:
    """The one document of a source, a mapping; an empty source is an empty mapping.

    Raises `DiagnosticError`, also for a second document and for anything but a mapping.
    """
    documents = parse(source)
    if not documents:
        return Mapping([], 0, 0)
    if len(documents) > 1:
        raise _error(
            "yaml/second-document",
            "a second document starts here; a values file holds one",
            _first_line(source, documents[1]),
        )
    root = documents[0]
    if not isinstance(root, Mapping):
        raise _error(
            "yaml/not-a-mapping",
            "a values file holds a mapping of names to values",
            _first_line(source, root),
            found="a list" if isinstance(root, Sequence) else "a single value",
            help=mistakes.joined(root.text) if isinstance(root, Scalar) else "",
        )
    return root


def _first_line(source: Source, node: Node) -> Span:
    end = source.text.find("\n", node.start)
    return source.span(node.start, min(node.end, end if end >= 0 else node.end))


def _error(
    rule: str, message: str, span: Span, *, found: str = "", expected: str = "", help: str = ""
) -> DiagnosticError:
    return DiagnosticError([Diagnostic(rule, message, span, found=found, expected=expected, help=help)])


class _Reader:
    """Builds the trees of one source from libyaml's events."""

    def __init__(self, source: Located) -> None:
        from yaml import events
        from yaml._yaml import CParser

        self.source = source
        self.kinds: Any = events
        self.next: Callable[[], Any] = CParser(source.text).get_event
        self.anchors: dict[str, tuple[Node, int] | None] = {}
        self.nodes = 0

    def documents(self) -> list[Node]:
        from yaml import MarkedYAMLError, reader

        check_text(self.source)
        if (conflict := mistakes.conflict(self.source)) is not None:
            raise DiagnosticError([conflict])
        try:
            found = list(self._documents())
        except MarkedYAMLError as error:
            raise self._syntax(error) from None
        except reader.ReaderError as error:
            raise _error("yaml/character", str(error.reason), self.source.span(error.position)) from None
        if "\t" in self.source.text:
            self._refuse_tabs(found)
        if strictness.JOINED_COMMENT.search(self.source.text):
            spans = sorted(span for document in found for span in scalar_spans(document))
            self._hold(strictness.comments(self.source, spans))
        return found

    def _documents(self) -> Iterator[Node]:
        kinds = self.kinds
        while not isinstance(event := self.next(), kinds.StreamEndEvent):
            if not isinstance(event, kinds.DocumentStartEvent):
                continue
            if event.tags or event.version:
                raise self._refuse(
                    event, "yaml/directive", "YAML directives are not allowed; remove the line"
                )
            self.anchors.clear()
            node = self._node(self.next(), 0)
            if not (isinstance(node, Scalar) and node.plain and not node.text):
                yield node

    def _node(self, event: Any, depth: int) -> Node:
        kinds = self.kinds
        self.nodes += 1
        if self.nodes > bounds.NODES:
            raise self._refuse(event, "yaml/too-large", f"more than {bounds.NODES} nodes in one file")
        if depth > bounds.NESTING:
            raise self._refuse(event, "yaml/too-deep", f"nested more than {bounds.NESTING} levels deep")
        if event.anchor is not None:
            self._hold(strictness.anchor(self.source, event))
        if isinstance(event, kinds.AliasEvent):
            return self._alias(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        before = self.nodes
        start = event.start_mark.index
        node: Node
        if isinstance(event, kinds.ScalarEvent):
            self._hold(strictness.scalar(self.source, event, depth))
            node = Scalar(event.value, self._is_plain(event), start, event.end_mark.index)
        else:
            if event.tag is not None:
                raise self._tag(event)
            node = (
                self._mapping(start, depth)
                if isinstance(event, kinds.MappingStartEvent)
                else self._list(start, depth)
            )
            if depth and event.flow_style:
                self._hold(strictness.collection(self.source, start, node.end))
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, self.nodes - before + 1)
        return node

    @staticmethod
    def _hold(problem: Diagnostic | None) -> None:
        if problem is not None:
            raise DiagnosticError([problem])

    def _mapping(self, start: int, depth: int) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        while not isinstance(event := self.next(), self.kinds.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise self._refuse(event, "yaml/key", "a key must be a string, not a mapping or a list")
            if key.plain and key.text == "<<":
                raise self._refuse(
                    event,
                    "yaml/merge-key",
                    "merge keys (`<<`) are not YAML 1.2, and readers differ on them",
                    "write the keys out, or move what is shared to base.yaml",
                )
            entries.append((key, self._node(self.next(), depth + 1)))
        return Mapping(entries, start, event.end_mark.index)

    def _list(self, start: int, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := self.next(), self.kinds.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Sequence(items, start, event.end_mark.index)

    def _is_plain(self, event: Any) -> bool:
        if event.tag in (None, "!"):
            return not event.style and event.tag is None
        if event.tag == "tag:yaml.org,2002:str":
            return False
        raise self._tag(event)

    def _alias(self, event: Any) -> Node:
        known = self.anchors.get(event.anchor, (None, 0))
        if known is None:
            raise self._refuse(event, "yaml/alias", f"the alias *{event.anchor} is inside its own anchor")
        node, size = known
        if node is None:
            raise self._refuse(event, "yaml/alias", f"the alias *{event.anchor} has no anchor before it")
        self.nodes += size
        if self.nodes > bounds.NODES:
            raise self._refuse(event, "yaml/too-large", f"aliases expand to more than {bounds.NODES} nodes")
        return node

    def _tag(self, event: Any) -> DiagnosticError:
        return self._refuse(
            event,
            "yaml/tag",
            f"the tag `{event.tag}` is not allowed",
            "remove it; quote the value where it is a string",
        )

    def _refuse(self, event: Any, rule: str, message: str, help: str = "") -> DiagnosticError:
        start, end = event.start_mark.index, event.end_mark.index
        return _error(rule, message, self.source.span(start, end), help=help)

    def _syntax(self, error: Any) -> DiagnosticError:
        at = min(getattr(error.problem_mark or error.context_mark, "index", 0), len(self.source.text))
        if self.source.text[at : at + 1] == "\t":
            return self._tab(at)
        began = error.context_mark.index if error.context_mark else None
        if (mistake := mistakes.explain(self.source, at, began)) is not None:
            return DiagnosticError([mistake])
        related: tuple[Related, ...] = ()
        if error.context and error.context_mark and error.context_mark.index != at:
            related = (Related(self.source.span(error.context_mark.index), error.context),)
        message = f"not valid YAML: {error.problem}"
        return DiagnosticError(
            [Diagnostic("yaml/syntax", message, self.source.span(at, at + 1), related=related)]
        )

    def _refuse_tabs(self, documents: list[Node]) -> None:
        """Tabs may stand inside scalars and comments; as white space between tokens they are refused."""
        spans = sorted(span for document in documents for span in scalar_spans(document))
        starts = [start for start, _ in spans]
        text = self.source.text
        commented = -1  # the end of the line that the last comment stands in
        at = text.find("\t")
        while at >= 0:
            near = bisect_right(starts, at) - 1
            if at >= commented and not (near >= 0 and at < spans[near][1]):
                line = text.rfind("\n", 0, at) + 1
                if "#" not in text[line:at]:
                    raise self._tab(at)
                commented = text.find("\n", at)
                commented = len(text) if commented < 0 else commented
            at = text.find("\t", at + 1)

    def _tab(self, at: int) -> DiagnosticError:
        return _error(
            "yaml/tab",
            "a tab where YAML requires spaces",
            self.source.span(at, at + 1),
            help="replace the tab with spaces",
        )
