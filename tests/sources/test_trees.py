"""A project is the same wherever its texts are kept: on the disk, in git, in a package, in memory."""

from __future__ import annotations

import builtins
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.core import bounds
from generator.core.tree import Texts, Tree
from generator.diagnostics import DiagnosticError, Exit
from generator.project import Project
from generator.sources.disk import Disk
from generator.sources.packaged import Packaged
from generator.sources.revision import Revision
from tests.conftest import write
from tests.registry.conftest import Git, git

__all__ = ["git"]

FOLDERS = ("schema", "templates", "values")


@pytest.fixture
def committed(project: Path, git: Git) -> Path:
    """The small project as the only commit of a repository."""
    write(project, {"values/team/base.yaml": "data: {mode: team}\n", "values/team/a.yaml": "{}\n"})
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "sources")
    return project


def contents(tree: Tree) -> dict[str, dict[str, bytes]]:
    """What every environment of a tree renders to."""
    project = Project(tree)
    return {
        name: {file.name: file.content for file in project.line.render(name, project.layers(name)).files}
        for name in project.environments
    }


def texts(root: Path) -> dict[str, str]:
    return {name: Disk(root).read(name).text for folder in FOLDERS for name in Disk(root).names(folder)}


def zipped(root: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("starters/__init__.py", "")
        for folder in FOLDERS:
            for name in Disk(root).names(folder):
                made.write(root / name, f"starters/one/{name}")


def test_every_tree_renders_to_the_same(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped(committed, tmp_path / "starters.zip")
    monkeypatch.syspath_prepend(str(tmp_path / "starters.zip"))
    on_disk = contents(Disk(committed))
    assert [(name, len(files)) for name, files in on_disk.items()] == [("dev", 1), ("prod", 1), ("team/a", 1)]
    assert contents(Revision(committed, "HEAD")) == on_disk
    assert contents(Packaged("starters", "one")) == on_disk
    assert contents(Texts(texts(committed))) == on_disk
    sys.modules.pop("starters")


def test_a_revision_is_rendered_without_its_files(committed: Path, git: Git) -> None:
    before = contents(Disk(committed))
    write(committed, {"values/base.yaml": "name: later\n", "values/dev.yaml": "data: {mode: later}\n"})
    git(committed, "rm", "--quiet", "--force", "-r", "templates", "schema")
    assert contents(Revision(committed, "HEAD")) == before


def test_texts_in_memory_need_no_disk(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Texts(texts(committed))
    before = contents(tree)

    def refused(*arguments: object, **options: object) -> None:
        raise AssertionError(f"the line opened {arguments}")

    for module, names in ((builtins, ("open",)), (io, ("open",)), (os, ("open", "scandir", "stat", "lstat"))):
        for name in names:
            monkeypatch.setattr(module, name, refused)
    try:
        again = contents(tree)
    finally:
        monkeypatch.undo()
    assert again == before


def test_what_is_not_saved_lies_over_what_is(committed: Path) -> None:
    tree = Texts({"values/dev.yaml": "data: {mode: unsaved}\n", "values/new.yaml": "{}\n"}, Disk(committed))
    made = contents(tree)
    assert b"unsaved" in made["dev"]["25-configmap-gan.yaml"]
    assert set(made) == {"dev", "new", "prod", "team/a"}


def test_a_source_has_one_name_wherever_it_is_read(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(committed / "values")
    for tree in (Disk(committed), Revision(committed, "HEAD"), Texts(texts(committed))):
        assert tree.read("values/dev.yaml").path == "values/dev.yaml"


def test_a_project_in_a_folder_of_its_repository(tmp_path: Path, project: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "project")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    assert contents(Revision(project, "HEAD")) == contents(Disk(project))
    assert Revision(project, "HEAD").names("values") == Disk(project).names("values")


@pytest.mark.parametrize("revision", ["gone", "--all", "-n1", "HEAD:values", "", "a b", "HEAD\n"])
def test_a_revision_that_is_not_there(committed: Path, revision: str) -> None:
    with pytest.raises(DiagnosticError) as raised:
        Revision(committed, revision)
    assert raised.value.diagnostics[0].rule == "git/no-revision"
    assert raised.value.status is Exit.USAGE


LINKS = {
    "another file of its kind": ("prod.yaml", ""),
    "a file that is not there": ("gone.yaml", "cannot read values/link.yaml"),
    "another kind": ("../schema/values.schema.json", "leads outside of its folder"),
    "a file of the machine": ("/etc/hostname", "leads outside of its folder"),
    "itself": ("link.yaml", "cannot read values/link.yaml"),
    "a folder": ("team", "cannot read values/link.yaml"),
}


@pytest.mark.parametrize("on", [Disk, lambda root: Revision(root, "HEAD")], ids=["disk", "revision"])
@pytest.mark.parametrize(("target", "problem"), LINKS.values(), ids=LINKS)
def test_links(committed: Path, git: Git, target: str, problem: str, on: Callable[[Path], Tree]) -> None:
    (committed / "values/link.yaml").symlink_to(target)
    git(committed, "add", ".")
    git(committed, "commit", "--quiet", "--message", "link")
    tree = on(committed)
    assert "values/link.yaml" in tree.names("values")
    if not problem:
        assert tree.read("values/link.yaml").text == tree.read("values/prod.yaml").text
        return
    with pytest.raises(DiagnosticError) as raised:
        tree.read("values/link.yaml")
    assert problem in raised.value.diagnostics[0].message or on is not Disk


def test_a_text_beyond_the_bound_is_not_read(committed: Path, git: Git) -> None:
    large = committed / "values/large.yaml"
    with large.open("wb") as file:
        file.truncate(bounds.TEXT + 1)
    git(committed, "add", ".")
    git(committed, "commit", "--quiet", "--message", "large")
    for tree in (Disk(committed), Revision(committed, "HEAD")):
        with pytest.raises(DiagnosticError) as raised:
            tree.read("values/large.yaml")
        assert "larger than 16 MiB" in raised.value.diagnostics[0].message


def test_what_is_no_regular_file_is_not_opened(committed: Path) -> None:
    os.mkfifo(committed / "values/pipe.yaml")
    with pytest.raises(DiagnosticError) as raised:
        Disk(committed).read("values/pipe.yaml")
    assert "not a regular file" in raised.value.diagnostics[0].message


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "values/../../outside", ".git/config", "a\0b"])
def test_names_that_lead_out_of_a_project(committed: Path, name: str) -> None:
    (committed.parent / "outside").write_text("secret")
    with pytest.raises(DiagnosticError):
        Disk(committed).read(name)
