"""`kubectl apply -f rendered/` means the selected environment, or gen says why it does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.selection import RULES
from tests.conftest import Gen, tree, write
from tests.registry.conftest import Git, git

__all__ = ["git"]

CONFIG = "25-configmap-gan.yaml"
OTHER = "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\n"


def test_links_that_became_files_are_named(project: Path, gen: Gen, tmp_path: Path) -> None:
    gen("render", "--env", "dev")
    subprocess.run(["cp", "-rL", project, tmp_path / "copy"], check=True)
    before = tree(tmp_path / "copy")
    for command in (("render", "--env", "prod"), ("check", "--all"), ("check", "--env", "dev")):
        ran = gen(*command, "--project", tmp_path / "copy")
        assert (ran.status, ran.err.count("error[output/copy]")) == (1, 1), ran.err
        assert f"copy/rendered/{CONFIG}" in ran.err
    assert tree(tmp_path / "copy") == before


@pytest.mark.parametrize("name", ["99-other.yaml", "other.yml", "a.json", ".hidden.yaml"])
@pytest.mark.parametrize("kind", ["file", "link", "broken", "pipe"])
def test_what_kubectl_would_apply_too_is_named(project: Path, gen: Gen, name: str, kind: str) -> None:
    write(project, {"elsewhere.yaml": OTHER, "rendered/notes.txt": "x"})
    place = project / "rendered" / name
    if kind == "file":
        place.write_text(OTHER)
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("../elsewhere.yaml" if kind == "link" else "gone")
    for command in (("render", "--env", "dev"), ("check", "--env", "dev"), ("render", "--all")):
        ran = gen(*command)
        assert (ran.status, ran.err.count("warning[output/foreign]")) == (0, 1), ran.err
        assert f"rendered/{name}" in ran.err
    assert os.path.lexists(place)


@pytest.mark.parametrize("target", [f"dev/../../{CONFIG}", "prod/other.yaml", f"./{CONFIG}", f"/x/{CONFIG}"])
def test_links_that_only_look_like_ours_are_not_followed(project: Path, gen: Gen, target: str) -> None:
    write(project, {CONFIG: OTHER, "rendered/prod/other.yaml": OTHER})
    (project / "rendered" / CONFIG).symlink_to(target)
    ran = gen("render", "--env", "dev")
    assert (ran.status, "error[output/taken]" in ran.err) == (1, True), ran.err
    assert [p.name for p in (project / "rendered").iterdir() if p.is_symlink()] == [CONFIG]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_name_that_is_taken_leaves_none_selected(project: Path, gen: Gen, kind: str) -> None:
    gen("render", "--env", "prod")
    (project / "rendered" / CONFIG).unlink()
    if kind == "folder":
        (project / "rendered" / CONFIG).mkdir()
    else:
        (project / "rendered" / CONFIG).write_text(OTHER)
    ran = gen("render", "--env", "dev")
    assert (ran.status, "selected: kubectl" in ran.out) == (1, False)
    assert "dev is written, and not selected" in ran.err


def test_what_is_missing_in_gitignore_is_said(project: Path, gen: Gen, git: Git) -> None:
    assert "output/not-ignored" not in gen("render", "--env", "dev").err  # in no repository
    git(project, "init", "--quiet")
    ran = gen("render", "--env", "dev")
    assert (ran.status, "warning[output/not-ignored]" in ran.err) == (0, True)
    assert all(rule in ran.err for rule in RULES)
    write(project, {".gitignore": "\n".join(RULES) + "\n"})
    assert gen("render", "--env", "prod").err == ""
    git(project, "add", "--all")
    assert [n for n in git(project, "ls-files").split() if n.startswith("rendered")] == [
        f"rendered/{env}/{CONFIG}" for env in ("dev", "prod")
    ]
    write(project, {".gitignore": "*.yaml\n!values/*\n"})  # other words for it
    assert "output/not-ignored" not in gen("render", "--env", "dev").err


def test_nothing_to_apply_is_no_line_for_kubectl(project: Path, gen: Gen) -> None:
    template = project / "templates/configmap.yaml.j2"
    template.write_text("{% if data.mode == 'prod' %}\n" + template.read_text() + "{% endif %}\n")
    ran = gen("render", "--env", "dev")
    assert ran.out.splitlines() == ["dev: nothing to write", "Nothing to apply."]
    ran = gen("render", "--all")
    assert [line for line in ran.out.splitlines() if "kubectl" in line] == [
        "  kubectl apply -f rendered/prod/"
    ]
    told = json.loads(gen("render", "--all", "--format", "json").out)
    assert [one["apply"] for one in told["environments"]] == [None, "kubectl apply -f rendered/prod/"]


def test_an_environment_that_is_no_more(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    (project / "values/prod.yaml").unlink()
    for command in ("render", "check"):
        ran = gen(command, "--env", "prod")
        assert (ran.status, "gen render --all removes them" in ran.err) == (2, True)
    ran = gen("check", "--all")
    assert (ran.status, "render it and commit: gen render --all" in ran.err) == (1, True), ran.err
    assert gen("render", "--all").status == 0
    assert gen("check", "--all").status == 0


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("values/base.yml", "values/base.yaml"),
        ("values/team/stage.yml", "values/team/stage.yaml"),
        ("schema/rules.yml", "schema/rules.yaml"),
        ("schema/values.schema.yaml", "schema/values.schema.json"),
        ("gen.yml", "gen.yaml"),
    ],
)
def test_a_file_that_nobody_reads_is_named(project: Path, gen: Gen, name: str, right: str) -> None:
    write(project, {name: "{}\n"})
    for command in (["render", "--env", "dev"], ["check", "--all"], ["list"]):
        ran = gen(*command)
        assert (ran.status, f"error[project/ending]: {name} is not read" in ran.err) == (1, True)
        assert f"mv {name} {right}" in ran.err
    assert not (project / "rendered").exists()
    shutil.move(project / name, project / "notes.txt")
    assert gen("list").status == 0
