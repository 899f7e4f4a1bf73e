"""The laws of provenance for this repository's environments, and for one with nearly everything on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.core import templates, values
from generator.core.values import Values
from generator.diagnostics import DiagnosticError
from generator.pipeline import Pipeline
from generator.project import find
from tests.budget import budget
from tests.provenance.experiment import Table, experiment, project
from tests.provenance.mutations import accepted, mutations

ROOT = Path(__file__).parents[2]
STEPS = budget([("dev", 25)], [("dev", 5), ("kind", 5), ("azure", 1)])  # every so many mutations, or all
EVERY = 4  # of the many of a large environment


def tried(name: str, complete: Values, step: int) -> Table:
    line = find(ROOT).line
    return experiment(name, project(line), complete, mutations(line, complete, step))


@pytest.mark.parametrize(("name", "step"), STEPS)
def test_sources_of_an_environment_are_complete(name: str, step: int) -> None:
    found = find(ROOT)
    judged(tried(name, found.line.values(name, found.layers(name)), step), step)


@pytest.mark.full
def test_sources_of_an_environment_with_nearly_everything_are_complete() -> None:
    """The golden cases laid over azure one by one, as far as their values fit together."""
    found = find(ROOT)
    complete, laid = found.line.values("azure", found.layers("azure")), 0
    for case in sorted((ROOT / "tests/product/cases").glob("*/values.yaml")):
        more = values.overlay(complete.tree, yaml.safe_load(case.read_text()))
        if (fitting := accepted(found.line, more)) is not None and _renders(found.line, fitting):
            complete, laid = fitting, laid + 1
    assert laid >= 8
    judged(tried("everything", complete, EVERY), EVERY)


def _renders(line: Pipeline, complete: Values) -> bool:
    try:
        line.made(templates.context(complete))
    except DiagnosticError:
        return False
    return True


def judged(table: Table, step: int) -> None:
    assert (table.missing, table.unused) == ([], [])
    assert table.leaves > 20
    if step == 1:  # what little is drawn cannot try every source
        assert table.precision >= 0.95, table.idle
