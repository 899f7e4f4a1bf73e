"""Random templates that render: each expression is of a kind that the next one can work with."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

HEAD = "apiVersion: law.example/v1\nkind: Law\nmetadata:\n  name: a\nspec:\n"

VALUES: dict[str, Any] = {
    "name": "gan",
    "tag": "v-1",
    "flag": True,
    "count": 2,
    "ratio": 1.5,
    "list": ["b", "a", "c"],
    "empty": [],
    "numbers": [3, 1, 2],
    "conf": {"level": "info", "deep": {"a": 1, "on": False}, "tags": ["x", "y"]},
    "models": {"m1": {"path": "/p", "size": 1}, "m2": {"size": 2}, "m3": {"path": "/q", "size": 1}},
}


_TEXT_FILTERS = ("upper", "lower", "title", "trim", "sha256", "digest", "b64encode")


class Grammar:
    """Draws templates."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.keys = 0
        self.inside: list[str] = []  # loops and macros around, for what they offer
        self.macros: list[str] = []

    def template(self) -> str:
        """A manifest with a few statements in its spec."""
        body = "".join(self.statement(3, "  ") for _ in range(self.draw.randrange(1, 4)))
        macros = "".join(self.macros)
        return f"{{% set ns = namespace(n=0, s='') %}}\n{{% set v = 0 %}}\n{macros}{HEAD}  first: 1\n{body}"

    def key(self) -> str:
        self.keys += 1
        return f"k{self.keys}"

    def one(self, *choices: Callable[[], str]) -> str:
        return self.draw.choice(choices)()

    def statement(self, depth: int, blanks: str) -> str:
        if depth == 0:
            return self.field(blanks)
        return self.one(
            lambda: self.field(blanks),
            lambda: self.branch(depth, blanks),
            lambda: self.loop(depth, blanks),
            lambda: self.assign(depth, blanks),
            lambda: self.macro(depth, blanks),
            lambda: f"{blanks}{self.key()}:\n{blanks}  x: 1\n{self.statement(depth - 1, blanks + '  ')}",
            lambda: f"{{% with w = {self.any(2)} %}}\n{self.statement(depth - 1, blanks)}{{% endwith %}}\n",
        )

    def field(self, blanks: str) -> str:
        key = self.key()
        return self.one(
            lambda: f"{blanks}{key}: {{{{ {self.any(3)} }}}}\n",
            lambda: f"{blanks}{key}: a{{{{ {self.text(3)} }}}}b{{{{ {self.number(2)} }}}}\n",
            lambda: f'{blanks}{key}: "{{{{ {self.text(2)} }}}}"\n',
            lambda: (
                f"{blanks}{key}: x{{% if {self.truth(2)} %}}y{{% else %}}"
                f"{{{{ {self.text(1)} }}}}{{% endif %}}\n"
            ),
            lambda: f"{blanks}{key}: {{% for x in {self.items(2)} %}}{{{{ x }}}},{{% endfor %}}z\n",
            lambda: f"{blanks}{key}: |\n{blanks}  one\n{blanks}  {{{{ {self.text(2)} }}}}\n",
            lambda: f"{blanks}{key}: {{{{ {self.mapping(2)} }}}}\n",
            lambda: f'{blanks}"{key}{{{{ {self.number(1)} }}}}": {{{{ {self.text(1)} }}}}\n',
            lambda: (
                f"{blanks}{key}:\n{blanks}- first\n{{% for x in {self.items(2)} if {self.truth(1)} %}}\n"
                f"{blanks}- {{{{ x }}}}\n{{% endfor %}}\n"
            ),
        )

    def branch(self, depth: int, blanks: str) -> str:
        first, second = self.statement(depth - 1, blanks), self.statement(depth - 1, blanks)
        third = f"{{% elif {self.truth(2)} %}}\n{self.statement(depth - 1, blanks)}"
        middle = third if self.draw.random() < 0.4 else ""
        return f"{{% if {self.truth(3)} %}}\n{first}{middle}{{% else %}}\n{second}{{% endif %}}\n"

    def loop(self, depth: int, blanks: str) -> str:
        key = self.key()
        self.inside.append("loop")
        inner = self.one(lambda: self.any(2), lambda: "loop.index", lambda: "loop.last", lambda: "x")
        changed = self.one(lambda: "", lambda: f"{{% set ns.n = ns.n + {self.number(1)} %}}\n")
        self.inside.pop()
        pairs = self.draw.random() < 0.4
        over = (
            f"m, x in {self.one(lambda: 'models | dictsort', lambda: 'models.items()')}"
            if pairs
            else (f"x in {self.items(2)}")
        )
        test = f" if {self.truth(1)}" if self.draw.random() < 0.3 else ""
        name = "{{ m }}" if pairs else "{{ loop.index }}"
        otherwise = f"{{% else %}}\n{self.field(blanks)}" if self.draw.random() < 0.3 else ""
        value = "{{ x.size }}" if pairs else f"{{{{ {inner} }}}}"
        return (
            f'{{% for {over}{test} %}}\n{changed}{blanks}"{key}-{name}": {value}\n{otherwise}{{% endfor %}}\n'
        )

    def assign(self, depth: int, blanks: str) -> str:
        inner = self.statement(depth - 1, blanks)
        return self.one(
            lambda: f"{{% set v = {self.any(2)} %}}\n{inner}",
            lambda: f"{{% if {self.truth(2)} %}}{{% set v = {self.any(1)} %}}{{% endif %}}\n{inner}",
            lambda: (
                f"{{% set v %}}{{{{ {self.text(2)} }}}}-{{{{ {self.number(1)} }}}}{{% endset %}}\n{inner}"
            ),
            lambda: f"{{% set v, u = [{self.any(1)}, {self.any(1)}] %}}\n{inner}",
            lambda: f"{{% if {self.truth(1)} %}}{{% set ns.s = {self.text(1)} %}}{{% endif %}}\n{inner}",
            lambda: f"{{% set ns.n = {self.number(2)} %}}\n{inner}",
        )

    def macro(self, depth: int, blanks: str) -> str:
        name = f"m{len(self.macros)}"
        key = self.key()
        self.macros.append("")
        test, other = self.truth(2), self.text(2)
        self.macros[int(name[1:])] = (
            f"{{% macro {name}(p, q='d') %}}\n{{% if {test} %}}\n{key}: {{{{ p }}}}\n{{% endif %}}\n"
            f"{key}q: {{{{ q ~ ({other}) }}}}\n{{% endmacro %}}\n"
        )
        call = (
            f"{name}({self.any(2)})" if self.draw.random() < 0.5 else f"{name}({self.any(1)}, {self.text(1)})"
        )
        return f"{blanks}{{{{ {call} }}}}\n"

    def any(self, depth: int) -> str:
        return self.one(
            lambda: self.text(depth),
            lambda: self.number(depth),
            lambda: self.truth(depth),
            lambda: "v",
            lambda: f"({self.text(depth)} if {self.truth(depth)} else {self.number(depth)})",
        )

    def text(self, depth: int) -> str:
        if depth <= 0:
            return self.draw.choice(("name", "tag", "'lit'", "conf.level", "ns.s"))
        below = depth - 1
        return self.one(
            lambda: self.text(0),
            lambda: f"({self.text(below)} ~ {self.number(below)})",
            lambda: f"({self.text(below)} | {self.draw.choice(_TEXT_FILTERS)})",
            lambda: f"({self.text(below)} | replace('a', {self.text(below)}))",
            lambda: f"({self.items(below)} | join({self.text(0)}))",
            lambda: f"({self.mapping(below)} | tojson)",
            lambda: f"({self.text(below)} if {self.truth(below)} else {self.text(below)})",
            lambda: f"(tag.split('-') | {self.draw.choice(('first', 'last'))})",
            lambda: f"(conf.get({self.text(0)}, {self.text(below)}) | string)",
            lambda: f"(models.m1.path | default({self.text(below)}))",
            lambda: f"({self.text(below)} or {self.text(below)})",
            lambda: f"({self.items(below)} | sort | first | default('none'))",
            lambda: (
                f"({self.text(below)}.{self.draw.choice(('upper()', 'title()', 'strip()', 'capitalize()'))})"
            ),
            lambda: f"({self.text(below)}[:2])",
        )

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.draw.choice(("count", "1", "3", "conf.deep.a", "models.m2.size", "ns.n"))
        below = depth - 1
        return self.one(
            lambda: self.number(0),
            lambda: f"({self.number(below)} {self.draw.choice('+-*')} {self.number(below)})",
            lambda: f"({self.items(below)} | length)",
            lambda: f"({self.number(below)} if {self.truth(below)} else {self.number(below)})",
            lambda: "(models.values() | map(attribute='size') | sum)",
            lambda: f"(numbers | {self.draw.choice(('max', 'min', 'sum', 'first', 'last'))})",
            lambda: f"([{self.number(below)}, {self.number(below)}] | max)",
            lambda: f"(numbers[{self.number(0)} % 3])",
            lambda: f"(-{self.number(below)})",
            lambda: "(models | dictsort | selectattr('1.path', 'defined') | list | length)",
        )

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return self.draw.choice(
                ("flag", "conf.deep.on", "true", "count", "none", "empty", "list", "conf.extra is defined")
            )
        below = depth - 1
        return self.one(
            lambda: self.truth(0),
            lambda: (
                f"({self.number(below)} {self.draw.choice(('==', '<', '>=', '!='))} {self.number(below)})"
            ),
            lambda: f"({self.text(below)} == {self.text(below)})",
            lambda: f"(not {self.truth(below)})",
            lambda: f"({self.truth(below)} and {self.truth(below)})",
            lambda: f"({self.truth(below)} or {self.truth(below)})",
            lambda: f"({self.text(below)} in {self.items(below)})",
            lambda: f"({self.text(0)} in conf)",
            lambda: (
                f"(conf.{self.draw.choice(('level', 'other'))} is "
                f"{self.draw.choice(('defined', 'undefined'))})"
            ),
            lambda: f"({self.number(below)} < {self.number(below)} < {self.number(below)})",
        )

    def items(self, depth: int) -> str:
        if depth <= 0:
            return self.draw.choice(("list", "conf.tags", "['a', name]", "empty", "models"))
        below = depth - 1
        return self.one(
            lambda: self.items(0),
            lambda: (
                f"({self.items(below)} | map({self.draw.choice(('string', 'upper', 'length'))!r}) | list"
                " | map('string') | list)"
            ),
            lambda: (
                f"({self.items(below)} | {self.draw.choice(('sort', 'reverse', 'unique', 'list'))} | list)"
            ),
            lambda: f"([{self.text(below)}] + {self.items(below)} | list)",
            lambda: f"({self.items(below)} | list)[{self.draw.choice(('1:', ':1', '::2'))}]",
            lambda: f"({self.items(below)} if {self.truth(below)} else {self.items(below)})",
            lambda: f"({self.items(below)} | select('ne', {self.text(0)}) | list)",
            lambda: (
                f"(models | dictsort | rejectattr('1.size', 'eq', {self.number(0)}) | map('first') | list)"
            ),
            lambda: f"(range({self.number(0)} % 4) | map('string') | list)",
            lambda: "(models.values() | groupby('size') | map('first') | map('string') | list)",
        )

    def mapping(self, depth: int) -> str:
        if depth <= 0:
            return self.draw.choice(("conf", "conf.deep", "models", f"{{'a': {self.text(0)}}}"))
        below = depth - 1
        return self.one(
            lambda: self.mapping(0),
            lambda: f"({self.mapping(below)} | combine({self.mapping(below)}))",
            lambda: f"{{'a': {self.any(below)}, {self.text(0)}: {self.number(below)}}}",
            lambda: f"({self.mapping(below)} if {self.truth(below)} else {{}})",
            lambda: f"({{'b': {self.text(below)}}} if {self.truth(below)} else {{}})",
            lambda: f"dict(a={self.any(below)})",
        )
