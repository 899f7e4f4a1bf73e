"""What a repository can say or hold starts nothing and changes no answer about a Secret."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from generator import git as guarded
from generator.diagnostics import DiagnosticError, Exit
from generator.registry.guard import RULE
from generator.sources.revision import Revision
from tests.conftest import Gen, write
from tests.registry.conftest import Git, git
from tests.registry.test_guard import MADE, repository

__all__ = ["git", "repository"]

# Keys of git's configuration that name programs, or make git ask one.
PROGRAMS = """
[core]
  fsmonitor = {run}
  hooksPath = {hooks}
  pager = {run}
  editor = {run}
  askPass = {run}
  sshCommand = {run}
  gitProxy = {run}
  alternateRefsCommand = {run}
  attributesFile = {attributes}
[pager]
  check-ignore = {run}
  ls-files = {run}
[alias]
  check-ignore = !{run}
  ls-files = !{run}
  ls-tree = !{run}
[filter "x"]
  clean = {run}
  smudge = {run}
  process = {run}
  required = true
[diff "x"]
  textconv = {run}
  command = {run}
[remote "origin"]
  url = ext::{run}
  uploadpack = {run}
  promisor = true
  partialclonefilter = blob:none
[extensions]
  partialClone = origin
[protocol]
  allow = always
[credential]
  helper = !{run}
[gpg]
  program = {run}
[trace2]
  eventTarget = {marker}
  normalTarget = {marker}
"""


class Trap:
    """A program that leaves a mark when it runs."""

    def __init__(self, folder: Path) -> None:
        self.marker = folder / "ran"
        self.program = folder / "trap"
        self.program.write_text(f"#!/bin/sh\necho ran > {self.marker}\n")
        self.program.chmod(0o755)
        hooks = folder / "hooks"
        hooks.mkdir()
        for name in ("post-index-change", "pre-commit", "fsmonitor-watchman", "post-checkout"):
            shutil.copy(self.program, hooks / name)
        attributes = folder / "attributes"
        attributes.write_text("* filter=x diff=x\n")
        self.config = PROGRAMS.format(
            run=self.program, hooks=hooks, marker=self.marker, attributes=attributes
        )


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


def bare(folder: Path, config: str, exclude: str = "*\n") -> None:
    """What makes git take a folder for a repository."""
    write(
        folder,
        {"HEAD": "ref: refs/heads/main\n", "config": config, "objects/.keep": "", "refs/.keep": ""}
        | {"info/exclude": exclude},
    )


@pytest.mark.parametrize("place", ["rendered/dev", "rendered", ".", "values", "templates"])
def test_a_repository_that_a_commit_holds_is_none(repository: Path, gen: Gen, trap: Trap, place: str) -> None:
    bare(repository / place, f"{trap.config}\n[core]\n  bare = false\n  worktree = .\n")
    for command in (("check",), ("render",), ("explain", "rendered/dev/20-secret-made.yaml:3")):
        gen(*command, "--env", "dev") if command[0] != "explain" else gen(*command)
        assert not trap.marker.exists()
    assert "error[secret/not-ignored]" in gen("render", "--env", "dev").err


def test_settings_of_the_repository_start_nothing(repository: Path, gen: Gen, git: Git, trap: Trap) -> None:
    write(repository, {".gitignore": f"{RULE}\n/rendered/*.yaml\n", ".gitattributes": "* filter=x diff=x\n"})
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "sources")
    with (repository / ".git/config").open("a") as config:
        config.write(trap.config)
    assert gen("render", "--env", "dev").status == 0
    assert gen("check", "--env", "dev").status == 0
    assert Revision(repository, "HEAD").read("values/dev.yaml").text
    assert not trap.marker.exists()


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.excludesFile", "GIT_CONFIG_VALUE_0": "{all}"},
        {"GIT_CONFIG_PARAMETERS": "'core.excludesFile'='{all}'"},
        {"GIT_CONFIG_GLOBAL": "{config}"},
        {"GIT_CONFIG_SYSTEM": "{config}"},
        {"GIT_DIR": "{other}", "GIT_WORK_TREE": "{other}"},
        {"GIT_CEILING_DIRECTORIES": "/"},
        {"GIT_INDEX_FILE": "{all}"},
        {"GIT_EXEC_PATH": "{other}"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_variables_change_no_answer(
    repository: Path, gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    write(tmp_path, {"all": "*\n", "config": f"[core]\n  excludesFile = {tmp_path}/all\n"})
    bare(tmp_path / "other", "")
    for name, value in variables.items():
        places = {name: tmp_path / name for name in ("all", "config", "other")}
        monkeypatch.setenv(name, value.format(**places))
    assert "error[secret/not-ignored]" in gen("render", "--env", "dev").err


def test_settings_of_the_user_are_believed(
    repository: Path, gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write(tmp_path / "home", {".gitconfig": "[core]\n  excludesFile = ~/ignored\n", "ignored": "*secret*\n"})
    assert gen("render", "--env", "dev").status == 0


def test_settings_that_change_an_answer_are_taken(repository: Path, gen: Gen, tmp_path: Path) -> None:
    write(tmp_path, {"ignored file": "*SECRET*\n"})
    with (repository / ".git/config").open("a") as config:
        config.write(f'[core]\n\texcludesFile = "{tmp_path}/ignored file"\n')
    assert "error[secret/not-ignored]" in gen("render", "--env", "dev").err
    with (repository / ".git/config").open("a") as config:
        config.write("[core]\n\tignoreCase\n")
    assert gen("render", "--env", "dev").status == 0


def test_a_program_called_git_in_the_project_is_not_started(
    repository: Path, gen: Gen, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(trap.program, repository / "git")
    (repository / "bin").mkdir()
    shutil.copy(trap.program, repository / "bin/git")
    path = f".:{repository}/bin:{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    assert "error[secret/not-ignored]" in gen("render", "--env", "dev").err
    assert not trap.marker.exists()


@pytest.mark.parametrize("kind", ["folder", "gitfile", "outer", "link", "broken"])
def test_a_repository_inside_of_the_project_is_not_asked(
    repository: Path, gen: Gen, git: Git, kind: str, tmp_path: Path
) -> None:
    inner = repository / "rendered/dev"
    inner.mkdir(parents=True)
    if kind == "folder":
        git(inner, "init", "--quiet")
        write(inner, {".git/info/exclude": "*\n"})
    elif kind == "gitfile":
        bare(repository / "evil", "")
        write(inner, {".git": "gitdir: ../../evil\n"})
    elif kind == "outer":
        write(inner, {".git": "gitdir: ../../.git\n", ".gitignore": "*\n"})
    elif kind == "link":
        (inner / ".git").symlink_to(repository / ".git")
    else:
        write(inner, {".git": "nonsense\n"})
    ran = gen("render", "--env", "dev")
    assert (ran.status, "error[git/failed]" in ran.err) == (3, True), ran.err


def test_a_work_tree_inside_of_the_project_is_its_own_repository(
    repository: Path, gen: Gen, git: Git
) -> None:
    write(repository, {".gitignore": f"/rendered/dev/\n{RULE}\n"})
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "x")
    git(repository, "worktree", "add", "--quiet", "-b", "output", "rendered/dev")
    assert "error[secret/not-ignored]" in gen("render", "--env", "dev").err
    write(repository / "rendered/dev", {".gitignore": "*-secret-*\n"})
    assert gen("render", "--env", "dev").status == 0


def test_a_split_index_and_other_hashes_are_read(project: Path, gen: Gen, git: Git) -> None:
    write(project, {"templates/secret.yaml.j2": MADE, ".gitignore": f"{RULE}\n"})
    git(project, "init", "--quiet", "--object-format=sha256")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "x")
    git(project, "update-index", "--split-index")
    assert gen("render", "--env", "dev").status == 0
    git(project, "add", "--force", "rendered/dev/20-secret-made.yaml")
    assert "error[secret/tracked]" in gen("check", "--env", "dev").err
    assert len(Revision(project, "HEAD").commit) == 64


def test_a_repository_of_somebody_else_is_asked(repository: Path, gen: Gen) -> None:
    """git refuses these ("dubious ownership") for what their configuration may start."""
    with suppress(PermissionError):  # only root can give files away
        shutil.chown(repository / ".git", 12345)
        shutil.chown(repository, 12345)
    assert "error[secret/not-ignored]" in gen("render", "--env", "dev").err


def test_what_git_cannot_answer_is_unknown(repository: Path) -> None:
    found = guarded.find(repository)
    assert found is not None
    with guarded.asked(found) as asked, pytest.raises(DiagnosticError) as raised:
        asked.ask("cat-file", "-p", "HEAD")
    assert raised.value.status is Exit.UNKNOWN
