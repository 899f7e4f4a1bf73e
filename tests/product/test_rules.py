"""Every rule of schema/rules.yaml is broken by its own example, and by nothing else in it."""

from __future__ import annotations

import pytest
import yaml

from generator.diagnostics import DiagnosticError, Severity
from tests.product.conftest import ROOT, Render

RULES = yaml.safe_load((ROOT / "schema/rules.yaml").read_text())


@pytest.mark.parametrize("name", RULES)
def test_example_breaks_the_rule(name: str, render: Render) -> None:
    with pytest.raises(DiagnosticError) as raised:
        render(RULES[name]["example"])
    (broken,) = [d for d in raised.value.diagnostics if d.severity is Severity.ERROR]
    assert (broken.rule, broken.message) == (f"rule/{name}", RULES[name]["message"])
    assert broken.span is not None
    assert broken.span.source.path.endswith((".yaml", ".json")), "it points at values, or at a default"


def test_the_base_breaks_none(render: Render) -> None:
    assert render({}).warnings == ()
