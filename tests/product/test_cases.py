"""Golden cases of this repository's project: values laid over its base, and what they render to.

`pytest --update` rewrites what is expected.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from generator import output, staging
from tests.conftest import tree
from tests.product.conftest import CASES, Render, committed, contents


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_renders_as_expected(case: Path, render: Render, update: bool) -> None:
    rendering = render(yaml.safe_load((case / "values.yaml").read_text()))
    expected = case / "expected"
    if update:
        shutil.rmtree(expected, ignore_errors=True)
        planned = output.plan(expected, committed(rendering))
        with staging.locked(expected), staging.stage(expected) as stage:
            stage.prepare(planned)
            stage.commit(expected, ())
    assert contents(rendering) == tree(expected)
