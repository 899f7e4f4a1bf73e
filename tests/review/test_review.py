"""`gen review` on changes of this repository's own project, as a reviewer sees them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Gen
from tests.review.conftest import commit, git

HERE = Path(__file__).parent
CHANGES: dict[str, list[dict[str, str]]] = yaml.safe_load((HERE / "changes.yaml").read_text())


def change(root: Path, name: str) -> None:
    """Make one of the changes in the work tree."""
    for edit in CHANGES[name]:
        path = root / edit["file"]
        text = path.read_text() if path.exists() else ""
        if "find" in edit:
            assert edit["find"] in text, edit
            path.write_text(text.replace(edit["find"], edit["write"], 1))
        else:
            path.write_text(text + edit["write"])


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_change_does(name: str, repository: Path, gen: Gen, update: bool) -> None:
    change(repository, name)
    ran = gen("review", "main")
    assert ran.err == ""
    assert ran.status == 0
    golden = HERE / "expected" / f"{name}.txt"
    if update:
        golden.write_text(ran.out)
    assert ran.out == golden.read_text()


def diverge(repository: Path) -> None:
    """A branch `topic` with a new image; `main` has more memory since."""
    git(repository, "switch", "--quiet", "--create", "topic")
    change(repository, "tag")
    commit(repository, "A new image")
    git(repository, "switch", "--quiet", "main")
    change(repository, "memory")
    commit(repository, "More memory")


def impacts(gen: Gen, *arguments: str) -> dict[str, int]:
    counts: dict[str, int] = json.loads(gen("review", *arguments, "--format", "json").out)["counts"]
    return counts


def test_the_base_is_where_the_branch_left_the_default_branch(repository: Path, gen: Gen) -> None:
    diverge(repository)
    git(repository, "switch", "--quiet", "topic")
    assert impacts(gen).keys() == {"routine"}


def test_nothing_is_written(repository: Path, gen: Gen) -> None:
    change(repository, "public")
    before = {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}
    gen("review", "main")
    assert {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()} == before


def test_the_gate_fails_at_the_line_that_exposes(repository: Path, gen: Gen) -> None:
    change(repository, "public")
    ran = gen("review", "main", "--fail-on", "refused,outage,exposure", "--format", "concise")
    assert ran.status == 1
    assert re.match(
        r"\S+:\d+:\d+: error\[review/exposure\]: Service gan: reachable from the internet", ran.err
    )
    shown = gen("review", "main", "--fail-on", "exposure", "--format", "github")
    assert (shown.status, shown.err.startswith("::error file=values/azure.yaml,line=")) == (1, True)
    assert gen("review", "main", "--fail-on", "refused,outage").status == 0


def test_gen_yaml_lets_a_change_through_until_a_day(repository: Path, gen: Gen) -> None:
    change(repository, "public")
    accept = "accept:\n  - {rule: review/exposure, object: Service/*, reason: meant, until: "
    settings = repository / "gen.yaml"
    kept = settings.read_text()
    settings.write_text(f'{kept}{accept}"9999-12-31"}}\n')
    assert gen("review", "main", "--fail-on", "exposure").status == 0
    settings.write_text(f'{kept}{accept}"2020-01-01"}}\n')
    assert gen("review", "main", "--fail-on", "exposure").status == 1
    settings.write_text(f'{kept}{accept}"soon"}}\n')
    ran = gen("review", "main", "--fail-on", "exposure")
    assert (ran.status, "schema/format" in ran.err) == (1, True)


def test_an_unknown_impact_is_wrong_usage(repository: Path, gen: Gen) -> None:
    ran = gen("review", "main", "--fail-on", "boom")
    assert ran.status == 2
    assert "refused, outage, exposure" in ran.err


def test_an_unknown_revision_is_wrong_usage(repository: Path, gen: Gen) -> None:
    ran = gen("review", "nowhere")
    assert ran.status == 2
    assert "nowhere" in ran.err


def test_a_shallow_clone_says_what_to_fetch(
    repository: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverge(repository)
    shallow = ["--quiet", "--depth=1", "--no-single-branch", "--branch=topic", f"file://{repository}"]
    git(repository.parent, "clone", *shallow, "shallow")
    monkeypatch.chdir(repository.parent / "shallow")
    ran = gen("review")
    assert (ran.status, ran.out) == (2, "")
    assert "git fetch --unshallow" in ran.err
    assert impacts(gen, "origin/main").keys() == {"restart", "routine"}
    git(Path.cwd(), "fetch", "--quiet", "--unshallow")
    assert impacts(gen).keys() == {"routine"}


def test_no_repository(project: Path, gen: Gen) -> None:
    assert gen("review").status == 2


def test_a_base_that_does_not_render_is_never_unchanged(repository: Path, gen: Gen) -> None:
    good = (repository / "values/azure.yaml").read_text()
    (repository / "values/azure.yaml").write_text(good.replace("replicas: 2", "replica: 2"))
    commit(repository, "Break")
    (repository / "values/azure.yaml").write_text(good)
    ran = gen("review", "HEAD")
    assert ran.status == 0
    assert "could not be compared: azure" in ran.out
    assert "review/base" in ran.err
    assert "HEAD:values/azure.yaml" in ran.err
    assert gen("review", "HEAD", "--fail-on", "outage").status == 3


def test_a_work_tree_that_does_not_render_is_an_error(repository: Path, gen: Gen) -> None:
    path = repository / "values/azure.yaml"
    path.write_text(path.read_text().replace("replicas: 2", "replica: 2"))
    ran = gen("review", "main")
    assert ran.status == 1
    assert "could not be compared: azure" in ran.out
    assert "unchanged: dev, kind" in ran.out


def test_equal_changes_are_grouped(repository: Path, gen: Gen) -> None:
    for number in range(40):
        (repository / f"values/team-{number:02}.yaml").write_text(f"namespace: {{name: team-{number:02}}}\n")
    commit(repository, "A fleet")
    change(repository, "tag")
    out = gen("review", "HEAD").out
    assert "(dev, kind, team-00 and 39 others)" in out
    assert out.count("Deployment gan") == 2


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_hostile_values_stay_text_in_every_form(form: str, repository: Path, gen: Gen) -> None:
    template = repository / "templates/deployment.yaml.j2"
    lines = template.read_text().split("\n")
    evil = "</script><img src=x onerror=alert(1)>`|**@octocat #1 ::error::x\u202e https://evil.example"
    lines.insert(lines.index("metadata:") + 1, f"  annotations: {{note: {json.dumps(evil)}}}")
    template.write_text("\n".join(lines))
    out = gen("review", "main", "--format", form).out
    assert "\u202e" not in out or form == "json"
    assert all(not line.startswith("::") for line in out.splitlines())
    if form == "html":
        assert out.count("</script>") == 2
        assert "<img" not in out
    if form == "markdown":
        assert not {"<img", "@octocat", "#1", "https://"} & set(out.split())
        assert "<img" not in out
        assert "@octocat" not in out


def test_a_comment_fits_and_says_what_is_missing(repository: Path, gen: Gen) -> None:
    for number in range(400):
        own = f"name: model-{number:03}\nnamespace: {{name: model-{number:03}}}\n"
        (repository / f"values/model-{number:03}.yaml").write_text(own)
    commit(repository, "A fleet")
    change(repository, "tag")
    page = gen("review", "HEAD", "--format", "markdown").out
    assert len(page) <= 65_536
    assert "less important changes are not shown" in page


def test_secrets_are_hidden(repository: Path, gen: Gen) -> None:
    template = repository / "templates/secret.yaml.j2"
    secret = """apiVersion: v1
kind: Secret
metadata: {name: db, namespace: gan}
stringData: {password: %s}
"""
    template.write_text(secret % "first-password")
    commit(repository, "A Secret")
    template.write_text(secret % "second-password")
    for form in ("text", "markdown", "html", "json"):
        ran = gen("review", "HEAD", "--format", form)
        assert "-password" not in ran.out + ran.err, form


def test_json_holds_to_its_schema(repository: Path, gen: Gen) -> None:
    import jsonschema

    schema: Any = json.loads(
        (HERE.parent.parent / "generator/report/review.schema.json").read_text(encoding="utf-8")
    )
    change(repository, "public")
    jsonschema.validate(json.loads(gen("review", "main", "--format", "json").out), schema)


def test_two_environments_side_by_side(repository: Path, gen: Gen) -> None:
    out = gen("compare", "dev", "azure").out
    assert "  spec.replicas\n" in out
    assert "values/azure.yaml:" in out
    assert "differ only in the name of the namespace" in out


def test_one_field_over_all_environments(repository: Path, gen: Gen) -> None:
    out = gen("compare", "--all", "--field", "image").out
    assert "  gan-serving:1.0.0  (dev, kind)\n" in out
    assert "ganregistry.azurecr.io/gan-serving:1.0.0  (azure)\n" in out
    assert gen("compare", "--all", "--field", "imag").status == 2


def test_render_and_check_warn_of_replicas_that_fall_to_one(repository: Path, gen: Gen) -> None:
    gen("render", "--env", "azure")
    change(repository, "autoscaling")
    for command in ("check", "render"):
        ran = gen(command, "--env", "azure")
        assert "warning[output/replicas-dropped]: Deployment gan/gan" in ran.err
        assert "takes 2 pods to 1" in ran.err
    assert "replicas-dropped" not in gen("check", "--env", "azure").err
