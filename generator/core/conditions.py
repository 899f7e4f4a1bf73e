"""The conditions of rules, compiled as expressions: each is parsed on its own, none is template text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from jinja2 import TemplateSyntaxError, nodes
from jinja2.parser import Parser

from generator.core.bindings import RenderedText
from generator.core.compiler import Line
from generator.core.engine import Engine
from generator.core.kept import Kept
from generator.core.templates import Templates
from generator.diagnostics import Source

_NAME: Final = "conditions"
_PARTS: Final = ("when", "assert")


class Part(NamedTuple):
    """An expression of a rule: which rule and which field, and where it begins in the text of all."""

    rule: str
    field: str
    text: str
    start: int


class Conditions:
    """The conditions of rules by name; what `when` excludes holds."""

    def __init__(self, rules: Mapping[str, Mapping[str, Any]], store: Kept | None = None) -> None:
        self.parts: list[Part] = []
        text = ""
        for name, rule in rules.items():
            for field in _PARTS:
                if field in rule:
                    self.parts.append(Part(name, field, rule[field], len(text)))
                    text += rule[field].replace("\n", " ") + "\n"
        self._templates = _Expressions(text, self.parts, store)

    def run(self, context: Mapping[str, Any]) -> RenderedText:
        """A binding for each rule, in their order. Raises `DiagnosticError`; `part` says what it is about."""
        return self._templates.render(_NAME, context)

    def part(self, line: int) -> Part:
        """The expression on a line of the text that a diagnostic's span is of, from 1."""
        return self.parts[line - 1]


class _Expressions(Templates):
    """One template that has an output for each condition, and was never text."""

    def __init__(self, text: str, parts: list[Part], store: Kept | None) -> None:
        super().__init__({_NAME: Source(_NAME, text)}, store, repr([tuple(part) for part in parts]))
        self.parts = parts
        self._bind(self.engine)

    @property
    def tracer(self) -> Engine:
        """The engine that notes sources, with the same conditions."""
        return self._bind(super().tracer)

    def _bind(self, engine: Engine) -> Engine:
        engine.__dict__["_parse"] = lambda *_: self._tree(engine)
        return engine

    def _tree(self, engine: Engine) -> nodes.Template:
        conditions: dict[str, nodes.Expr] = {}
        for number, part in enumerate(self.parts):
            parsed = _expression(engine, part, number + 1)
            if (excluded := conditions.get(part.rule)) is not None:  # what `when` says
                parsed = nodes.Or(nodes.Not(excluded, lineno=number), parsed, lineno=number + 1)
            conditions[part.rule] = parsed
        outputs: list[nodes.Node] = [nodes.Output([c], lineno=c.lineno) for c in conditions.values()]
        tree = nodes.Template(outputs, lineno=1)
        tree.set_environment(engine)
        return tree


def _expression(engine: Engine, part: Part, line: int) -> nodes.Expr:
    """An expression and nothing after it, its nodes at their places. Raises `TemplateSyntaxError`."""
    try:
        parser = Parser(engine, part.text, _NAME, state="variable")
        parsed = parser.parse_expression()
        if not parser.stream.eos:
            token = parser.stream.current
            parser.fail(f"`{token.value}` is not part of the expression", token.lineno)
    except TemplateSyntaxError as error:
        raise TemplateSyntaxError(error.message or "", _line(error.lineno, part, line), _NAME) from None
    for node in (parsed, *parsed.find_all(nodes.Node)):
        node.lineno = _line(node.lineno, part, line)
    return parsed


def _line(within: int, part: Part, line: int) -> Line:
    """The place in the text of all expressions, of a place in one."""
    moved = Line(line)
    moved.offset = part.start + getattr(within, "offset", 0)
    return moved
