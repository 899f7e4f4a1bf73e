"""No dead knobs: every field of the schema changes what some environment or golden case renders to."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any

import pytest
import yaml

from generator.core.fields import Field, fields
from generator.core.schema import NAME
from generator.diagnostics import DiagnosticError
from generator.project import DiskProject
from tests.product.conftest import CASES, ROOT, Render, contents

# What gen itself reads (for `gen verify`, and to see that a ciphertext still fits); it changes no manifest.
ELSEWHERE = ("verify", "azure.", "registry.pullSecret.sealed.label", "registry.pullSecret.sealed.loginServer")

FIELDS = {
    path: list(group)
    for path, group in groupby(
        sorted(fields(DiskProject(ROOT).line.schema.walker, NAME), key=lambda f: f.path),
        key=lambda f: f.path,
    )
}
LEAVES = [path for path, group in FIELDS.items() if all(field.leaf for field in group)]
Situations = list[tuple[dict[str, Any], dict[str, str]]]

ENVIRONMENTS = [ROOT / f"values/{name}.yaml" for name in ("dev", "kind", "azure")]
SITUATIONS = [*ENVIRONMENTS, *(case / "values.yaml" for case in CASES)]


@pytest.fixture(scope="session")
def situations(render: Render) -> Situations:
    """Values laid over the base, and what they render to as they are."""
    values = [yaml.safe_load(path.read_text()) for path in SITUATIONS]
    return [(v, contents(render(v))) for v in values]


def changes_something(name: str, situations: Situations, render: Render) -> bool:
    """Whether some value of a field gives some situation another output."""
    for values, before in situations:
        for path in places(name, values):
            for candidate in chain.from_iterable(candidates(f, _get(values, path)) for f in FIELDS[name]):
                try:
                    after = contents(render(changed(values, path, candidate)))
                except DiagnosticError:
                    continue  # not a value that makes sense here
                if after != before:
                    return True
    return False


@pytest.mark.parametrize("name", [n for n in LEAVES if not n.startswith(ELSEWHERE)])
def test_it_changes_the_output(name: str, situations: Situations, render: Render) -> None:
    assert changes_something(name, situations, render)


@pytest.mark.parametrize("name", ["verify.minimumVersion", "registry.pullSecret.sealed.label"])
def test_what_changes_nothing_is_found(name: str, situations: Situations, render: Render) -> None:
    assert not changes_something(name, situations, render)


def candidates(field: Field, now: Any) -> Iterator[Any]:
    """Values that the field may have: what its schema shows, and something other than what it is now."""
    keywords = field.keywords
    yield from keywords.get("examples", ())
    yield from [*keywords.get("enum", ()), *([keywords["const"]] if "const" in keywords else [])]
    known = keywords.get("default") if now is None else now
    if isinstance(known, bool):
        yield not known
    elif isinstance(known, int):
        yield from (known + 1, known * 2)
    elif isinstance(known, str):
        yield from (f"{known}2", known.replace("Mi", "0Mi"))
    elif isinstance(known, list):
        yield known[1:]


def places(path: str, values: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """Where a field is in values: each key that stands for NAME, or a new one; each item of a list."""
    found: list[tuple[str | int, ...]] = [()]
    for step in path.replace("[]", ".[]").split("."):
        found = [(*at, name) for at in found for name in _names(step, _get(values, at))]
    yield from found


def _names(step: str, inside: Any) -> list[str | int]:
    if step == "[]":
        return list(range(len(inside))) if isinstance(inside, list) and inside else [0]
    if step == "NAME":
        keys = inside if isinstance(inside, dict) else {}
        return [*(key for key, below in keys.items() if isinstance(below, dict)), "gan"]
    return [step]


def _get(values: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def changed(values: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The values with another one at a path; what is missing on the way comes into being."""
    made = copy.deepcopy(values)
    at: Any = made
    for step, following in zip(path, [*path[1:], None], strict=True):
        if isinstance(step, int):
            at.extend({} for _ in range(len(at), step + 1))
        if following is None:
            at[step] = value
            break
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(at, dict):
            at[step] = at.get(step) or empty
        at = at[step]
    return made
