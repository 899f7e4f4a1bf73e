"""The engine that notes what everything it makes was made from.

It renders what `generator.core.engine` renders, from the same templates and values, to the same text, several
times slower: for when somebody asks where a part of the text comes from. `here` holds the decisions under
which the template is running at the moment; whatever is written or kept depends on them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from jinja2 import Undefined, nodes
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.utils import Cycler, Joiner, Namespace, missing
from markupsafe import Markup

from generator.core import lineage, traced_filters, tracked
from generator.core.bindings import Bindings, Captured, Fragment, Part, Piece, located
from generator.core.engine import Engine, Missing
from generator.core.lineage import inherit, made
from generator.core.sources import NOTHING, Aspect, At, Sources, decided, reading, union
from generator.core.tracing import KEEP, SIFT, TracingCodeGenerator, annotate

_STATEFUL: Final = (Namespace, Cycler, Joiner)


class Loop:
    """A loop that is running: what it goes over, and what decides over the item that comes next."""

    def __init__(self, entry: Sources, at: At, shaking: bool) -> None:
        self.shaking = shaking
        self.entry = entry
        self.at = at
        self.keys = NOTHING
        self.order = NOTHING
        self.tests: list[Sources] = []
        self.pending = NOTHING
        self.queue: deque[Sources] = deque()
        self.filtered = False
        self.context: Any = None

    @property
    def all(self) -> Sources:
        """What decides how many items there are."""
        return union(self.keys, *self.tests)


class Tracer(Engine):
    """Renders tracked values (`tracked.track`); the pieces that `run` gives know their sources."""

    code_generator_class = TracingCodeGenerator
    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "**", "%"))
    intercepted_unops = frozenset(("+", "-"))

    def __init__(self, load: Callable[[str], str | None]) -> None:
        super().__init__(load)
        self.here: Sources = NOTHING
        self.shaken: Sources = NOTHING
        self.loops: list[Loop] = []
        self.pulling: Loop | None = None
        self.recent = At("", 0)  # where a value was looked up last
        self.noting = 0  # how many filters are running
        self.noted: list[Sources] = []  # what tests and look-ups have read for them
        self.filters = traced_filters.table(self, self.filters) | {KEEP: self._kept, SIFT: self._sift}
        self.tests = traced_filters.tests(self, self.tests)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        annotate(tree, self)
        return tree

    def run(self, name: str, context: Mapping[str, Any], bindings: Bindings) -> list[Part]:
        self.here = self.shaken = NOTHING
        self.loops.clear()
        return super().run(name, context, bindings)

    @property
    def at(self) -> At:
        """The place of the expression that is being evaluated."""
        at = self.bindings.running[-1]
        return at if at.template else self.recent

    # What writes.

    def piece(self, piece: Piece) -> Piece:
        return piece if self.here is NOTHING else piece.because(self.here)

    def bind(self, bindings: Bindings, value: Any, blanks: str = "") -> Part:
        part = super().bind(bindings, value, blanks)
        sources = union(self.here, lineage.own(value)) if isinstance(value, Markup) else self.here
        if sources is NOTHING:
            return part
        return part.because(sources) if isinstance(part, Piece) else inherit(part, sources)

    def paste(self, value: Any) -> Part:
        part = super().paste(value)
        if self.here is NOTHING:
            return part
        return part.because(self.here) if isinstance(part, Piece) else inherit(part, self.here)

    # What decides.

    def test(self, bindings: Bindings, value: Any) -> bool:
        """The condition of an `if`; what comes next depends on it."""
        at = bindings.running.pop()
        self.here = union(self.here, decided(at, lineage.truth(value)))
        return bool(value)

    def leave(self, entry: Sources, place: At) -> Piece:
        """Go on after conditions or a loop, with a mark where they could have written something."""
        mark = located("", place, self.here)
        self.here = entry
        return mark

    def after(self, value: Any, name: str) -> Any:
        """The value that a name has after conditions some of which would have given it another."""
        if value is missing:
            value = Missing(name=name)
            value._sources = reading((name,), Aspect.PRESENCE)
        return inherit(value, self.here)

    def shake(self) -> None:
        """A branch may or may not have changed whatever has a state."""
        self.shaken = union(self.shaken, self.here)

    def enter(self, place: At, shaking: bool) -> Loop:
        """Begin a loop; `shaking` where a step may change what has a state, which later steps then see."""
        self.begin(place)
        self.loops.append(Loop(self.here, place, shaking))
        return self.loops[-1]

    def _each(self, values: Any) -> Any:
        self.bindings.running.pop()
        values = super()._each(values)
        if isinstance(values, Undefined | Fragment):
            return values
        loop = self.loops[-1]
        loop.keys, loop.order = lineage.keys(values), getattr(values, "_order", NOTHING)
        if loop.shaking:
            self.shaken = union(self.shaken, decided(loop.at, loop.keys, loop.order))
        return self._items(loop, lineage.entries(values))

    def _items(self, loop: Loop, entries: Iterator[tuple[Any, Sources]]) -> Iterator[Any]:
        for item, membership in entries:
            self.pulling, loop.pending = loop, membership
            loop.queue.append(membership)
            yield opened(item)

    def _sift(self, value: Any) -> bool:
        loop = self.pulling
        assert loop is not None
        loop.queue.pop()
        sources = lineage.truth(value)
        loop.tests.append(sources)
        if loop.shaking:
            self.shaken = union(self.shaken, decided(loop.at, sources))
        if passed := bool(value):
            loop.queue.append(union(loop.pending, sources))
        return passed

    def step(self, context: Any) -> None:
        """Begin with the next item of the innermost loop."""
        loop = self.loops[-1]
        loop.context = context
        self.here = union(loop.entry, decided(loop.at, loop.queue.popleft()))

    def otherwise(self) -> None:
        """Begin with the `else` of a loop that had no items."""
        loop = self.loops[-1]
        self.here = union(loop.entry, decided(loop.at, loop.all))

    def finish(self, loop: Loop) -> None:
        """After the last item: what has been kept depends on how many there were."""
        del self.loops[self.loops.index(loop) :]
        self.here = union(loop.entry, decided(loop.at, loop.all))

    # What computes.

    def _kept(self, value: Any) -> Any:
        return opened(inherit(value, self.here))

    def choose(
        self,
        place: At,
        calls: bool,
        possible: frozenset[Any] | None,
        test: Any,
        yes: Callable[[], Any],
        no: Callable[[], Any],
    ) -> Any:
        decision = decided(place, lineage.truth(test))
        value = self._under(decision, calls, yes if test else no)
        if possible is not None and isinstance(value, tracked.Map):
            value._possible = possible
        return value

    def both(self, place: At, calls: bool, left: Any, right: Callable[[], Any]) -> Any:
        decision = decided(place, lineage.truth(left))
        return self._under(decision, calls, right) if left else self._short(decision, calls, left)

    def either(self, place: At, calls: bool, left: Any, right: Callable[[], Any]) -> Any:
        decision = decided(place, lineage.truth(left))
        return self._short(decision, calls, left) if left else self._under(decision, calls, right)

    def _short(self, decision: Sources, calls: bool, value: Any) -> Any:
        if calls:
            self.shaken = union(self.shaken, decision)
        return value

    def _under(self, decision: Sources, calls: bool, evaluate: Callable[[], Any]) -> Any:
        entry = self.here
        self.here = union(entry, decision)
        value = inherit(evaluate(), decision)
        if calls:
            self.shake()
        self.here = entry
        return value

    def opposite(self, value: Any) -> Any:
        return made(not value, lineage.truth(value))

    def compare(self, left: Any, *operands: tuple[Callable[[Any, Any], Any], str, Callable[[], Any]]) -> Any:
        sources, holds = NOTHING, True
        for apply, name, right_ in operands:
            right = right_()
            sources = union(sources, self._compared(left, name, right))
            holds = bool(apply(left, right))
            if not holds:
                break
            left = right
        return made(holds, sources)

    @staticmethod
    def _compared(left: Any, name: str, right: Any) -> Sources:
        return (
            traced_filters.contains(left, right)
            if name in ("in", "notin")
            else union(lineage.deep(left), lineage.deep(right))
        )

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        result = super().call_binop(context, operator, left, right)
        if operator == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
            return self._chained(left, right)
        return made(result, union(lineage.deep(left), lineage.deep(right)))

    @staticmethod
    def _chained(left: Any, right: Any) -> Any:
        both = [*lineage.entries(left), *lineage.entries(right)]
        order = union(getattr(left, "_order", NOTHING), getattr(right, "_order", NOTHING))
        items, members = [item for item, _ in both], [member for _, member in both]
        chained = lineage.listed(items, members, union(lineage.keys(left), lineage.keys(right)), order)
        return chained if isinstance(left, list) else lineage.tupled(chained)

    def call_unop(self, context: Context, operator_: str, arg: Any) -> Any:
        return made(super().call_unop(context, operator_, arg), lineage.deep(arg))

    def join(self, values: Iterable[Any]) -> Any:
        values = list(values)
        return made(super().join(values), union(*map(lineage.deep, values)))

    def weigh(self, value: Any) -> Any:
        return lineage.literal(super().weigh(value))

    # What looks up.

    def lost(self, name: str, place: At) -> Missing:
        value = super().lost(name, place)
        self.recent = place
        value._sources = reading((name,), Aspect.PRESENCE)
        return value

    def getitem(self, obj: Any, argument: Any) -> Any:
        value = super().getitem(obj, bare(argument))
        if isinstance(obj, LoopContext):
            loop = next((loop for loop in reversed(self.loops) if loop.context is obj), None)
            count = union(loop.all, loop.order) if loop else NOTHING
            return inherit(value, count) if isinstance(value, tracked.Tracked) else made(value, count)
        if isinstance(obj, str):
            value = made(value, lineage.deep(obj))
        elif isinstance(argument, slice):
            value = inherit(value, union(lineage.keys(obj), getattr(obj, "_order", NOTHING)))
        elif isinstance(value, Missing):
            value = inherit(value, lineage.absence(obj, argument))
        elif not callable(value) or isinstance(value, Macro):
            value = inherit(value, union(lineage.own(obj), lineage.picked(obj, argument)))
        if isinstance(obj, _STATEFUL):
            value = inherit(value, self.shaken)
        if self.noting:
            self.noted.append(lineage.truth(value))
        return value

    def member(self, obj: Any, key: Any, place: At) -> Any:
        value = super().member(obj, key, place)
        self.recent = place
        chosen = parts_of(key)
        return inherit(value, decided(place, chosen)) if chosen is not NOTHING else value

    # What calls.

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return traced_filters.call(self, super().call, context, obj, args, kwargs)

    def spread(self, place: At, args: Any, kwargs: Any, evaluate: Callable[[Any, Any], Any]) -> Any:
        """A call whose arguments are the items of a list or the entries of a mapping."""
        decision = decided(place, lineage.keys(args), lineage.keys(kwargs))
        given = [item for item, _ in lineage.entries(args)] if args else args
        return self._under(decision, True, lambda: evaluate(given or (), kwargs or {}))

    def recurse(self, values: Any, call: Callable[[Any], Any]) -> Any:
        """The body of a loop once more, for the values below an item."""
        outer = self.loops[-1]
        loop = Loop(self.here, outer.at, outer.shaking)
        self.loops.append(loop)
        self.bindings.running.append(loop.at)
        result = call(self._each(values))
        if loop in self.loops:
            self.finish(loop)
        mark = located("", loop.at, self.here)
        self.here = loop.entry
        return Engine.concat([result, mark]) if isinstance(result, Captured | Fragment) else result


def bare(value: Any) -> Any:
    """A value as Python's own functions take it: their None is the only one."""
    if isinstance(value, tracked.Nothing):
        return None
    if isinstance(value, slice):
        return slice(bare(value.start), bare(value.stop), bare(value.step))
    return value


def parts_of(key: Any) -> Sources:
    """What a key, an index or a slice was computed from."""
    if isinstance(key, slice):
        return union(*map(lineage.deep, (key.start, key.stop, key.step)))
    return lineage.deep(key)


def opened(value: Any) -> Any:
    """A container whose parts know by themselves what holds for the whole, for whoever takes it apart."""
    whole = lineage.own(value)
    if whole is NOTHING or not isinstance(value, tuple | list):
        return value
    return lineage.like(value, [inherit(part, whole) for part in value])
