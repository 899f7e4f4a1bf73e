"""The laws of provenance for this repository's environments, and for one with nearly everything on."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from generator.project import find
from tests.budget import budget
from tests.provenance.experiment import Table, experiment, project
from tests.provenance.mutations import everything, mutations

ROOT = Path(__file__).parents[2]
STEP = budget(60, 1)  # every twelfth mutation, or all of them


def tried(name: str, base: str, grown: bool) -> Table:
    found = find(ROOT)
    line = found.line
    complete = line.values(found.layers(base))
    complete = everything(line, complete) if grown else complete
    return experiment(name, project(line), complete, islice(mutations(line, complete), 0, None, STEP))


@pytest.mark.parametrize("name", budget(["dev"], ["dev", "kind", "azure"]))
def test_sources_of_an_environment_are_complete(name: str) -> None:
    judged(tried(name, name, grown=False))


@pytest.mark.full
def test_sources_of_an_environment_with_everything_are_complete() -> None:
    judged(tried("everything", "azure", grown=True))


def judged(table: Table) -> None:
    assert (table.missing, table.unused) == ([], [])
    assert table.leaves > 20
    if STEP == 1:  # what little is drawn cannot try every source
        assert table.precision >= 0.95, table.idle
