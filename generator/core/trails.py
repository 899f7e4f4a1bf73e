"""From a field of an object back to what it was made from: the text that shows it, and the values in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from generator.core import lineage
from generator.core.bindings import TOKEN, RenderedText, number
from generator.core.nodes import Mapping, Node, Scalar
from generator.core.paths import Path
from generator.core.sources import NOTHING, Sources, decided, union
from generator.core.tracked import Container, text

_BLANK: Final = re.compile(r"\s*")

Step = tuple[Scalar | None, Node]  # the key, where there is one, and what stands under it


def sources(rendered: RenderedText, steps: list[Step], rest: Path) -> Sources:
    """What a field was made from.

    `steps` lead to it from the top of its document, as far as there are nodes; `rest` leads on from there
    within a mapping or a list that was bound as a whole.
    """
    if not steps:
        return NOTHING
    traced = rendered.traced
    above = [_key(traced, *step) for step in steps[:-1]]
    key, node = steps[-1]
    start, end = _extent(traced.text, key, node)
    shown = [traced.sources(start, end), *(_values(traced, key) if key is not None else ())]
    if not isinstance(node, Scalar):
        return union(*above, *shown)
    if not rest:
        return union(*above, *shown, *_values(traced, node))
    return union(*above, *shown, *(_inside(traced, node, value, rest) for value in _bound(traced, node)))


def key(rendered: RenderedText, steps: list[Step], _: Path = ()) -> Sources:
    """What the key of a field was made from."""
    name = steps[-1][0]
    if name is None:
        return NOTHING
    traced = rendered.traced
    return union(
        *(_key(traced, *step) for step in steps[:-1]),
        traced.sources(name.start, name.end),
        *_values(traced, name),
    )


def _key(traced: RenderedText, key: Scalar | None, node: Node) -> Sources:
    """What decides that what a field stands in is there, and is called so."""
    if key is None:
        dash = traced.text.rfind("-", 0, node.start)
        return traced.sources(dash, dash + 1) if dash >= 0 else NOTHING
    called = decided(traced.at(key.start), *_values(traced, key))
    return union(traced.sources(key.start, key.end), called)


def _extent(text: str, key: Scalar | None, node: Node) -> tuple[int, int]:
    """Where a field begins and ends in the text."""
    start = key.start if key is not None else max(text.rfind("-", 0, node.start), 0)
    if isinstance(node, Scalar):
        empty = node.plain and not node.text  # whatever came next would be its value
        return start, _BLANK.match(text, node.end).end() if empty else node.end  # type: ignore[union-attr]
    children = node.entries if isinstance(node, Mapping) else node.items
    return start, (key.end if key is not None else node.start) if children else node.end


def _bound(traced: RenderedText, node: Scalar) -> Iterator[Any]:
    """The values that stand in a scalar."""
    yield from (traced.bindings[number(match[1])].value for match in TOKEN.finditer(node.text))


def _values(traced: RenderedText, node: Scalar) -> list[Sources]:
    return [_shown(traced, node, value) for value in _bound(traced, node)]


def _shown(traced: RenderedText, node: Scalar, value: Any) -> Sources:
    """What a line was made from that shows a value; whether a container has entries decides over its line."""
    sources = lineage.shown(value)
    return decided(traced.at(node.start), sources) if isinstance(value, dict | list) and value else sources


def _inside(traced: RenderedText, node: Scalar, value: Any, rest: Path) -> Sources:
    """What a field inside of a bound value was made from, and what decides that it is there."""
    found: list[Sources] = []
    for step in rest:
        if not isinstance(value, dict | list | tuple):
            break
        found += (lineage.own(value), lineage.membership(value, step) if _computed(value) else NOTHING)
        if isinstance(value, dict):
            name = step if step in value else next((key for key in value if text(key) == step), None)
            if name is None:
                break
            found.append(lineage.key_sources(value, name))
            value = value[name]
        elif isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            break
    return union(*found, _shown(traced, node, value))


def _computed(value: Any) -> bool:
    """Whether a container stands nowhere in the values; what is in others knows its place by itself."""
    return not isinstance(value, Container) or value._path is None
