"""How Jinja's compiler is made to bind instead of to paste.

Jinja (https://jinja.palletsprojects.com) parses and compiles; the generated code differs from its own in a
few places: an output expression becomes a call of `bind`, a name or attribute that is not there knows where
it was looked up, and template text knows its place. Line numbers carry the exact offset, because Jinja hands
them from the lexer to every node and to us.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any, NamedTuple

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, operators
from jinja2.idtracking import VAR_LOAD_PARAMETER
from jinja2.lexer import TOKEN_VARIABLE_BEGIN, TOKEN_VARIABLE_END, Lexer

from generator.core import bounds
from generator.core.bindings import Piece, TooMuch, located
from generator.core.sources import At

EACH = "each step of a loop"  # a filter around every loop; its name cannot be written in a template


class Marks(NamedTuple):
    """What the code of one template refers to by number: its runs of text, and places in it."""

    pieces: list[Piece]
    places: list[At]


class Line(int):
    """A line number that knows the offset of its token in the template."""

    offset: int


class ExactLexer(Lexer):
    """Jinja's lexer with `Line` numbers.

    `alone` holds, for the text read last, where each output expression begins, and the blanks in front of it
    where it stands alone on its line.
    """

    alone: list[tuple[int, str]]

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        at = begin = 0
        self.alone = []
        for count, (lineno, kind, value) in enumerate(super().tokeniter(source, name, filename, state)):
            if count > bounds.TOKENS:  # Python's compiler would take gigabytes for them
                raise TooMuch(f"more than {bounds.TOKENS:,} tokens in one template")
            # White space control drops blanks between two tokens and nothing else.
            at = source.index(value, at)
            line = Line(lineno)
            line.offset = at
            if kind == TOKEN_VARIABLE_BEGIN:
                begin = at
            elif kind == TOKEN_VARIABLE_END:
                self.alone.append((begin, _blanks(source, begin, at + len(value))))
            yield line, kind, value
            at += len(value)


def _blanks(source: str, begin: int, end: int) -> str:
    """The indentation of the line on which an expression stands alone; nothing where it does not."""
    before = source[source.rfind("\n", 0, begin) + 1 : begin]
    stop = source.find("\n", end)
    after = source[end : stop if stop >= 0 else len(source)]
    marked = source[begin + 2 : begin + 3] == "-" or source[end - 3 : end - 2] == "-"
    return "" if marked or before.strip(" ") or after.strip() else before


def offset(node: nodes.Node) -> int:
    """The offset of a node's first token in its template."""
    while (
        isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Call | nodes.Filter) and node.node is not None
    ):
        node = node.node
    return getattr(node.lineno, "offset", 0)


class BindingCodeGenerator(CodeGenerator):
    """Generates code that calls the engine's `bind`, `paste`, `lost`, `member`, `join`, `keep`, `weigh`."""

    def write_commons(self) -> None:
        """Short names for what is called most: less code to compile, and faster to run."""
        super().write_commons()
        for name in ("member", "begin", "bind"):
            self.writeline(f"{name} = environment.{name}")
        self.writeline(f"pieces, places = environment.marks[{self.name!r}]")

    @property
    def marks(self) -> Marks:
        """What the code of this template refers to, kept in the engine for as long as the code is."""
        marks: dict[str, Marks] = self.environment.marks  # type: ignore[attr-defined]
        return marks[str(self.name)]

    def place(self, node: nodes.Node) -> str:
        """The code for a node's place."""
        self.marks.places.append(At(str(self.name), offset(node)))
        return f"places[{len(self.marks.places) - 1}]"

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        if frame.require_output_check:
            if self.has_known_extends:
                return
            self.writeline("if parent_template is None:")
            self.indent()
        for child in node.nodes:
            self.writeline("yield " if frame.buffer is None else f"{frame.buffer}.append(", child)
            if isinstance(child, nodes.TemplateData):
                self.write(self.text(self._piece(child)))
            else:
                self.write(f"bind(begin({self.place(child)}), ")
                self.visit(child, frame)
                self.write(f", {blanks!r})" if (blanks := self._blanks(child)) else ")")
            if frame.buffer is not None:
                self.write(")")
        if frame.require_output_check:
            self.outdent()

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        """Begin the output of a call block or a filter block."""
        super().start_write(frame, node)
        self.write("environment.paste(")

    def end_write(self, frame: Frame) -> None:
        """End the output of a call block or a filter block."""
        self.write(")")
        super().end_write(frame)

    def visit_ScopedEvalContextModifier(self, node: nodes.ScopedEvalContextModifier, frame: Frame) -> None:
        # Escaping is for HTML; under it captured text would lose its bindings and be pasted as source.
        self.fail("there is no `autoescape` here; values are bound, and need no escaping", node.lineno)

    def _piece(self, node: nodes.TemplateData) -> str:
        """The code for a piece of template text."""
        self.marks.pieces.append(located(node.data, At(str(self.name), offset(node))))
        return f"pieces[{len(self.marks.pieces) - 1}]"

    def text(self, piece: str) -> str:
        """The code that writes a piece of template text, from the code for it."""
        return piece

    def _blanks(self, node: nodes.Node) -> str:
        """The indentation of an output expression that stands alone on its line."""
        alone: list[tuple[int, str]] = self.environment.lexer.alone  # type: ignore[attr-defined]
        index = bisect_left(alone, (offset(node), "")) - 1
        return alone[index][1] if index >= 0 else ""

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        if node.ctx != "load":
            super().visit_Name(node, frame)
            return
        # As Jinja writes it, but that a name which is not defined knows where it was looked up.
        ref = frame.symbols.ref(node.name)
        load = frame.symbols.find_load(ref)
        if load is not None and load[0] == VAR_LOAD_PARAMETER and not self.parameter_is_undeclared(ref):
            self.write(ref)
        else:
            self.write(
                f"(environment.lost({node.name!r}, {self.place(node)}) if {ref} is missing else {ref})"
            )

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("member(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, {self.place(node)})")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        self.write("member(")
        self.visit(node.node, frame)
        self.write(", ")
        self.visit(node.arg, frame)
        self.write(f", {self.place(node)})")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:
        if isinstance(node.value, float) and not isfinite(node.value):
            self.fail("a number beyond what a float holds", node.lineno)
        super().visit_Const(node, frame)

    def visit_Slice(self, node: nodes.Slice, frame: Frame) -> None:
        self.write("slice(")
        for place in (node.start, node.stop, node.step):
            self.visit(place or nodes.Const(None), frame)
            self.write(", ")
        self.write(")")

    def _weighed(self, visit: Callable[[Any, Frame], None], node: nodes.Node, frame: Frame) -> None:
        """The code for an expression whose value is counted when it is there."""
        self.write("environment.weigh(")
        visit(node, frame)
        self.write(")")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        self._weighed(super().visit_List, node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        self._weighed(super().visit_Dict, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        if node.ctx == "load":
            self._weighed(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        self.write("(")
        self._weighed(self.visit, node.expr, frame)
        for operand in node.ops:
            self.write(f" {operators[operand.op]} ")
            self._weighed(self.visit, operand.expr, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.join((")
        for child in node.nodes:
            self.visit(child, frame)
            self.write(", ")
        self.write("))")

    def visit_Assign(self, node: nodes.Assign, frame: Frame) -> None:
        if not isinstance(node.target, nodes.Name):
            super().visit_Assign(node, frame)
            return
        self.push_assign_tracking()
        self.newline(node)
        self.visit(node.target, frame)
        self.write(f" = environment.keep(begin({self.place(node.node)}), ")
        self.visit(node.node, frame)
        self.write(")")
        self.pop_assign_tracking(frame)
