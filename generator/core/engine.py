"""The Jinja environment that templates run in: bound output, strict look-ups, a sandbox by allow-list.

Continuous integration renders templates from pull requests, so a template gets no code, no clock, no random
numbers, no file outside `templates/`, and no unbounded work. What it may call is listed here and in
`generator.core.filters`; everything else does not exist for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from jinja2 import StrictUndefined, Template, Undefined, UndefinedError, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.loaders import FunctionLoader
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace, missing
from markupsafe import Markup

from generator.core import bounds, filters, kept, tracked
from generator.core.bindings import (
    RESERVED,
    Bindings,
    Captured,
    Fragment,
    Part,
    Piece,
    TooMuch,
    capture,
    flatten,
    located,
    placed,
)
from generator.core.compiler import EACH, BindingCodeGenerator, ExactLexer, Marks
from generator.core.kept import Code, Kept
from generator.core.parser import BlockParser
from generator.core.sources import NOTHING, At, Sources

# What a template may reach by `value.name` beside the keys of mappings; None means everything public.
_ATTRIBUTES: Final[tuple[tuple[type, frozenset[str] | None], ...]] = (
    (
        str,
        frozenset(
            (
                "capitalize count endswith find isalnum isalpha isdigit islower isupper lower lstrip "
                "partition removeprefix removesuffix rpartition rsplit rstrip split splitlines "
                "startswith strip title upper"
            ).split()
        ),
    ),
    (dict, frozenset(("get", "items", "keys", "values"))),
    (list, frozenset(("count", "index"))),
    (tuple, frozenset(("count", "index"))),
    (
        LoopContext,
        frozenset(
            (
                "index index0 revindex revindex0 first last length depth depth0 previtem nextitem "
                "cycle changed"
            ).split()
        ),
    ),
    (Cycler, frozenset(("current", "next", "reset"))),
    (BlockReference, frozenset(("super",))),
    (Namespace, None),
    (TemplateModule, None),
    (Macro, frozenset(("name", "arguments", "catch_kwargs", "catch_varargs", "caller"))),
)


class Missing(StrictUndefined):
    """An undefined value that knows what was looked up in what, and where the template did so."""

    __slots__ = ("_at", "_sources")

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: Any = None, exc: Any = None
    ) -> None:
        super().__init__(hint, obj, name)
        # Jinja calls this with the message wherever an undefined value is used.
        self._undefined_exception: Any = exc or (lambda message: UndefinedValueError(self, message))
        self._at: At | None = None
        self._sources: Sources = NOTHING


class UndefinedValueError(UndefinedError):
    """A template used an undefined value."""

    def __init__(self, value: Missing, message: str) -> None:
        super().__init__(message)
        self.obj = value._undefined_obj
        self.name: Any = value._undefined_name
        self.at = value._at
        # Where a tracked mapping stands in the values, so that a message can say the whole path.
        self.within = getattr(value._undefined_obj, "_path", None)


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> Any:
        # Jinja would keep the first module for good, and with it the tokens of another rendering.
        return self.make_module(None)


class Engine(ImmutableSandboxedEnvironment):
    """Compiles templates once and renders them any number of times.

    `load` gives the source of a template by its name below `templates/`, or None. What was compiled goes to
    `store`, and comes from there where the same text was compiled before; `salt` stands for all else that
    the code depends on.
    """

    code_generator_class = BindingCodeGenerator
    template_class = _Template
    intercepted_binops = frozenset(("+", "-", "*", "**", "%"))

    def __init__(self, load: Callable[[str], str | None], store: Kept | None = None, salt: str = "") -> None:
        super().__init__(
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,  # a constant folded by the compiler would be text before we see it
            cache_size=-1,
            auto_reload=False,
            loader=FunctionLoader(lambda name: _found(load(name))),
        )
        self.globals = {
            "range": self._range,
            "dict": dict,
            "namespace": Namespace,
            "cycler": Cycler,
            "joiner": Joiner,
        }
        self.filters = filters.table(self._work) | {EACH: self._each}
        self.tests = filters.tests(self._work)
        self.marks: dict[str, Marks] = {}
        self.bindings = Bindings()
        self._store = store
        self._salt = salt

    @cached_property
    def lexer(self) -> ExactLexer:
        return ExactLexer(self)

    def compile(self, source: Any, name: str | None = None, *rest: Any, **options: Any) -> Any:
        """The code of a template, with its marks. Raises `TemplateSyntaxError` and `TooMuch`."""
        name = str(name)
        key = kept.key("template", self._salt, name, source)
        if self._store is not None and (known := kept.code(self._store.recall(key))) is not None:
            pieces = [located(text, At(name, offset)) for text, offset in known.texts]
            self.marks[name] = Marks(pieces, [At(name, offset) for offset in known.places])
            return known.code
        self.marks[name] = marks = Marks([], [])
        code = super().compile(source, name, *rest, **options)
        if self._store is not None:
            texts = tuple((str(piece), piece.at.offset) for piece in marks.pieces)
            self._store.keep(key, tuple(Code(code, texts, tuple(at.offset for at in marks.places))))
        return code

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = BlockParser(self, source, name, filename).parse()
        for loop in list(tree.find_all(nodes.For)):
            line = loop.iter.lineno
            loop.iter = nodes.Filter(loop.iter, EACH, [], [], None, None, lineno=line, environment=self)
        return tree

    def run(self, name: str, context: Mapping[str, Any], bindings: Bindings) -> list[Part]:
        """The parts that a template writes. Raises whatever the template makes Jinja or Python raise."""
        self.bindings = bindings
        template = self.get_template(name)
        # A Context of its own: `new_context` would copy the values once more.
        variables = Context(self, {**self.globals, **context}, name, template.blocks)
        rendered: Iterable[Any] = template.root_render_func(variables)
        parts: list[Part] = list(rendered)
        bindings.grow(sum(map(len, flatten(parts))))
        return parts

    # What the generated code calls.

    concat: Any = staticmethod(capture)

    def lost(self, name: str, place: At) -> Missing:
        """The value of a name that nothing has given one."""
        missing_ = Missing(name=name)
        missing_._at = place
        return missing_

    def begin(self, place: At) -> Bindings:
        """Begin to evaluate an expression; should it fail, its place is known."""
        self.bindings.running.append(place)
        return self.bindings

    def bind(self, bindings: Bindings, value: Any, blanks: str = "") -> Part:
        """The text that stands for an output expression: a token, or captured text as it is.

        `blanks` is the indentation of a line on which the expression stands alone.
        """
        bindings.charge(1)
        at = bindings.running.pop()
        if isinstance(value, Captured | Fragment):
            text = placed(value, blanks)
            bindings.charge(len(text.pieces))
            bindings.grow(len(text) if isinstance(text, Captured) else 0)
            return text
        if isinstance(value, Markup):
            return self._source(value, at)
        if isinstance(value, Missing):
            value._at = value._at or at
        return bindings.token(bindings.weigh(_defined(value)), at)

    def paste(self, value: Any) -> Part:
        """What an included template, a call block or a filter block writes; it keeps its values bound."""
        if isinstance(value, Part):
            return value
        raise SecurityError(
            "this block would turn bound values into source; apply the filter to the values instead"
            " (of the filters, only `indent` and `safe` keep values bound)"
        )

    def _source(self, text: str, at: At) -> Piece:
        """YAML source that a template pastes on purpose."""
        if RESERVED.search(text):
            raise SecurityError("pasted text holds characters that are reserved for bound values")
        self.bindings.grow(len(text))
        return located(text, at)

    def keep(self, bindings: Bindings, value: Any) -> Any:
        """A value that `set` gives a name to."""
        bindings.running.pop()
        return value

    def weigh(self, value: Any) -> Any:
        """A value that a template makes or compares; it is counted."""
        return self.bindings.weigh(value)

    def member(self, obj: Any, key: Any, place: At) -> Any:
        """`obj.key`, `obj[key]` and `obj[from:to]`: keys and indexes first, then the methods allowed."""
        self.bindings.weigh(key)
        value = self.getitem(obj, key)
        if isinstance(value, Missing):
            value._at = value._at or place
        return self.bindings.weigh(value) if isinstance(key, slice) else value

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            obj._fail_with_undefined_error()
        if not isinstance(obj, str) or not isinstance(argument, str):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        if isinstance(argument, str) and not argument.startswith("_"):
            for kind, allowed in _ATTRIBUTES:
                if isinstance(obj, kind) and (allowed is None or argument in allowed):
                    return getattr(obj, argument, Missing(obj=obj, name=argument))
        return self.undefined(obj=obj, name=argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def join(self, values: Iterable[Any]) -> str:
        """The `~` operator: texts, with numbers and booleans as JSON writes them."""
        joined = "".join(map(tracked.text, map(_defined, values)))
        self.bindings.grow(len(joined))
        return joined

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator in ("*", "**") and not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"`{operator}` works on numbers only")
        if operator == "**" and abs(right) > bounds.DIGITS:
            raise TooMuch(f"an exponent beyond {bounds.DIGITS}")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("`%` works on numbers only; concatenate strings with `~`")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int) and result.bit_length() > 4096:
            raise TooMuch("a number of more than 4,096 bits")
        return self.bindings.weigh(result)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Every call in a template: the text it works on, what goes in and what comes out are counted."""
        owner = getattr(obj, "__self__", None)
        self._work(owner if isinstance(owner, str) else None)
        self.bindings.weigh(args)
        return self.bindings.weigh(super().call(context, obj, *args, **kwargs))

    def _each(self, values: Any) -> Any:
        """What a loop goes over: counted at once where its length is known, else item by item."""
        if isinstance(values, Undefined | Fragment) or not hasattr(values, "__len__"):
            return self._counted(values)
        self.bindings.charge(1 + len(values))
        return values

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.bindings.charge(1)
            yield value

    def _work(self, value: Any) -> Any:
        """A step, and the value that it works on or makes."""
        self.bindings.charge(1)
        return self.bindings.weigh(value)

    @staticmethod
    def _range(*bounds_: int) -> range:
        numbers = range(*bounds_)
        if len(numbers) > bounds.RANGE:
            raise TooMuch(f"a range of more than {bounds.RANGE:,} numbers")
        return numbers


def _defined(value: Any) -> Any:
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()
    return value


def _found(source: str | None) -> tuple[str, None, Callable[[], bool]] | None:
    return None if source is None else (source, None, lambda: True)
