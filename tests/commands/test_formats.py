"""Problems in the formats of other programs: annotations of GitHub, SARIF for code scanning, JUnit for CI."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.conftest import Gen

HERE = Path(__file__).parent
EVIL = "a%0A::set-output name=x::y,line=1]]><b>&\u202e\u0007\n::add-mask::x"
COMMAND = re.compile(r"::(error|warning) file=([^,:]+),line=\d+,col=\d+,title=([^,:]+)::([^\r\n]*)")


@pytest.fixture
def broken(project: Path) -> Path:
    """The small project with three problems, one of them in words that nobody can be trusted with."""
    schema = project / "schema/values.schema.json"
    schema.write_text(schema.read_text().replace('"required"', '"additionalProperties": false, "required"'))
    (project / "values/prod.yaml").unlink()
    (project / "values/dev.yaml").write_text(f"unknown: 1\n{json.dumps(EVIL)}: 2\nname: [1]\n")
    return project


@pytest.fixture(scope="module")
def sarif() -> Any:
    """The official schema, which a Go module holds as a string in its source."""
    asked = ["go", "mod", "download", "-json", "github.com/owenrumney/go-sarif/v3"]
    ran = subprocess.run(asked, cwd=HERE / "sarif", check=True, capture_output=True, text=True)
    source = Path(json.loads(ran.stdout)["Dir"], "pkg/report/v210/sarif/schema.go").read_text(
        encoding="utf-8"
    )
    return json.loads(source[source.index("`") + 1 : source.rindex("`")].replace('` + "`" + `', "`"))


def test_github_shows_each_problem_at_its_line(broken: Path, gen: Gen) -> None:
    ran = gen("check", "--all", "--format", "github")
    assert ran.status == 1
    for line in ran.err.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        assert match[2] == "values/dev.yaml"
        assert match[3].startswith("schema/")


def test_a_clean_project_has_no_annotations(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    ran = gen("check", "--all", "--format", "github")
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.go
@pytest.mark.parametrize("clean", [True, False])
def test_sarif_holds_to_the_official_schema(clean: bool, project: Path, gen: Gen, sarif: Any) -> None:
    if not clean:
        (project / "values/dev.yaml").write_text(f"unknown: 1\n{json.dumps(EVIL)}: 2\nname: [1]\n")
    gen("render", "--all")
    log = json.loads(gen("check", "--all", "--format", "sarif").out)
    jsonschema.Draft4Validator(sarif, format_checker=jsonschema.FormatChecker()).validate(log)
    assert bool(log["runs"][0]["results"]) is not clean


def test_sarif_says_where_and_why(broken: Path, gen: Gen) -> None:
    [run] = json.loads(gen("check", "--all", "--format", "sarif").out)["runs"]
    result = next(r for r in run["results"] if r["ruleId"] == "schema/unknown-key")
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "values/dev.yaml"
    assert location["physicalLocation"]["region"]["startLine"] == 1
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "schema/unknown-key"


def test_junit_is_xml_with_a_failure_for_each_error(broken: Path, gen: Gen) -> None:
    suite = ElementTree.fromstring(gen("check", "--all", "--format", "junit").out)
    failures = suite.findall("testcase/failure")
    assert len(failures) == int(suite.attrib["failures"]) >= 3
    assert any("unknown" in failure.attrib["message"] for failure in failures)


def test_junit_of_a_clean_project_passes(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    suite = ElementTree.fromstring(gen("check", "--all", "--format", "junit").out)
    assert suite.attrib["failures"] == "0"
    assert len(suite.findall("testcase")) == 1


@pytest.mark.parametrize("form", ["text", "concise", "github", "sarif", "junit"])
def test_no_format_lets_a_name_drive_the_terminal(form: str, broken: Path, gen: Gen) -> None:
    ran = gen("check", "--all", "--format", form)
    said = ran.out + ran.err
    assert not {"\u202e", "\u0007"} & set(said)
    if form != "github":
        assert not re.search(r"^::", said, re.MULTILINE)
