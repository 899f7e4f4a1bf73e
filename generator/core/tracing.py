"""Code for a template that notes what decides over each of its parts.

Python's own `if`, `and`, `or`, `==` and operators would lose what a value was made from, so the generated
code calls the tracer in their place. What a branch that is not taken would have done is known from its
source: the names that it would have given values depend on the condition too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import Frame, operators

from generator.core.compiler import BindingCodeGenerator

SIFT: Final = "the condition of a loop"  # filters around what is noted; their names cannot be written
KEEP: Final = "what set gives a name to"

_SCOPED: Final = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.With, nodes.Block)
_WRITING: Final[Any] = (nodes.Output, nodes.Include, nodes.Block, nodes.CallBlock, nodes.FilterBlock)
_CALLING: Final[Any] = (
    nodes.Call,
    nodes.CallBlock,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Block,
)


def annotate(tree: nodes.Template, environment: Any) -> None:
    """Put the filters of the tracer around what `set` keeps and what a loop tests."""

    def through(name: str, node: nodes.Node) -> nodes.Filter:
        expression: Any = node
        return nodes.Filter(expression, name, [], [], None, None, lineno=node.lineno, environment=environment)

    for loop in list(tree.find_all(nodes.For)):
        if loop.test is not None:
            loop.test = through(SIFT, loop.test)
    for assignment in list(tree.find_all(nodes.Assign)):
        assignment.node = through(KEEP, assignment.node)


class TracingCodeGenerator(BindingCodeGenerator):
    """Generates code that calls the tracer for whatever decides, compares or computes."""

    def text(self, piece: str) -> str:
        return f"environment.piece({piece})"

    def visit_If(self, node: nodes.If, frame: Frame) -> None:
        saved = self.temporary_identifier()
        self.writeline(f"{saved} = environment.here")
        branches = [(node.test, node.body), *((e.test, e.body) for e in node.elif_)]
        inner = frame.soft()
        for number, (test, body) in enumerate(branches):
            self.writeline("else:" if number else "", node)
            if number:
                self.indent()
            self.writeline(f"if environment.test(begin({self.place(test)}), ", node)
            self.visit(test, inner)
            self.write("):")
            self.indent()
            self.blockvisit(body, inner)
            self.outdent()
        if node.else_:
            self.writeline("else:")
            self.indent()
            self.blockvisit(node.else_, inner)
            self.outdent()
        self.outdent(len(branches) - 1)
        self._after(node, frame)
        if node.find(nodes.Extends) is None:
            self._leave(f"environment.leave({saved}, {self.place(node.test)})", node, frame)

    def _leave(self, code: str, node: nodes.Node, frame: Frame) -> None:
        """End what was decided; where it could have written something, it leaves its mark in the text."""
        silent = frame.require_output_check and self.has_known_extends
        if silent or node.find(_WRITING) is None:
            self.writeline(code)
        elif frame.buffer is None:
            if frame.require_output_check:
                self.writeline(f"if parent_template is None: yield {code}")
                self.writeline(f"else: {code}")
            else:
                self.writeline(f"yield {code}")
        else:
            self.writeline(f"{frame.buffer}.append({code})")

    def _after(self, node: nodes.Node, frame: Frame) -> None:
        """Names that a branch gives values depend on the condition, whichever branch was taken."""
        for name in dict.fromkeys(_stores(node)):
            if name in frame.symbols.stores:
                self.push_assign_tracking()
                ref = frame.symbols.ref(name)
                self.writeline(f"{ref} = environment.after({ref}, {name!r})")
                if frame.toplevel or frame.loop_frame or frame.block_frame:
                    self._assign_stack[-1].add(name)
                self.pop_assign_tracking(frame)
        for name in dict.fromkeys(ref.name for ref in node.find_all(nodes.NSRef)):
            if (holder := frame.symbols.find_ref(name)) is not None:
                self.writeline(f"environment.after({holder}, {name!r})")
        if node.find(_CALLING) is not None or node.find(nodes.NSRef) is not None:
            self.writeline("environment.shake()")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        saved = self.temporary_identifier()
        shaking = node.find(nodes.NSRef) is not None or node.find(_CALLING) is not None
        self.writeline(f"{saved} = environment.enter({self.place(node.iter)}, {shaking})")
        self._bodies[id(node.body)] = "step"
        self._bodies[id(node.else_)] = "otherwise"
        super().visit_For(node, frame)
        self.writeline(f"environment.finish({saved})")
        self._after(node, frame)
        self._leave(f"environment.leave({saved}.entry, {self.place(node.iter)})", node, frame)

    @property
    def _bodies(self) -> dict[int, str]:
        bodies: dict[int, str] = self.__dict__.setdefault("_loop_bodies", {})
        return bodies

    def blockvisit(self, nodes_: Any, frame: Frame) -> None:
        if (called := self._bodies.pop(id(nodes_), "")) == "step":
            loop = frame.symbols.refs.get("loop") if frame.loop_frame else None
            self.writeline(f"environment.step({loop or 'None'})")
        elif called and nodes_:
            self.writeline("environment.otherwise()")
        super().blockvisit(nodes_, frame)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        self._named(node, frame, super().visit_Include)

    def visit_Import(self, node: nodes.Import, frame: Frame) -> None:
        self._named(node, frame, super().visit_Import)

    def visit_FromImport(self, node: nodes.FromImport, frame: Frame) -> None:
        self._named(node, frame, super().visit_FromImport)

    def visit_Extends(self, node: nodes.Extends, frame: Frame) -> None:
        if not isinstance(node.template, nodes.Const):
            self._name(node, frame)
        super().visit_Extends(node, frame)

    def _named(self, node: Any, frame: Frame, visit: Any) -> None:
        """What another template makes depends on what its name was computed from."""
        if isinstance(node.template, nodes.Const):
            visit(node, frame)
            return
        saved = self.temporary_identifier()
        self.writeline(f"{saved} = environment.here")
        self._name(node, frame)
        visit(node, frame)
        self._after(node, frame)
        self._leave(f"environment.leave({saved}, {self.place(node.template)})", node, frame)

    def _name(self, node: Any, frame: Frame) -> None:
        self.writeline(f"environment.test(begin({self.place(node.template)}), ", node)
        self.visit(node.template, frame)
        self.write(")")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        inner = frame.soft()
        self.write(f"environment.choose({self.place(node.test)}, {_calls(node)}, {_possible_keys(node)!r}, ")
        self.visit(node.test, inner)
        self.write(", lambda: ")
        self.visit(node.expr1, inner)
        self.write(", lambda: ")
        if node.expr2 is not None:
            self.visit(node.expr2, inner)
        else:
            position = self.position(node)
            self.write(
                f'cond_expr_undefined("the inline if-expression on {position} evaluated to false and no else'
                ' section was defined.")'
            )
        self.write(")")

    def visit_And(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._short(node, frame, "both")

    def visit_Or(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._short(node, frame, "either")

    def _short(self, node: nodes.BinExpr, frame: Frame, name: str) -> None:
        self.write(f"environment.{name}({self.place(node.left)}, {_calls(node)}, ")
        self.visit(node.left, frame)
        self.write(", lambda: ")
        self.visit(node.right, frame)
        self.write(")")

    def visit_Not(self, node: nodes.UnaryExpr, frame: Frame) -> None:
        self.write("environment.opposite(")
        self.visit(node.node, frame)
        self.write(")")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        self.write("environment.compare(environment.weigh(")
        self.visit(node.expr, frame)
        self.write(")")
        for operand in node.ops:
            self.write(
                f", (lambda a, b: a {operators[operand.op]} b, {operand.op!r}, lambda: environment.weigh("
            )
            self.visit(operand.expr, frame)
            self.write("))")
        self.write(")")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if node.dyn_args is None and node.dyn_kwargs is None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write(f"environment.spread({self.place(node)}, ")
        for given in (node.dyn_args, node.dyn_kwargs):
            self.visit(given or nodes.Const(None), frame)
            self.write(", ")
        self.write("lambda spread_args, spread_kwargs: ")
        named = [_internal(name) for name in ("spread_args", "spread_kwargs")]
        call = nodes.Call(node.node, node.args, node.kwargs, *named, lineno=node.lineno)
        super().visit_Call(call, frame, forward_caller=forward_caller)
        self.write(")")


def _possible_keys(node: nodes.CondExpr) -> frozenset[Any] | None:
    """The keys of the mappings between which an expression chooses, where the template writes them out."""
    keys: set[Any] = set()
    for branch in (node.expr1, node.expr2):
        if not isinstance(branch, nodes.Dict):
            return None
        for pair in branch.items:
            if not isinstance(pair.key, nodes.Const):
                return None
            keys.add(pair.key.value)
    return frozenset(keys)


def _calls(node: nodes.Node) -> bool:
    """Whether an expression may change something that has a state."""
    return node.find(nodes.Call) is not None


def _internal(name: str) -> nodes.InternalName:
    """A name of the generated code; only Jinja's parser may make these by calling the class."""
    made = object.__new__(nodes.InternalName)
    nodes.Node.__init__(made, name, lineno=1)
    return made


def _stores(node: nodes.Node) -> Iterator[str]:
    """The names that statements give values in the scope that a node stands in."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Name) and child.ctx == "store":
            yield child.name
        elif isinstance(child, nodes.Import | nodes.Macro):
            yield child.target if isinstance(child, nodes.Import) else child.name
        elif isinstance(child, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in child.names)
        if not isinstance(child, _SCOPED):
            yield from _stores(child)
