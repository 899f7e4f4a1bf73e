"""The filters and tests that templates may use: pure, bounded, and safe for bound values.

Most are Jinja's own, by the same names (https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters);
those that would print Python, draw random numbers, make HTML or lose tokens are left out or replaced. What
Kubernetes work needs beside them is here, and in docs/reference/templates.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias

from jinja2 import Environment, pass_environment
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.tests import TESTS
from markupsafe import Markup

from generator.core import addresses, bounds, serialise, tracked
from generator.core.bindings import Captured, Fragment, TooMuch, capture, indented

Filter: TypeAlias = Any  # Jinja types its tables as functions, whatever their arguments are

_FROM_JINJA: Final = (
    "abs count d default dictsort first float groupby int items last length list map max min reject "
    "rejectattr reverse select selectattr sort unique"
).split()
_FOR_TEXT: Final = "capitalize lower title upper".split()
_TESTS_FROM_JINJA: Final = (
    "odd even divisibleby defined undefined none float lower upper string mapping sequence "
    "iterable in == eq equalto != ne > gt greaterthan ge >= < lt lessthan <= le"
).split()

# How kubectl and kustomize write a content hash: hex digits without those that could spell words.
_HASH_DIGITS: Final = str.maketrans("013ae", "ghkmt")


def tojson(value: Any, indent: int | None = None) -> str:
    """JSON text with sorted keys; on one line unless `indent` says how many spaces, at most 16."""
    blanks = None if indent is None else max(0, min(indent, 16))
    encoder = json.JSONEncoder(indent=blanks, sort_keys=True, ensure_ascii=False)
    if blanks is None:
        return encoder.encode(tracked.untrack(value))
    pieces: list[str] = []
    length = 0
    for piece in encoder.iterencode(tracked.untrack(value)):  # indentation may be most of it
        pieces.append(piece)
        length += len(piece)
        _bound(length)
    return "".join(pieces)


def toyaml(value: Any) -> str:
    """YAML text in gen's canonical form, for a file inside a ConfigMap."""
    return serialise.dump(tracked.untrack(value))


def b64encode(value: Any) -> str:
    """Base64 of the UTF-8 bytes of a text."""
    return base64.b64encode(tracked.text(value).encode()).decode()


def b64decode(value: Any) -> str:
    """The UTF-8 text behind base64. Raises ValueError where it is neither."""
    return base64.b64decode(tracked.text(value), validate=True).decode()


def sha256(value: Any) -> str:
    """The SHA-256 of a text in hex; of anything else, of its JSON text."""
    text = value if isinstance(value, str) else tojson(value)
    return hashlib.sha256(tracked.text(text).encode()).hexdigest()


def digest(value: Any) -> str:
    """Ten letters and digits that change with the content: in a name or an annotation they roll the pods."""
    return sha256(value)[:10].translate(_HASH_DIGITS)


def short(value: Any, length: int = 63) -> str:
    """A name of at most `length` characters: as it is, or cut and made unique with a hash of the whole.

    Raises ValueError for a length that leaves no room for both.
    """
    name = tracked.text(value)
    if length < 10:
        raise ValueError("a shortened name needs at least 10 characters")
    if len(name) <= length:
        return name
    return f"{name[: length - 9].rstrip('-._')}-{digest(name)[:8]}"


def combine(value: Mapping[str, Any], *others: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping of all; where two hold a key, the later one counts. Not deep."""
    merged = dict(value)
    for other in others:
        merged.update(other)
    return merged


def join(value: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    """The items as texts, numbers and booleans as in JSON, with a separator between them."""
    items = value if attribute is None else (item[attribute] for item in value)
    texts = [tracked.text(item) for item in items]
    _bound(sum(map(len, texts)) + len(separator) * len(texts))
    return str(separator).join(texts)


@pass_environment
def add(environment: Environment, value: Iterable[Any], attribute: Any = None, start: Any = 0) -> Any:
    """The sum of numbers, or with `start=[]` one list of all the lists.

    Adding lists one by one, as Jinja does, copies all that was added before each time.
    """
    items = value if attribute is None else map(make_attrgetter(environment, attribute), value)
    if not isinstance(start, list | tuple):
        return sum(items, start)
    joined = [*start]
    for item in items:
        if not isinstance(item, list | tuple):
            raise TypeError(f"only a list can be added to a list, not {type(item).__name__}")
        joined += item
        if len(joined) > bounds.NODES:
            raise TooMuch(f"a list of more than {bounds.NODES:,} items")
    return joined


def replace(value: Any, old: str, new: str, count: int = -1) -> str:
    """The text with `old` replaced by `new`, everywhere or the first `count` times."""
    text = tracked.text(value)
    _bound(len(text) + (text.count(old) if count < 0 else count) * len(new))
    return text.replace(old, new, count)


def string(value: Any) -> str:
    """A scalar as text: numbers and booleans as in JSON."""
    return tracked.text(value)


def trim(value: Any, characters: str | None = None) -> str:
    """The text without white space, or the characters given, at its ends."""
    return tracked.text(value).strip(characters)


def safe(value: Any) -> Any:
    """YAML source to be pasted as it is, on purpose. Text that a macro made is that already."""
    return value if isinstance(value, Captured | Fragment) else Markup(tracked.text(value))  # noqa: S704 (this is YAML)


def indent(value: Any, width: int = 4, first: bool = False) -> Any:
    """Every line but the first (or that too) moved right; text that a macro made keeps its values bound."""
    blanks = " " * min(width, 8 * bounds.NESTING)
    if isinstance(value, Captured | Fragment):
        moved = capture(indented(value.pieces, blanks, first))
        moved.placed = True
        return moved
    lines = tracked.text(value).split("\n")
    _bound(len(lines) * len(blanks))
    return "\n".join(blanks + line if line and (first or n) else line for n, line in enumerate(lines))


def rounded(value: Any, precision: int = 0) -> float:
    """A number rounded to so many digits after the point, halves to even."""
    return round(float(value), max(-bounds.DIGITS, min(precision, bounds.DIGITS)))


def _bound(length: int) -> None:
    if length > bounds.TEXT:
        raise TooMuch(f"more than {bounds.TEXT:,} characters of text")


def is_boolean(value: Any) -> bool:
    """Whether a value is true or false."""
    return isinstance(value, bool | tracked.Flag)


def is_integer(value: Any) -> bool:
    """Whether a value is a whole number, and no boolean."""
    return isinstance(value, int) and not is_boolean(value)


def is_number(value: Any) -> bool:
    """Whether a value is a number, and no boolean."""
    return isinstance(value, int | float) and not is_boolean(value)


_OURS: Final[dict[str, Filter]] = {
    "b64decode": b64decode,
    "b64encode": b64encode,
    "combine": combine,
    "digest": digest,
    "indent": indent,
    "join": join,
    "replace": replace,
    "round": rounded,
    "safe": safe,
    "sha256": sha256,
    "short": short,
    "string": string,
    "sum": add,
    "tojson": tojson,
    "toyaml": toyaml,
    "trim": trim,
}


_OUR_TESTS: Final[dict[str, Filter]] = {
    "boolean": is_boolean,
    "integer": is_integer,
    "number": is_number,
    "true": lambda value: is_boolean(value) and bool(value),
    "false": lambda value: is_boolean(value) and not value,
    "worldwide": lambda value: addresses.worldwide(tracked.untrack(value)),
}


def table(work: Callable[[Any], Any]) -> dict[str, Filter]:
    """Every filter by its name; each calls `work` with what it is given and with what it makes."""
    ours = {name: FILTERS[name] for name in _FROM_JINJA} | _texts() | _OURS
    return {name: _counted(function, work) for name, function in ours.items()}


def tests(work: Callable[[Any], Any]) -> dict[str, Filter]:
    """Every test (`is …`) by its name, counted like the filters."""
    ours = {name: TESTS[name] for name in _TESTS_FROM_JINJA} | _OUR_TESTS
    return {name: _counted(function, work) for name, function in ours.items()}


def _texts() -> dict[str, Filter]:
    """Jinja's filters for text; anything but a scalar they would write as Python shows it."""
    return {name: lambda value, change=FILTERS[name]: change(tracked.text(value)) for name in _FOR_TEXT}


def _counted(function: Filter, work: Callable[[Any], Any]) -> Filter:
    place = 1 if hasattr(function, "jinja_pass_arg") else 0  # after the context that Jinja passes to some

    @wraps(function)
    def counted(*arguments: Any, **options: Any) -> Any:
        work(arguments[place:])
        work(tuple(options.values()))
        return work(_whole(function(*arguments, **options)))

    return counted


def _whole(made: Any) -> Any:
    """A list in the place of an iterator, whose expression would go on where nobody can say which it was.

    It would be empty, too, for whoever comes second.
    """
    return [*made] if isinstance(made, Iterator) else made
