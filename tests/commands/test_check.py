"""`gen check`: a diff with the source behind each line, and a verdict for continuous integration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Gen, tree, write

CONFIG = "25-configmap-gan.yaml"


def test_clean(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    ran = gen("check", "--all")
    assert (ran.status, ran.out, ran.err) == (0, "2 environments clean\n", "")


def test_shows_what_differs_and_the_line_behind_it(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    before = tree(project / "rendered")
    write(project, {"values/prod.yaml": "data:\n  mode: live\n"})
    ran = gen("check", "--all")
    assert ran.status == 1
    assert "-   mode: prod\n+   mode: live    ← values/prod.yaml:2\n" in ran.out
    assert f"error[drift/changed]: rendered/prod/{CONFIG} is not what its sources render to" in ran.err
    assert "only in: prod" in ran.err
    assert tree(project / "rendered") == before


def test_missing_stale_and_edited_files_are_drift(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    text = (project / "rendered/dev" / CONFIG).read_text()
    (project / "rendered/dev" / CONFIG).unlink()
    write(project, {"rendered/prod/99-old.yaml": text, f"rendered/prod/{CONFIG}": text})
    told = json.loads(gen("check", "--all", "--format", "json").out)
    assert sorted(d["rule"] for d in told["diagnostics"]) == ["drift/changed", "drift/missing", "drift/stale"]
    assert sorted(d["change"] for d in told["drift"]) == ["changed", "created", "removed"]


def test_folders_of_environments_that_are_no_more_are_drift(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    (project / "values/prod.yaml").unlink()
    assert "error[drift/stale]: rendered/prod/" in gen("check", "--all").err
    assert gen("check", "--env", "dev").status == 0


def test_problems_of_sources_come_first(project: Path, gen: Gen) -> None:
    write(project, {"values/prod.yaml": "data: {mode: 3}\n"})
    ran = gen("check", "--env", "prod", "--format", "concise")
    assert ran.err == (
        "values/prod.yaml:1:14: error[schema/type]: `data.mode` has the wrong type "
        '(found: the number 3; expected: a string; help: write "3", in quotes.)\n'
    )


def test_different_problems_at_one_place_are_all_shown(project: Path, gen: Gen) -> None:
    data = "{" + ", ".join(f"'k{n}!': x" for n in range(9)) + "}"
    write(project, {"values/dev.yaml": f"data: {data}\n"})
    ran = gen("check", "--env", "dev")
    assert ran.err.count("error[check/data-key]") == 9


def test_a_fleet_with_one_mistake_is_told_briefly(project: Path, gen: Gen) -> None:
    write(project, {f"values/e{n}.yaml": f"name: Not_{n}\n" for n in range(9)})
    (project / "values/dev.yaml").unlink()
    (project / "values/prod.yaml").unlink()
    ran = gen("check", "--all")
    assert ran.err.count("not a name that a ConfigMap may have") == 3
    more = "error[check/name]: 6 more like this at templates/configmap.yaml.j2:4:12; --format json shows all"
    assert more in ran.err
    told = json.loads(gen("check", "--all", "--format", "json").out)["diagnostics"]
    assert sum(d["rule"] == "check/name" for d in told) == 9


def test_values_that_nothing_depends_on_are_listed_when_asked_for(project: Path, gen: Gen) -> None:
    template = project / "templates/configmap.yaml.j2"
    template.write_text(template.read_text() + "{% if asked is defined %}# asked\n{% endif %}")
    (project / "values/dev.yaml").write_text("asked: false\nnothing: [1]\ndata: {mode: dev}\n")
    gen("render", "--all")
    assert "unused-value" not in gen("check", "--all").err
    ran = gen("check", "--all", "--unused-values")
    assert ran.status == 0
    assert ran.err.count("check/unused-value") == 1
    assert "values/dev.yaml:2:11" in ran.err
    assert "nothing depends on `nothing[0]`" in ran.err


def test_this_project_has_no_value_that_nothing_depends_on(gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    ran = gen("check", "--all", "--unused-values")
    assert "unused-value" not in ran.err
