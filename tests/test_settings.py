"""gen.yaml: what a project may accept, what it may not, and that reading it harms nobody."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.settings import matches
from tests.conftest import CASES, Gen, write

ENTRY = "ignore: [{{ rule: check/{rule}, object: {object}, reason: it is meant so }}]\n"


@pytest.fixture
def quantity(project: Path) -> Path:
    """A project whose Deployment has two warnings of check/quantity."""
    shutil.copytree(CASES / "errors/check-quantity/templates", project / "templates", dirs_exist_ok=True)
    return project


def test_an_ignored_finding_is_counted_and_its_reason_is_in_the_json(quantity: Path, gen: Gen) -> None:
    assert gen("render", "--all").err.count("check/quantity") == 2
    entry = ENTRY.format(rule="quantity", object="Deployment/*").replace("}]", ", path: '*.cpu' }]")
    write(quantity, {"gen.yaml": entry})
    ran = gen("check", "--all")
    assert (ran.status, ran.err.count("check/quantity")) == (0, 1)
    assert "2 findings ignored by gen.yaml" in ran.out
    found = json.loads(gen("check", "--all", "--format", "json").out)
    assert found["ignored"][0]["reason"] == "it is meant so"
    assert found["ignored"][0]["path"].endswith("resources.requests.cpu")
    assert [d["rule"] for d in found["diagnostics"]] == ["check/quantity"]


def test_severities_are_raised_and_switched_off(quantity: Path, gen: Gen) -> None:
    write(quantity, {"gen.yaml": "severity: { check/quantity: error }\n"})
    ran = gen("render", "--all")
    assert (ran.status, ran.err.count("error[check/quantity]")) == (1, 2)
    assert list((quantity / "rendered").rglob("*.yaml")) == []
    write(quantity, {"gen.yaml": 'severity: { check/quantity: "off" }\n'})
    ran = gen("render", "--all")
    assert (ran.status, ran.err) == (0, "")


def test_an_entry_that_nothing_needs_is_reported_when_all_was_looked_at(quantity: Path, gen: Gen) -> None:
    write(quantity, {"gen.yaml": ENTRY.format(rule="absent", object="Deployment/gan")})
    gen("render", "--all")
    assert "settings/unneeded" in gen("check", "--all").err
    assert "settings/unneeded" not in gen("check", "--env", "dev").err
    assert "settings/unneeded" not in gen("check", "--all", "--shard", "1/2").err


def test_an_entry_for_one_environment_leaves_the_others(quantity: Path, gen: Gen) -> None:
    entry = ENTRY.format(rule="quantity", object="Deployment/gan").replace("}]", ", environments: [pro*] }]")
    write(quantity, {"gen.yaml": entry})
    found = json.loads(gen("render", "--all", "--format", "json").out)
    assert {tuple(d["environments"]) for d in found["diagnostics"]} == {("dev",)}
    assert len(found["ignored"]) == 2


def test_a_finding_about_values_is_ignored_by_the_path_of_the_value(project: Path, gen: Gen) -> None:
    case = CASES / "errors/rule-broken"
    for folder in ("schema", "values"):
        shutil.copytree(case / folder, project / folder, dirs_exist_ok=True)
    (project / "values/prod.yaml").unlink()
    rules = [d["rule"] for d in json.loads(gen("check", "--all", "--format", "json").out)["diagnostics"]]
    broken = [rule for rule in rules if rule.startswith("rule/")]
    assert broken
    entries = "".join(f"  - {{ rule: {rule}, path: '*', reason: a trial }}\n" for rule in broken)
    write(project, {"gen.yaml": f"ignore:\n{entries}"})
    found = json.loads(gen("render", "--all", "--format", "json").out)
    assert not [d for d in found["diagnostics"] if d["rule"].startswith("rule/")]


@pytest.mark.parametrize("target", ["/etc/passwd", "/dev/zero", "..", "gen.yaml"])
def test_a_link_in_its_place_is_refused(project: Path, gen: Gen, target: str) -> None:
    (project / "gen.yaml").symlink_to(target)
    ran = gen("check", "--all")
    assert ran.status in (1, 3)
    assert "error[" in ran.err
    assert "root:" not in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]\n",
        "kubernetes: !!python/object:os.system x\n",
        "[]",
        "null",
        "- x",
        "kubernetes:",
        "environments: { dev: }",
        "environments: { '../../x': { cluster: { context: x } } }",
        "verify: { ports: {} }",
        "verify: { ports: { grpc: '' }, models: 'a[0]' }",
        "pullSecret: { loginServer: '*' }",
        "customResources: ['']",
        "customResources: ['a/../../b']",
        "severity: { 'secret/tracked': 'off' }",
        "ignore: [{ rule: 'rule/\x1b[31m', path: '*', reason: x }]",
        "ignore: [{ rule: check/absent, object: a, reason: ' ' }]",
        "{" * 200,
    ],
)
def test_what_is_no_settings_is_an_error_with_a_position(project: Path, gen: Gen, text: str) -> None:
    write(project, {"gen.yaml": text})
    ran = gen("check", "--all")
    assert ran.status == 1
    assert "--> gen.yaml" in ran.err
    assert "internal/bug" not in ran.err
    assert "\x1b" not in ran.err


def test_an_empty_file_is_no_settings(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": "# Nothing yet.\n"})
    assert gen("render", "--all").status == 0


@given(st.lists(st.sampled_from("ab*"), max_size=12).map("".join), st.text("ab", max_size=12))
def test_patterns_match_as_their_regular_expressions_do(pattern: str, text: str) -> None:
    import re

    expected = re.fullmatch(".*".join(map(re.escape, re.split(r"\*+", pattern))), text) is not None
    assert matches(pattern, text) == expected
