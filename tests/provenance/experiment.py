"""Whether what gen says of sources is true, found out by experiment: change one value, render, compare.

Every value of an environment is changed, taken away or added on its own (`mutations`). Whatever is different
in the output then must have named that value among its sources, and whatever is named must change something.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, NamedTuple

from generator.core import layout, paths, templates
from generator.core.bindings import RenderedText
from generator.core.effects import Index
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.core.sources import Read
from generator.core.values import Values
from generator.diagnostics import DiagnosticError
from generator.pipeline import Pipeline
from tests.provenance.mutations import Mutation

Leaf = tuple[int, Path]  # which object, and the path of a leaf in it


class Table(NamedTuple):
    """What an experiment gave."""

    environment: str
    mutations: int
    leaves: int  # that some mutation touched
    missing: list[str]  # a leaf that changed, and did not name what it changed with
    named: int  # sources that were named and could be tried
    idle: list[str]  # those that changed nothing
    unused: list[str]  # values said to be unused that change something

    @property
    def precision(self) -> float:
        return 1 - len(self.idle) / max(self.named, 1)


Made = list[tuple[RenderedText, list[Manifest]]]


class Output:
    """What values render to, rules and checks left out, with the sources of each leaf."""

    def __init__(self, made: Made) -> None:
        self.objects = [manifest for _, manifests in made for manifest in manifests]
        self.texts = [text for text, _ in made]

    @cached_property
    def index(self) -> Index:
        """What `gen explain` says that each value does."""
        return Index(layout.files(self.objects), self.texts)

    def sources(self, leaf: Leaf) -> tuple[Read, ...]:
        return self.objects[leaf[0]].trace(leaf[1]).sources.reads_all


def pairs(before: list[Manifest], after: list[Manifest]) -> Iterator[tuple[int | None, int | None]]:
    """Which object became which: by what it is, and else by its place among those of its template."""
    known = {(m.template, m.identity): n for n, m in enumerate(after)}
    same = {n: known[key] for n, m in enumerate(before) if (key := (m.template, m.identity)) in known}
    yield from same.items()
    rest = defaultdict[str, list[int]](list)
    for n, m in enumerate(after):
        if n not in same.values():
            rest[m.template].append(n)
    for n, m in enumerate(before):
        if n not in same:
            yield n, rest[m.template].pop(0) if rest[m.template] else None
    yield from ((None, n) for ns in rest.values() for n in ns)


def changes(old: Any, new: Any, at: Path, to: Path) -> Iterator[tuple[Path | None, Path | None]]:
    """The leaves that differ, by their paths before and after; None where there is none."""
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        for key in {**old, **new}:
            if key not in new:
                yield from (((*at, key, *p), None) for p, _ in paths.leaves(old[key]))
            elif key not in old:
                yield from ((None, (*to, key, *p)) for p, _ in paths.leaves(new[key]))
            else:
                yield from changes(old[key], new[key], (*at, key), (*to, key))
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _items(old, new, at, to)
    elif old != new or type(old) is not type(new):
        yield from (((*at, *p), None) for p, _ in paths.leaves(old))
        yield from ((None, (*to, *p)) for p, _ in paths.leaves(new))


def _items(old: list[Any], new: list[Any], at: Path, to: Path) -> Iterator[tuple[Path | None, Path | None]]:
    """Items are held against those that they became: one that moved is the same."""
    by_place = None
    if len(old) == len(new):
        by_place = [p for n in range(len(old)) for p in changes(old[n], new[n], (*at, n), (*to, n))]
    aligned = list(_aligned(old, new, at, to))
    yield from aligned if by_place is None or len(aligned) < len(by_place) else by_place


def _aligned(old: list[Any], new: list[Any], at: Path, to: Path) -> Iterator[tuple[Path | None, Path | None]]:
    was, now = ([json.dumps(item, sort_keys=True) for item in items] for items in (old, new))
    for _, start, end, new_start, new_end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        for n in range(max(end - start, new_end - new_start)):
            here = start + n if start + n < end else None
            there = new_start + n if new_start + n < new_end else None
            if here is None and there is not None:
                yield from ((None, (*to, there, *p)) for p, _ in paths.leaves(new[there]))
            elif there is None and here is not None:
                yield from (((*at, here, *p), None) for p, _ in paths.leaves(old[here]))
            elif here is not None and there is not None:
                yield from changes(old[here], new[there], (*at, here), (*to, there))


def experiment(
    name: str, make: Callable[[Values], Made], complete: Values, tried: Iterable[Mutation]
) -> Table:
    """Try mutations of the complete values of an environment on what `make` makes of them."""
    before = Output(make(complete))
    moved: dict[Leaf, set[Path]] = defaultdict(set)
    count = 0
    paths_tried: dict[Path, None] = {}
    missing: dict[str, None] = {}
    unused: dict[str, None] = {}
    for mutation in tried:
        try:
            after = Output(make(mutation.values))
        except DiagnosticError:
            continue  # the templates refuse it
        count += 1
        paths_tried[mutation.path] = None
        for old, new in differing(before, after):
            output, leaf = (before, old) if old is not None else (after, new)
            if old is not None:
                moved[old].add(mutation.path)
            assert leaf is not None
            alike = [leaf, *twins(output, leaf)]
            if not any(s.concerns(mutation.path) for one in alike for s in output.sources(one)):
                missing[f"{mutation.how} {show(mutation.path)}: {where(output, leaf)}"] = None
            if before.index.effects(mutation.path).none:
                unused[show(mutation.path)] = None
    named = [
        (leaf, source)
        for leaf in leaves(before)
        for source in before.sources(leaf)
        if any(source.concerns(path) for path in paths_tried)
    ]
    idle = [
        f"{where(before, leaf)}: {show(source.path)} ({source.aspect})"
        for leaf, source in named
        if not any(source.concerns(path) for path in moved[leaf])
    ]
    return Table(name, count, len(moved), list(missing), len(named), idle, list(unused))


def project(line: Pipeline) -> Callable[[Values], Made]:
    """What the templates of a project make of values."""
    return lambda complete: line.made(templates.context(complete))


def differing(before: Output, after: Output) -> Iterator[tuple[Leaf | None, Leaf | None]]:
    for n, m in pairs(before.objects, after.objects):
        old = before.objects[n].body if n is not None else None
        new = after.objects[m].body if m is not None else None
        if old is None or new is None:
            yield from (((n, p), None) for p, _ in paths.leaves(old) if n is not None)
            yield from ((None, (m, p)) for p, _ in paths.leaves(new) if m is not None)
            continue
        for at, to in changes(old, new, (), ()):
            assert n is not None
            assert m is not None
            yield (n, at) if at is not None else None, (m, to) if to is not None else None


def twins(output: Output, leaf: Leaf) -> Iterator[Leaf]:
    """The same leaf of equal items of a list: which of them came or went, nobody can tell."""
    number, path = leaf
    for depth, step in enumerate(path):
        if isinstance(step, int):
            items = paths.get(output.objects[number].body, path[:depth])
            for index, item in enumerate(items):
                if index != step and item == items[step]:
                    yield number, (*path[:depth], index, *path[depth + 1 :])


def leaves(output: Output) -> Iterator[Leaf]:
    for n, manifest in enumerate(output.objects):
        yield from ((n, path) for path, _ in paths.leaves(manifest.body))


def where(output: Output, leaf: Leaf) -> str:
    return f"{output.objects[leaf[0]].identity}, {show(leaf[1])}"


def show(path: Path) -> str:
    return paths.show(path) or "(everything)"
