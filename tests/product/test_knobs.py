"""No dead knobs: every field of the schema changes what some environment or golden case renders to."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from generator.core.fields import Field, fields
from generator.core.schema import NAME
from generator.diagnostics import DiagnosticError
from generator.project import Project
from tests.product.conftest import CASES, ROOT, Render, contents

# What `gen verify` reads; it changes no manifest.
ELSEWHERE = "verify"

FIELDS = [
    field
    for field in fields(Project(ROOT).line.schema.defaults, NAME)
    if field.leaf and not field.path.startswith(ELSEWHERE)
]
ENVIRONMENTS = [ROOT / f"values/{name}.yaml" for name in ("dev", "kind", "azure")]
SITUATIONS = [*ENVIRONMENTS, *(case / "values.yaml" for case in CASES)]


@pytest.fixture(scope="session")
def situations(render: Render) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Values laid over the base, and what they render to as they are."""
    values = [yaml.safe_load(path.read_text()) for path in SITUATIONS]
    return [(v, contents(render(v))) for v in values]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_it_changes_the_output(
    field: Field, situations: list[tuple[dict[str, Any], dict[str, str]]], render: Render
) -> None:
    for values, before in situations:
        for path in places(field.path, values):
            for candidate in candidates(field, _get(values, path)):
                try:
                    after = contents(render(changed(values, path, candidate)))
                except DiagnosticError:
                    continue  # not a value that makes sense here
                if after != before:
                    return
    pytest.fail(f"no value of `{field.path}` changes what any environment or case renders to")


def candidates(field: Field, now: Any) -> Iterator[Any]:
    """Values that the field may have: what its schema shows, and something other than what it is now."""
    keywords = field.keywords
    yield from keywords.get("examples", ())
    yield from keywords.get("enum", ())
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


def test_a_dead_knob_is_found(render: Render) -> None:
    """The test above can fail: a field that nothing reads changes nothing."""
    before = contents(render({}))
    assert contents(render({"verify": {"minimumVersion": 2}})) == before
    assert before != contents(render({"replicas": 2}))
