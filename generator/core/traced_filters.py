"""What the results of filters, tests and calls were made from.

Where nothing is known of a filter, its result was made from everything that it was given. Those that only
choose, sort or count have their own answer here, so that a line does not name what it does not depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from jinja2 import Undefined
from jinja2.filters import make_attrgetter
from jinja2.runtime import LoopContext, Macro
from jinja2.utils import Cycler, Joiner, Namespace

from generator.core import lineage, tracked
from generator.core.bindings import Captured, Fragment
from generator.core.compiler import EACH
from generator.core.lineage import inherit, made
from generator.core.sources import NOTHING, Sources, decided, union

Apply = Callable[..., Any]  # a filter that is given its value and its arguments


def table(tracer: Any, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters by name, each giving sources to what it makes."""
    return {name: f if name == EACH else _traced(tracer, name, f) for name, f in filters.items()}


def tests(tracer: Any, tests_: Mapping[str, Any]) -> dict[str, Any]:
    """The tests by name, each answering with a flag that knows its sources."""
    return {name: _tested(tracer, name, test) for name, test in tests_.items()}


def _traced(tracer: Any, name: str, function: Any) -> Any:
    place = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def traced(*arguments: Any, **options: Any) -> Any:
        given, value, rest = arguments[:place], arguments[place], arguments[place + 1 :]
        rest = tuple(map(bare, rest))
        options = {key: bare(option) for key, option in options.items()}

        def apply(something: Any) -> Any:
            return function(*given, something, *rest, **options)

        before = len(tracer.noted)
        tracer.noting += 1
        answer = _FILTERS.get(name, _opaque)(tracer, apply, value, rest, options)
        tracer.noting -= 1
        del tracer.noted[before:]
        return answer

    return traced


def _tested(tracer: Any, name: str, function: Any) -> Any:
    place = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def tested(*arguments: Any, **options: Any) -> Any:
        value, rest = arguments[place], arguments[place + 1 :]
        if name == "none":
            answer: Any = value is None or isinstance(value, tracked.Nothing)
        else:
            answer = function(*arguments[:place], *map(bare, arguments[place:]), **options)
        if name in ("defined", "undefined"):
            sources = lineage.presence(value)
        elif name == "in":
            sources = contains(value, rest[0])
        elif isinstance(value, dict | list | tuple) and not rest:
            sources = lineage.presence(value)  # what kind of value it is
        else:
            sources = union(lineage.deep(value), *map(lineage.deep, (*rest, *options.values())))
        if tracer.noting:
            tracer.noted.append(sources)
        return made(bool(answer), sources)

    return tested


def bare(value: Any) -> Any:
    """None as Python's functions know it."""
    return None if isinstance(value, tracked.Nothing) else value


def contains(value: Any, container: Any) -> Sources:
    """What decides whether a value is in a container."""
    if isinstance(container, dict):
        found = lineage.membership if value in container else lineage.absence
        return union(lineage.deep(value), lineage.own(container), found(container, value))
    return union(lineage.deep(value), lineage.deep(container))


def _arguments(rest: tuple[Any, ...], options: Mapping[str, Any]) -> Sources:
    return union(*map(lineage.deep, (*rest, *options.values())))


def _opaque(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    sources = union(lineage.deep(value), _arguments(rest, options))
    result = apply(value)
    if isinstance(result, Captured | Fragment | Undefined):
        return inherit(result, decided(tracer.at, _arguments(rest, options)))
    chosen = decided(tracer.at, sources)
    if isinstance(result, tracked.Tracked):
        return inherit(result, chosen)
    passed_on = isinstance(result, dict | list | tuple) and _passes(result)
    result = made(result, sources)
    return inherit(result, chosen) if passed_on else result


def _passes(result: Any) -> bool:
    """Whether a result holds values that it was given, which it then has chosen."""
    parts = [*result, *result.values()] if isinstance(result, dict) else result
    return any(isinstance(part, tracked.Tracked | Captured) for part in parts)


def _counting(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    return made(apply(value), lineage.keys(value))


def _default(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    result = apply(value)
    if result is value:
        return value
    asked = lineage.own(value) if isinstance(value, Undefined) else lineage.truth(value)
    return inherit(result, decided(tracer.at, asked, _arguments(rest[1:], {})))


def _known(value: Any) -> tuple[list[Any], list[Sources]]:
    """The items of a value, and what decides over each; a value that counts as false has none."""
    both = list(lineage.entries(value)) if value else []
    return [item for item, _ in both], [member for _, member in both]


def _permuted(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """The same items in another order, or some of them."""
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return _opaque(tracer, apply, value, rest, options)
    items, members = _known(value)
    by_id = {id(item): member for item, member in zip(items, members, strict=True)}
    result = apply(items)
    order = union(lineage.deep(value), _arguments(rest, options))
    return lineage.listed(
        list(result), [by_id.get(id(item), order) for item in result], lineage.keys(value), order
    )


def _listed(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return _opaque(tracer, apply, value, rest, options)
    items, members = _known(value)
    apply(value)
    return lineage.listed(items, members, lineage.keys(value), _order(value))


def _order(value: Any) -> Sources:
    if isinstance(value, dict):
        return lineage.keys(value)
    return value._order if isinstance(value, tracked.Container) else NOTHING


def _unique(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    result = _permuted(tracer, apply, value, rest, options)
    all_ = union(lineage.deep(value), _arguments(rest, options))
    return inherit(result, decided(tracer.at, all_)) if isinstance(result, tracked.List) else result


def _pairs(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """The entries of a mapping as pairs."""
    result = apply(value)
    if not isinstance(value, dict):
        return _opaque(tracer, apply, value, rest, options)
    whole = lineage.own(value)
    pairs = [tuple(inherit(part, whole) for part in pair) for pair in result]
    by_value = options.get("by", rest[1] if len(rest) > 1 else "key") == "value"
    order = lineage.deep(value) if by_value else lineage.keys(value)
    members = [union(whole, lineage.membership(value, key)) for key, _ in pairs]
    return lineage.listed(pairs, members, lineage.keys(value), union(order, _arguments(rest, options)))


def _picked(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """The first or the last item."""
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return _opaque(tracer, apply, value, rest, options)
    items, _ = _known(value)
    result = apply(items)
    if isinstance(result, Undefined):
        return inherit(result, lineage.keys(value))
    return inherit(result, decided(tracer.at, lineage.keys(value), _order(value)))


def _extreme(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """The least or the greatest item, which the others decide."""
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return _opaque(tracer, apply, value, rest, options)
    items, _ = _known(value)
    all_ = union(lineage.deep(value), _arguments(rest, options))
    result = apply(items)
    if isinstance(result, Undefined):
        return inherit(result, lineage.keys(value))
    return inherit(result, decided(tracer.at, all_))


def _mapped(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """A filter, or a look-up, for each item by itself."""
    items, members = _known(value)
    results: list[Any] = []
    for item in items:
        (result,) = apply([item])
        known = union(lineage.deep(item), _arguments(rest, options))
        results.append(made(result, known))
    if not items:
        apply([])
    return lineage.listed(results, members, lineage.keys(value), _order(value))


def _selected(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """The items that pass a test; each depends on its own test only."""
    items, members = _known(value)
    kept: list[Any] = []
    reasons: list[Sources] = []
    tested: list[Sources] = []
    for item, member in zip(items, members, strict=True):
        before = len(tracer.noted)
        result = apply([item])
        noted = tracer.noted[before:]
        test = union(noted[-1] if noted else lineage.truth(item), _arguments(rest, options))
        tested.append(test)
        if result:
            kept.append(item)
            reasons.append(union(member, test))
    if not items:
        apply([])
    return lineage.listed(kept, reasons, union(lineage.keys(value), *tested), _order(value))


def _combined(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """One mapping of several: what the later ones do not have comes from the earlier."""
    result = apply(value)
    layers = (value, *rest)
    made_: dict[Any, Any] = {}
    members: dict[Any, Sources] = {}
    for key in result:
        absent: list[Sources] = []
        for layer in reversed(layers):
            if key in layer:
                name = next(k for k in layer if k == key)
                whole = lineage.own(layer)
                chosen = union(whole, decided(tracer.at, *absent))
                made_[inherit(name, whole)] = inherit(layer[key], chosen)
                members[key] = union(whole, lineage.membership(layer, key))
                break
            absent.append(lineage.absence(layer, key))
    combined: Any = tracked.container(tracked.Map(made_))
    combined._members, combined._keys = members, union(*map(lineage.keys, layers))
    return combined


def _grouped(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    """Groups of items that share an attribute: each is there for its items' sake."""
    items, members = _known(value)
    attribute = rest[0] if rest else options.get("attribute")
    getter = make_attrgetter(tracer, attribute)
    read = [lineage.deep(getter(item)) for item in items]
    known = {id(item): union(member, attr) for item, member, attr in zip(items, members, read, strict=True)}
    all_ = union(lineage.keys(value), *read, _arguments(rest, options))
    groups, reasons = [], []
    for grouper, inside in apply(items):
        each = [known.get(id(item), all_) for item in inside]
        reasons.append(union(*each))
        groups.append((made(grouper, reasons[-1]), lineage.listed(list(inside), each, all_, _order(value))))
    return lineage.listed(groups, reasons, all_, all_)


def _summed(tracer: Any, apply: Apply, value: Any, rest: Any, options: Any) -> Any:
    attribute = options.get("attribute", rest[0] if rest else None)
    if attribute is None:
        return _opaque(tracer, apply, value, rest, options)
    items, _ = _known(value)
    getter = make_attrgetter(tracer, attribute)
    read = [lineage.deep(getter(item)) for item in items]
    return made(apply(items), union(lineage.keys(value), *read, _arguments(rest, options)))


_FILTERS: Final[dict[str, Any]] = {
    "combine": _combined,
    "count": _counting,
    "d": _default,
    "default": _default,
    "dictsort": _pairs,
    "first": _picked,
    "groupby": _grouped,
    "items": _pairs,
    "last": _picked,
    "length": _counting,
    "list": _listed,
    "map": _mapped,
    "max": _extreme,
    "min": _extreme,
    "reject": _selected,
    "rejectattr": _selected,
    "reverse": _permuted,
    "select": _selected,
    "selectattr": _selected,
    "sort": _permuted,
    "sum": _summed,
    "unique": _unique,
}


def call(
    tracer: Any, function: Any, context: Any, obj: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """A call of a template, with the sources of what it gives."""
    if isinstance(obj, Macro):
        return _macro(tracer, function, context, obj, args, kwargs)
    if isinstance(obj, LoopContext):
        return tracer.recurse(args[0], lambda values: function(context, obj, values, **kwargs))
    owner = getattr(obj, "__self__", None)
    method = getattr(obj, "__name__", "")
    if isinstance(owner, dict):
        return _of_mapping(tracer, function, context, obj, owner, method, args)
    plain = tuple(map(bare, args))
    sources = union(lineage.deep(owner), *map(lineage.deep, args), *map(lineage.deep, kwargs.values()))
    if obj is dict or obj is Namespace:
        return _built(tracer, obj, function(context, obj, *args, **kwargs), sources)
    result = function(context, obj, *plain, **kwargs)
    if isinstance(owner, LoopContext):
        loop = next((known for known in reversed(tracer.loops) if known.context is owner), None)
        return inherit(
            made(result, sources), union(sources if method == "changed" else NOTHING, _changed(loop, sources))
        )
    if isinstance(owner or obj, Cycler | Joiner):
        state = owner if isinstance(owner, Cycler) else obj
        tracer_here = union(tracer.here, tracer.shaken)
        inherit(state, union(tracer_here, sources if obj is not state else NOTHING))
        return inherit(made(result, NOTHING), union(lineage.own(state), tracer_here))
    if isinstance(result, range):
        return _ranged(result, args)
    if isinstance(result, Cycler | Joiner):
        return inherit(result, sources)
    if isinstance(result, Captured | Fragment):
        return result
    return made(result, sources)


def _changed(loop: Any, sources: Sources) -> Sources:
    """What `loop.cycle` and `loop.changed` know: the steps so far, and what was shown in them."""
    if loop is None:
        return sources
    loop.tests.append(sources)
    return union(loop.all, loop.order)


def _macro(tracer: Any, function: Any, context: Any, obj: Any, args: Any, kwargs: Any) -> Any:
    entry = tracer.here
    tracer.here = union(entry, lineage.own(obj))
    result = function(context, obj, *args, **kwargs)
    tracer.here = entry
    return result


def _of_mapping(
    tracer: Any, function: Any, context: Any, obj: Any, owner: Any, method: str, args: tuple[Any, ...]
) -> Any:
    if method == "get":
        key = bare(args[0])
        result = function(context, obj, *args)
        chosen = decided(tracer.at, lineage.deep(key))
        if key in owner:
            return inherit(result, union(lineage.own(owner), lineage.picked(owner, key), chosen))
        return inherit(result, union(decided(tracer.at, lineage.absence(owner, key)), chosen))
    result = function(context, obj, *args)
    if method == "items":
        return _pairs(tracer, lambda value: list(value.items()), owner, (), {})
    whole = lineage.own(owner)
    members = [union(whole, lineage.membership(owner, key)) for key in owner]
    items = [inherit(part, whole) for part in (owner if method == "keys" else owner.values())]
    return lineage.listed(items, members, lineage.keys(owner), _order(owner))


def _built(tracer: Any, kind: Any, result: Any, sources: Sources) -> Any:
    if kind is dict:
        return made(result, sources)
    return inherit(result, tracer.here)


def _ranged(result: range, args: tuple[Any, ...]) -> Any:
    sources = union(*map(lineage.deep, args))
    first = union(*(lineage.deep(arg) for n, arg in enumerate(args) if n != 1 and len(args) > 1))
    items = [made(number, first) for number in result]
    return lineage.listed(items, [sources] * len(items), sources)
