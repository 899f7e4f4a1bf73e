"""No Secret with bytes lands where git would commit it, whatever made it and wherever the folder is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.registry.guard import RULE
from tests.conftest import Gen, write
from tests.registry.conftest import PASSWORD, SECRET, Git

MADE = """apiVersion: v1
kind: Secret
metadata: {name: made}
type: Opaque
stringData: {key: hunter2}
"""
FILE = "rendered/dev/20-secret-made.yaml"


@pytest.fixture
def repository(project: Path, git: Git) -> Path:
    """The small project with a template that makes a Secret, in a repository that ignores nothing."""
    write(project, {"templates/secret.yaml.j2": MADE})
    git(project, "init", "--quiet")
    return project


def test_what_git_would_commit_is_not_written(repository: Path, gen: Gen) -> None:
    for command in ("render", "check"):
        ran = gen(command, "--env", "dev")
        assert ran.status == 1
        assert f"error[secret/not-ignored]: {FILE} would hold the Secret made with its bytes" in ran.err
        assert f"= help: add this line to .gitignore: {RULE}" in ran.err
    assert not (repository / "rendered/dev").exists() or not list((repository / "rendered/dev").iterdir())


def test_the_rule_that_is_offered_is_enough(repository: Path, gen: Gen, git: Git) -> None:
    write(repository, {".gitignore": f"{RULE}\n/rendered/*.yaml\n"})
    assert gen("render", "--env", "dev").status == 0
    assert (repository / FILE).stat().st_mode & 0o777 == 0o600
    git(repository, "add", ".")
    assert "secret-made" not in git(repository, "ls-files")


def test_a_rule_for_the_file_alone_leaves_the_way_there_open(repository: Path, gen: Gen) -> None:
    write(repository, {".gitignore": f"/{FILE}\n"})
    assert "secret/not-ignored" in gen("render", "--env", "dev").err


def test_a_tracked_file_is_an_error_though_it_is_ignored(repository: Path, gen: Gen, git: Git) -> None:
    write(repository, {".gitignore": f"{RULE}\n"})
    assert gen("render", "--env", "dev").status == 0
    git(repository, "add", "--force", FILE)
    for command in ("check", "render"):
        ran = gen(command, "--env", "dev")
        assert ran.status == 1
        assert f"error[secret/tracked]: git tracks {FILE}, which holds the Secret made" in ran.err
        assert f"git rm --cached {FILE}" in ran.err


def test_a_tracked_pull_secret_fails_the_check(serving: Path, gen: Gen, git: Git, credentials: Path) -> None:
    assert gen("render", "--env", "azure", "--registry-credentials", str(credentials)).status == 0
    git(serving, "add", "--force", SECRET)
    ran = gen("check", "--env", "azure")
    assert ran.status == 1
    assert f"error[secret/tracked]: git tracks {SECRET}" in ran.err
    assert PASSWORD not in ran.err


def test_a_secret_without_bytes_is_nothing_to_guard(repository: Path, gen: Gen) -> None:
    write(repository, {"templates/secret.yaml.j2": MADE.replace("stringData: {key: hunter2}", "")})
    assert gen("render", "--env", "dev").status == 0


def test_outside_of_a_repository_it_takes_an_option(project: Path, gen: Gen, git: Git) -> None:
    write(project, {"templates/secret.yaml.j2": MADE})
    ran = gen("render", "--env", "dev")
    assert ran.status == 1
    assert "error[secret/no-repository]" in ran.err
    assert "--unversioned" in ran.err
    assert gen("render", "--env", "dev", "--unversioned").status == 0
    assert (project / FILE).stat().st_mode & 0o777 == 0o600
    assert gen("check", "--env", "dev").status == 0


def test_the_option_opens_no_repository(repository: Path, gen: Gen) -> None:
    assert "secret/not-ignored" in gen("render", "--env", "dev", "--unversioned").err


def test_a_folder_elsewhere_is_judged_by_its_own_repository(
    repository: Path, gen: Gen, git: Git, tmp_path: Path
) -> None:
    write(repository, {".gitignore": "*\n"})
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    deep = str(other / "not/yet/there")
    assert "secret/not-ignored" in gen("render", "--env", "dev", "--output", deep).err
    write(other, {".git/info/exclude": "secret\n*-secret-*\n"})
    assert gen("render", "--env", "dev", "--output", deep).status == 0


def test_a_link_is_judged_by_where_it_leads(repository: Path, gen: Gen, tmp_path: Path) -> None:
    write(repository, {".gitignore": "*\n"})
    (tmp_path / "plain").mkdir()
    (repository / "rendered").symlink_to(tmp_path / "plain")
    assert "output/link" in gen("render", "--env", "dev").err
    (tmp_path / "out").symlink_to("plain")
    assert "secret/no-repository" in gen("render", "--env", "dev", "--output", tmp_path / "out").err


def test_work_trees_nested_projects_and_submodules(
    repository: Path, gen: Gen, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "x")
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    write(outer, {".gitignore": "secret-*\n*-secret-*\n"})
    git(outer, "submodule", "--quiet", "add", str(repository), "module")
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    for name in ("schema", "templates", "values"):
        shutil.copytree(repository / name, outer / "nested" / name)
    for folder, judged in (
        (tmp_path / "tree", "secret/not-ignored"),
        (outer / "module", "secret/not-ignored"),  # by its own rules, not those of the repository around it
        (outer / "nested", ""),
    ):
        monkeypatch.chdir(folder)
        ran = gen("check", "--project", str(folder), "--env", "dev")
        assert judged in ran.err
        assert bool(judged) == ("secret/" in gen("check", "--env", "dev").err)
        assert "error[drift/missing]" in ran.err or judged


def test_a_hook_of_another_repository_changes_nothing(
    repository: Path, gen: Gen, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    write(other, {".git/info/exclude": "*\n"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert "secret/not-ignored" in gen("render", "--env", "dev").err


def test_no_answer_is_no_permission(
    repository: Path, gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, {".gitignore": "*\n", ".git/HEAD": "broken"})
    ran = gen("render", "--env", "dev")
    assert "error[git/failed]: cannot ask git" in ran.err
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = gen("render", "--env", "dev", "--unversioned")
    assert "error[git/failed]: cannot ask git" in ran.err
