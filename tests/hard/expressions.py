"""Random templates by Jinja's grammar, with every filter, test and method that gen knows and some more."""

from __future__ import annotations

import random
from collections.abc import Callable

_HEAD = "apiVersion: hard.example/v1\nkind: Fuzz\nmetadata:\n  name: a\nspec:\n"
_FILTERS = (
    "abs b64decode b64encode capitalize combine count d default dictsort digest first float groupby "
    "indent int items join last length list lower map max min reject rejectattr replace reverse round "
    "safe select selectattr sha256 short sort string sum title tojson toyaml trim unique upper attr "
    "format nope"
).split()
_TESTS = (
    "odd even divisibleby defined undefined none float lower upper string mapping sequence iterable in eq "
    "gt lt boolean integer number true false callable nope"
).split()
_METHODS = (
    "count endswith find isdigit split splitlines rsplit strip title upper partition get items keys "
    "values index format format_map __class__ mro append pop update"
).split()
_NAMES = (
    "name count items nested list flag ratio missing loop self caller namespace range dict cycler joiner x y"
).split()
_LITERALS = (
    "0 1 -1 2.5 1e300 9223372036854775807 true none "
    "'' 'a' 'a\\nb' '\\ud800' '\\u2028' \"{{\" [] {} () (1,) [1,'a']"
).split()
_CALLED = "range dict namespace cycler joiner x caller loop".split()
_BINARY = "+ - * / // % ** ~ == != < > <= in and or".split()


class Grammar:
    """Draws templates; what it draws is often wrong, and must then be refused with a reason."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw

    def template(self) -> str:
        """A manifest with a few random statements in its spec."""
        return _HEAD + "".join(self.statement(3, "  ") for _ in range(self.draw.randrange(1, 4)))

    def statement(self, depth: int, blanks: str) -> str:
        if depth == 0:
            return f"{blanks}k{self.draw.randrange(99)}: {self.scalar()}\n"
        inner = "".join(self.statement(depth - 1, blanks) for _ in range(self.draw.randrange(1, 3)))
        value = self.expression(2)
        return self.draw.choice(
            (
                f"{blanks}k{self.draw.randrange(99)}: {self.scalar()}\n",
                f"{blanks}{{{{ {value} }}}}: {self.scalar()}\n",
                f"{{% for x in {value} %}}\n{inner}{{% endfor %}}\n",
                f"{{% for x, y in {value} recursive %}}\n{inner}{{{{ loop(x) }}}}{{% endfor %}}\n",
                f"{{% if {value} %}}\n{inner}{{% else %}}\n{blanks}z: 1\n{{% endif %}}\n",
                f"{{% set x = {value} %}}\n{inner}",
                f"{{% set x %}}\n{inner}{{% endset %}}\n{{{{ x }}}}\n",
                f"{{% set y = namespace(x={value}) %}}\n{{% set y.x = [y.x, y.x] %}}\n{inner}",
                f"{{% macro x(y) %}}\n{inner}{{% endmacro %}}\n{{{{ x({value}) }}}}\n",
                f"{{% call(y) x() %}}\n{inner}{{% endcall %}}\n",
                f"{{% filter {self.draw.choice(_FILTERS)} %}}\n{inner}{{% endfilter %}}\n",
                f"{{% with x = {value} %}}\n{inner}{{% endwith %}}\n",
                f"{{% block b{self.draw.randrange(9)} %}}\n{inner}{{% endblock %}}\n",
                f"{{% include {value} %}}\n",
                f"{{% import 't.yaml.j2' as x %}}\n{inner}",
                f"{blanks}m:\n{''.join(self.statement(depth - 1, blanks + '  ') for _ in range(2))}",
                f"{blanks}b: |\n{blanks}  {{{{ {value} }}}}\n",
            )
        )

    def scalar(self) -> str:
        value = self.expression(3)
        return self.draw.choice(
            (f"{{{{ {value} }}}}", f"a{{{{ {value} }}}}b", f'"{{{{ {value} }}}}"', f"[{{{{ {value} }}}}]")
        )

    def expression(self, depth: int) -> str:
        if depth == 0 or self.draw.random() < 0.2:
            return self.draw.choice((*_NAMES, *_LITERALS))
        below: Callable[[], str] = lambda: self.expression(depth - 1)  # noqa: E731 (read often below)
        return self.draw.choice(
            (
                lambda: f"{below()} | {self.draw.choice(_FILTERS)}",
                lambda: f"{below()} | {self.draw.choice(_FILTERS)}({below()})",
                lambda: f"{below()} | map({self.draw.choice((below(), 'attribute=' + below()))}) | list",
                lambda: f"{below()} is {self.draw.choice(('', 'not '))}{self.draw.choice(_TESTS)}",
                lambda: f"({below()} {self.draw.choice(_BINARY)} {below()})",
                lambda: f"{below()}.{self.draw.choice((*_METHODS, *_NAMES))}",
                lambda: f"{below()}.{self.draw.choice(_METHODS)}({below()})",
                lambda: f"{below()}[{below()}]",
                lambda: f"{below()}[{below()}:{below()}]",
                lambda: f"{self.draw.choice(_CALLED)}({below()})",
                lambda: f"[{below()}, {below()}]",
                lambda: f"{{{below()}: {below()}}}",
                lambda: f"({below()}, {below()})",
                lambda: f"({below()} if {below()} else {below()})",
                lambda: f"({self.draw.choice(('not ', '-', '+'))}{below()})",
            )
        )()
