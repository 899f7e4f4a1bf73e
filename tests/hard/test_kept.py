"""What is kept between runs changes no answer, whoever has written it, and comes from the user alone."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.core import kept
from generator.core.kept import Kept
from generator.core.tree import Texts, Tree
from generator.diagnostics import DiagnosticError, Source
from generator.pipeline import Pipeline
from generator.project import DiskProject
from generator.report import as_json
from tests.budget import budget
from tests.hard.bounded import each
from tests.hard.fuzz import KINDS, Input, inputs, seeds
from tests.hard.grow import alone
from tests.hard.projects import gen, make, tree, write

ROOT = Path(__file__).resolve().parents[2]
VALUES = 'name: a\ndata: { k: "1" }\n'
RULES = """\
named:
  message: it has no name
  assert: name is defined
  at: name
  help: give it one
"""


def outcome(project: Tree, layers: list[Source], store: Kept | None) -> str:
    """What comes of a project, for comparison: all files and warnings, or all errors."""
    try:
        rendering = Pipeline(project, store).render("dev", layers)
    except DiagnosticError as error:
        return json.dumps([as_json.plain(problem) for problem in error.diagnostics])
    told = json.dumps([as_json.plain(problem) for problem in rendering.warnings])
    return told + "".join(f"{file.name}\n{file.content.decode()}" for file in rendering.files)


def differs(given: Input) -> str:
    """How an input is answered otherwise with what was kept; nothing where it is not. Runs in a child."""
    project = Texts({"schema/values.schema.json": given.schema, "templates/t.yaml.j2": given.template})
    layers = [Source("values/dev.yaml", given.values)]
    store = Kept()
    wanted = outcome(project, layers, None)
    first = outcome(project, layers, store)
    later = outcome(project, layers, kept.load(store.dump()))
    return "" if wanted == first == later else f"without: {wanted}\nfirst: {first}\nlater: {later}"


def test_no_input_is_answered_otherwise() -> None:
    corpus = [alone(kind, text) for kind in KINDS for text in seeds()[kind]]
    given = [*corpus, *inputs(seed=44, count=budget(200, 2_000))]
    assert [complaint for _, complaint in each(differs, given) if complaint] == []


@pytest.mark.parametrize("environment", ["dev", "kind", "azure"])
def test_nor_is_this_repository(environment: str) -> None:
    project = DiskProject(ROOT)
    layers = list(project.layers(environment))
    store = Kept()
    wanted = outcome(project.tree, layers, None)
    assert outcome(project.tree, layers, store) == wanted
    again = kept.load(store.dump())
    assert again.records
    assert outcome(project.tree, layers, again) == wanted
    assert not again.grown


def test_records_of_any_other_shape_are_made_again() -> None:
    project = DiskProject(ROOT).tree
    layers = list(DiskProject(ROOT).layers("azure"))
    store = Kept()
    wanted = outcome(project, layers, store)
    numbers = dict.fromkeys(("message", "assert", "at", "help"), 1)
    junk: list[Any] = [None, 1, "x", (), (1, 2, 3), {}, {"a": {}}, {"a": 1}, {"a": numbers}]
    for record in (*junk, (compile("1", "", "eval"), (1,), (1,))):
        assert outcome(project, layers, Kept(dict.fromkeys(store.records, record))) == wanted


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path / "project", {"dev": VALUES})


def render(project: Path, cache: Path, **extra: str) -> bytes:
    """What `gen render` writes, as somebody whose cache folder is `cache`."""
    ran = gen(
        project, "render", "--all", **{"CI": "", "GEN_CACHE": "", "XDG_CACHE_HOME": str(cache), **extra}
    )
    assert ran.returncode == 0, ran.stderr
    assert not ran.stderr
    (written,) = tree(project / "rendered" / "dev").values()
    return written


def stored(cache: Path) -> Path:
    (file,) = (cache / "gen").iterdir()
    return file


def forge(file: Path) -> None:
    """Let a store hold other text than that of the template."""
    store = kept.load(file.read_bytes())
    for key, record in store.records.items():
        if (code := kept.code(record)) is not None:
            texts = tuple((text.replace("kind:", "immutable: true\nkind:"), at) for text, at in code.texts)
            store.records[key] = (code.code, texts, code.places)
    file.write_bytes(store.dump())


def test_what_is_kept_is_used_and_is_the_user_s_own(project: Path, tmp_path: Path) -> None:
    render(project, tmp_path)
    file = stored(tmp_path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    before = file.stat().st_mtime_ns
    render(project, tmp_path)
    assert file.stat().st_mtime_ns == before
    template = project / "templates" / "configmap.yaml.j2"
    template.write_text(template.read_text() + "immutable: true\n")
    assert b"immutable: true" in render(project, tmp_path)
    assert stored(tmp_path).stat().st_mtime_ns != before


def closed(project: Path, cache: Path) -> dict[str, str]:
    (cache / "gen").chmod(0o755)
    return {}


def written_by_others(project: Path, cache: Path) -> dict[str, str]:
    stored(cache).chmod(0o620)
    return {}


def linked(project: Path, cache: Path) -> dict[str, str]:
    (cache / "gen").rename(cache / "elsewhere")
    (cache / "gen").symlink_to(cache / "elsewhere")
    return {}


def file_linked(project: Path, cache: Path) -> dict[str, str]:
    file = stored(cache)
    file.rename(cache / "elsewhere")
    file.symlink_to(cache / "elsewhere")
    return {}


def in_a_repository(project: Path, cache: Path) -> dict[str, str]:
    subprocess.run(["git", "init", "--quiet", cache], check=True)
    return {}


def in_the_project(project: Path, cache: Path) -> dict[str, str]:
    shutil.copytree(cache, project / ".cache")
    (project / ".cache" / "gen").chmod(0o700)
    return {"XDG_CACHE_HOME": str(project / ".cache")}


def relative(project: Path, cache: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": os.path.relpath(cache), "HOME": "/nonexistent"}


def off(project: Path, cache: Path) -> dict[str, str]:
    return {"GEN_CACHE": "off"}


def in_ci(project: Path, cache: Path) -> dict[str, str]:
    return {"CI": "true"}


DISTRUSTED = [
    closed, written_by_others, linked, file_linked, in_a_repository, in_the_project, relative, off, in_ci,
]  # fmt: skip


@pytest.fixture
def forged(project: Path, tmp_path: Path) -> Path:
    """A cache folder with a store that gives itself away when it is used."""
    cache = tmp_path / "cache"
    wanted = render(project, cache)
    assert b"immutable" not in wanted
    forge(stored(cache))
    return cache


def test_a_store_that_only_the_user_can_write_to_is_trusted(project: Path, forged: Path) -> None:
    assert b"immutable" in render(project, forged)  # so that the tests below can fail


@pytest.mark.parametrize("distrust", DISTRUSTED, ids=lambda function: function.__name__)
def test_any_other_is_neither_read_nor_written(
    project: Path, forged: Path, distrust: Callable[[Path, Path], dict[str, str]]
) -> None:
    extra = distrust(project, forged)
    before = tree(forged)
    write(project, "values/dev.yaml", VALUES.replace("1", "2"))
    assert b"immutable" not in render(project, forged, **extra)
    if distrust not in (written_by_others, file_linked):  # whose place a file of the user's own takes
        assert tree(forged) == before


def test_damaged_stores_are_written_anew(project: Path, tmp_path: Path) -> None:
    wanted = render(project, tmp_path)
    file = stored(tmp_path)
    whole = file.read_bytes()
    draw = random.Random(44)
    for damaged in (b"", whole[:-1], whole[:40], whole + b"x", bytes(draw.randbytes(999)), b"gen kept 1\n"):
        file.write_bytes(damaged)
        assert render(project, tmp_path) == wanted
        assert kept.load(file.read_bytes()).records.keys() == kept.load(whole).records.keys()


@pytest.mark.parametrize("place", ["/dev/null", "/proc", "/nonexistent/\u00e9"])
def test_a_folder_that_cannot_be_written_to_is_no_problem(project: Path, place: str) -> None:
    assert render(project, Path(place))


def test_rules_and_their_findings_are_those_of_the_text(project: Path, tmp_path: Path) -> None:
    write(project, "schema/rules.yaml", RULES)
    render(project, tmp_path)
    before = stored(tmp_path).stat().st_mtime_ns
    write(project, "values/dev.yaml", 'data: { k: "1" }\n')
    surroundings = {"CI": "", "XDG_CACHE_HOME": str(tmp_path)}
    with_, without = (gen(project, "check", "--all", **surroundings, GEN_CACHE=how) for how in ("", "off"))
    assert stored(tmp_path).stat().st_mtime_ns == before
    assert with_.returncode == 1
    assert "error[rule/named]: it has no name" in with_.stderr
    assert (with_.stdout, with_.stderr) == (without.stdout, without.stderr)


def test_a_store_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 2_000)
    store = Kept({b"old": "x" * 1_900})
    store.keep(b"new", "y" * 500)
    assert kept.load(store.dump()).records == {b"new": "y" * 500}
    store.keep(b"more", "z" * 1_900)
    assert store.dump() == b""


def test_so_is_the_number_of_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CI", raising=False)
    for number in range(40):
        project = DiskProject(make(tmp_path / str(number), {"dev": VALUES}))
        project.line.render("dev", project.layers("dev"))
        project.keep()
    assert len(list((tmp_path / "cache" / "gen").iterdir())) == 32
