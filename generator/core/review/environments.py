"""Two environments of one project side by side, and one field over many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.core import mask
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.core.review.effects import ABSENT
from generator.core.review.entries import Position, Side, shown, sources
from generator.core.review.fields import differing, leaves


class Place(NamedTuple):
    """A value in one environment as text (None: absent), and the lines behind it."""

    value: str | None
    sources: tuple[Position, ...]


class Difference(NamedTuple):
    """A field in which two environments differ; an empty name is the object as a whole."""

    object: str
    field: str
    left: Place
    right: Place


class Comparison(NamedTuple):
    """What differs, and how many fields differ in nothing but the names of namespace and environment."""

    differences: tuple[Difference, ...]
    folded: int


def compare(left: Side, right: Side, names: tuple[str, str]) -> Comparison:
    """Every field in which two environments differ, objects paired whatever their namespace."""
    pairs = list(_pairs(left.manifests, right.manifests))
    renamed = {names, *((a.identity.namespace, b.identity.namespace) for a, b in pairs if a and b)}
    found: list[Difference] = []
    folded = 0
    for old, new in pairs:
        for difference in _differences(old, new, left, right):
            if _is_renamed(difference, renamed):
                folded += 1
            else:
                found.append(difference)
    return Comparison(tuple(found), folded)


def field(sides: Mapping[str, Side], name: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """A field over many environments: for each object that has it, its values with their environments.

    `name` is the end of a field path: `image`, or `resources.limits.cpu`.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for environment, side in sides.items():
        for manifest in side.manifests:
            body, _ = mask.objects(manifest.body, manifest.body)
            for path, value in leaves(body, manifest.kind):
                if path == name or path.endswith(f".{name}"):
                    label = f"{_label(manifest)}  {path}"
                    found.setdefault(label, {}).setdefault(shown(value) or "", []).append(environment)
    yield from found.items()


_Pair = tuple[Manifest | None, Manifest | None]


def _pairs(left: Iterable[Manifest], right: Iterable[Manifest]) -> Iterator[_Pair]:
    """Objects of one kind and name; of the rest, those that are alone of their kind on either side."""
    ours, theirs = ({_label(m): m for m in side if m.applied} for side in (left, right))
    alone = _alone(ours, theirs)
    for label in dict.fromkeys((*ours, *theirs)):
        if label in alone:
            yield ours[label], theirs[alone[label]]
        elif label not in alone.values():
            yield ours.get(label), theirs.get(label)


def _alone(ours: Mapping[str, Manifest], theirs: Mapping[str, Manifest]) -> dict[str, str]:
    lonely: list[dict[str, list[str]]] = [{}, {}]
    for known, (mine, other) in zip(lonely, ((ours, theirs), (theirs, ours)), strict=True):
        for label, manifest in mine.items():
            if label not in other:
                known.setdefault(manifest.identity.kind, []).append(label)
    first, second = lonely
    return {
        labels[0]: second[kind][0]
        for kind, labels in first.items()
        if len(labels) == 1 and len(second.get(kind, ())) == 1
    }


def _label(manifest: Manifest) -> str:
    return f"{manifest.identity.kind} {manifest.identity.name}"


def _differences(old: Manifest | None, new: Manifest | None, left: Side, right: Side) -> Iterator[Difference]:
    present = old or new
    assert present is not None
    if old is None or new is None:
        here = tuple(_position(present))
        sides = [Place("present", here) if manifest else Place(None, ()) for manifest in (old, new)]
        yield Difference(_label(present), "", *sides)
        return
    for found in differing(*mask.objects(old.body, new.body), new.kind):
        ours = _place(old, left, found.before, found.before_at)
        yield Difference(_label(new), found.name, ours, _place(new, right, found.after, found.after_at))


def _place(manifest: Manifest, side: Side, value: Any, path: Path) -> Place:
    behind = () if value is ABSENT else tuple(sources(manifest, path, side.values))
    return Place(shown(value), behind)


def _position(manifest: Manifest) -> Iterator[Position]:
    span = manifest.trace(("kind",)).span
    yield Position(span.source.path, span.line, span.column)


def _is_renamed(difference: Difference, renamed: Iterable[tuple[str, str]]) -> bool:
    """Whether two values are one, but for the name of the namespace or of the environment in it."""
    left, right = difference.left.value, difference.right.value
    if not difference.field or left is None or right is None:
        return False
    return any(old and left.replace(old, new) == right for old, new in renamed)
