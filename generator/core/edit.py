"""Edits of a values file that leave every other byte as it is: one span is replaced for each path.

Raised is `DiagnosticError` where the file has no such place. Whatever a file looks like, an edit that would
change anything but the value at its path is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from generator.core import documents, nodes, paths, serialise
from generator.core.canonical import canonical
from generator.core.nodes import Mapping, Node, Scalar
from generator.core.paths import Path
from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span

Order = Callable[[Path], list[str]]  # the names that a mapping may hold, in the order of the schema
REMOVE: Final = object()  # in the place of a value: the entry goes


class Edit(NamedTuple):
    """Characters `start` up to `end` of a text, and what takes their place."""

    start: int
    end: int
    text: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.text + text[self.end :]


def edit(source: Source, path: Path, value: Any, order: Order) -> Edit | None:
    """The edit that gives a path a value, or removes it; None where it has that value already.

    Raises `DiagnosticError` for a path that the file has no place for, and a file that cannot be edited.
    """
    root = documents.parse_one(source)
    before = nodes.plain(root, source)
    wanted = _changed(before, path, value, source, root)
    if canonical(before) == canonical(wanted):
        return None
    made = _Editor(source.text, order).edit(root, path, value)
    after = source._replace(text=made.apply(source.text))
    try:
        fits = canonical(nodes.plain(documents.parse_one(after), after)) == canonical(wanted)
    except DiagnosticError:
        fits = False
    if not fits:
        raise _refused(
            "set/layout",
            f"`{paths.show(path)}` cannot be changed on its own",
            source.span(made.start),
            "edit the file by hand: it is shared by an anchor, or written in an unusual form",
        )
    return made


def _refused(rule: str, message: str, span: Span, help: str) -> DiagnosticError:
    return DiagnosticError([Diagnostic(rule, message, span, help=help)])


def _changed(data: Any, path: Path, value: Any, source: Source, root: Node) -> Any:
    """The data with the value at a path changed. Raises `DiagnosticError` where there is no such place."""
    tree = copy.deepcopy(data)
    at, missing = tree, value is not REMOVE
    for length, step in enumerate(path, 1):
        last = length == len(path)
        if isinstance(at, dict) and isinstance(step, str):
            if not missing and step not in at:
                raise _no_place("it is not set in this file", path, length, source, root)
            if last:
                break
            if missing and at.get(step) is None:
                at[step] = {}
        elif isinstance(at, list) and isinstance(step, int) and step < len(at):
            if last:
                break
            if at[step] is None:
                at[step] = {}
        else:
            raise _no_place(_reason(at, step), path, length, source, root)
        at = at[step]
    if value is REMOVE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return tree


def _reason(at: Any, step: str | int) -> str:
    if isinstance(at, list):
        return f"the list has {len(at)} items here" if isinstance(step, int) else "there is a list here"
    if isinstance(step, int):
        return "there is no list in this file"
    return "there is a single value here, and no mapping"


def _no_place(reason: str, path: Path, length: int, source: Source, root: Node) -> DiagnosticError:
    found = next(f for n in range(length - 1, -1, -1) if (f := nodes.find(root, path[:n])) is not None)
    at = found[0] or found[1]
    line = source.text.find("\n", at.start)
    span = source.span(at.start, min(at.end, line if line >= 0 else at.end))
    help = "a list replaces the inherited one: write all of it, PATH='[a, b]'"
    named = paths.show(path[:length])
    return _refused(
        "set/path", f"`{named}`: {reason}", span, help if isinstance(path[length - 1], int) else ""
    )


class _Editor:
    """Finds the edit of one text."""

    def __init__(self, text: str, order: Order) -> None:
        self.text = text
        self.order = order

    def edit(self, root: Mapping, path: Path, value: Any) -> Edit:
        node: Node = root
        for length, step in enumerate(path):
            below = nodes.find(node, (step,))
            if below is None:
                assert isinstance(node, Mapping)
                return self._insert(node, path[:length], str(step), _nested(path[length + 1 :], value))
            key, child = below
            is_last = length == len(path) - 1
            if is_last and value is REMOVE:
                return self._remove(node, key, child, path[:length])
            if is_last or isinstance(child, Scalar):
                return self._replace(node, key, child, _nested(path[length + 1 :], value))
            node = child
        raise AssertionError("a path has a step")

    def is_flow(self, node: Node) -> bool:
        return not isinstance(node, Scalar) and self.text[node.start : node.start + 1] in ("{", "[")

    def end(self, node: Node) -> int:
        """Behind the last character of a node; libyaml ends a block at what follows it."""
        if isinstance(node, Scalar):
            if self.text[node.start : node.start + 1] in ("|", ">") and not node.plain:
                return node.start + len(self.text[node.start : node.end].rstrip())
            return node.end
        if self.is_flow(node):
            return node.end
        last = node.entries[-1][1] if isinstance(node, Mapping) else node.items[-1]
        return self.end(last)

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def column(self, at: int) -> int:
        return at - (self.text.rfind("\n", 0, at) + 1)

    def _replace(self, parent: Node, key: Scalar | None, node: Node, value: Any) -> Edit:
        start, end = node.start, self.end(node)
        if self.is_flow(parent):
            return Edit(start, end, _spaced(self.text, start) + self._in_flow(node, value))
        is_inline = not (isinstance(value, dict | list) and value)
        if key is None:
            lead = "\n" + " " * self.column(start)
            return Edit(start, end, _styled(self.text, node, value) if is_inline else _block(value, lead))
        blanks = " " * self.column(key.start)
        if is_inline and (isinstance(node, Scalar) or self.is_flow(node)):
            is_text = isinstance(value, str) and "\n" in value
            shown = (
                _entry("x", value, blanks)[len(blanks) + 3 :] if is_text else _styled(self.text, node, value)
            )
            return Edit(start, end, _spaced(self.text, start) + shown)
        colon = self.text.index(":", key.end)
        if isinstance(node, Scalar) or self.is_flow(node):
            kept = self.text[end : self.line_end(end)].rstrip()
            end = self.line_end(end)
        else:
            kept = self.text[colon + 1 : self.line_end(colon)].rstrip()
        shown = _entry("x", value, blanks)[len(blanks) + 2 :]
        return Edit(colon + 1, end, shown + kept if is_inline else kept + shown)

    def _in_flow(self, node: Node, value: Any) -> str:
        is_quoted = isinstance(value, str) and self.text[node.start : node.start + 1] in ('"', "'")
        return _styled(self.text, node, value) if is_quoted else _flow(value)

    def _insert(self, parent: Mapping, path: Path, name: str, value: Any) -> Edit:
        if self.is_flow(parent):
            entry = f"{_flow_text(name)}: {_flow(value)}"
            if not parent.entries:
                return Edit(parent.start, parent.end, f"{{ {entry} }}")
            after = self._before(parent, path, name) or parent.entries[-1]
            end = (
                self.end(after[1]) if after[1].end > after[0].end else self.text.index(":", after[0].end) + 1
            )
            return Edit(end, end, f", {entry}")
        if not parent.entries:
            at = len(self.text)
            return Edit(
                at, at, ("\n" if self.text and self.text[-1] != "\n" else "") + _entry(name, value, "") + "\n"
            )
        blanks = " " * self.column(parent.entries[0][0].start)
        key, node = self._before(parent, path, name) or parent.entries[-1]
        at = self.line_end(max(self.end(node), key.end))
        gap = "\n" if not path and self._is_spaced(parent) else ""
        return Edit(at, at, f"\n{gap}{_entry(name, value, blanks)}" + ("" if at < len(self.text) else "\n"))

    def _before(self, parent: Mapping, path: Path, name: str) -> tuple[Scalar, Node] | None:
        """The last entry that the schema lists before a name."""
        order = self.order(path)
        if name not in order:
            return None
        earlier = set(order[: order.index(name)])
        return next((entry for entry in reversed(parent.entries) if entry[0].text in earlier), None)

    def _is_spaced(self, parent: Mapping) -> bool:
        """Whether blank lines stand between the entries."""
        keys = [key for key, _ in parent.entries]
        return len(keys) > 1 and "\n\n" in self.text[keys[0].end : keys[1].start]

    def _remove(self, parent: Node, key: Scalar | None, node: Node, path: Path) -> Edit:
        assert not isinstance(parent, Scalar)
        starts: list[int]
        if isinstance(parent, Mapping):
            starts = [k.start for k, _ in parent.entries]
            ends = [max(self.end(v), self.text.index(":", k.end) + 1) for k, v in parent.entries]
            index = next(i for i, (k, _) in enumerate(parent.entries) if k is key)
        else:
            dash = "" if self.is_flow(parent) else "-"
            starts = [self.text.rindex(dash, 0, i.start) if dash else i.start for i in parent.items]
            ends = [self.end(i) for i in parent.items]
            index = next(i for i, item in enumerate(parent.items) if item is node)
        if len(starts) == 1:
            nothing = "{}" if isinstance(parent, Mapping) else "[]"
            if self.is_flow(parent):
                return Edit(parent.start, parent.end, nothing)
            if not path:
                return Edit(self.text.rfind("\n", 0, starts[0]) + 1, self._next_line(ends[0]), "")
            colon = self.text.rfind(":", 0, starts[0])
            kept = self.text[colon + 1 : min(self.line_end(colon), starts[0])].rstrip()
            return Edit(colon + 1, ends[0], f" {nothing}{kept}")
        if self.is_flow(parent):
            return Edit(starts[0], starts[1], "") if index == 0 else Edit(ends[index - 1], ends[index], "")
        line = self.text.rfind("\n", 0, starts[index]) + 1
        if self.text[line : starts[index]].strip():
            return (
                Edit(starts[index], starts[index + 1], "")
                if index + 1 < len(starts)
                else Edit(starts[index], ends[index], "")
            )
        return Edit(line, self._next_line(ends[index]), "")

    def _next_line(self, at: int) -> int:
        return min(self.line_end(at) + 1, len(self.text))


def _nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = {step: value}
    return value


def _entry(name: str, value: Any, blanks: str) -> str:
    return "\n".join(blanks + line if line else line for line, _ in serialise.lines({name: value}))


def _block(value: Any, lead: str) -> str:
    return lead.join(line for line, _ in serialise.lines(value))


def _spaced(text: str, at: int) -> str:
    return " " if text[at - 1 : at] == ":" else ""


def _styled(text: str, node: Node, value: Any) -> str:
    """A value on one line, in the quotes of what it replaces."""
    quote = text[node.start : node.start + 1] if isinstance(node, Scalar) and not node.plain else ""
    shown = serialise.scalar(value)
    if not isinstance(value, str) or quote not in ('"', "'") or not value.isprintable():
        return shown
    if quote == "'" and "'" not in value:
        return f"'{value}'"
    return shown if shown.startswith('"') else f'"{value}"'


def _flow(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_flow_text(k)}: {_flow(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list) and value:
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _flow_text(value) if isinstance(value, str) else serialise.scalar(value)


def _flow_text(text: str) -> str:
    shown = serialise.quoted(text)
    return f'"{shown}"' if "," in shown and shown[:1] != '"' else shown
