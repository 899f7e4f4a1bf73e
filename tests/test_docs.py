"""The documents are run: every command in a `console` block prints what the block says.

`pytest tests/test_docs.py --update` rewrites the outputs, and the examples in docs/reference/diagnostics.md.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from generator.cli import COMMANDS
from generator.core import bounds, filters
from tests import diagnostics_page

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"(?P<open>```console(?P<options>[^\n]*)\n)(?P<body>.*?)(?P<close>```)", re.DOTALL)


def run(body: str, folder: Path, enter: Sequence[str] = (), **more: str) -> str:
    """A block again, with what its commands print now; each is run by `enter`, with `more` variables."""
    shell = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    said = ""
    for command in re.findall(r"^\$ (.*(?:\\\n.*)*)$", body, re.MULTILINE):
        ran = subprocess.run(
            [*enter, "bash", "-c", command],
            cwd=folder,
            env=shell | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said += f"$ {command}\n{ran.stdout}".rstrip() + "\n"
    return said


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project of this repository, committed as `main`, to be changed at will."""
    shutil.copy(ROOT / ".gitignore", tmp_path)
    shutil.copy(ROOT / "gen.yaml", tmp_path)
    shutil.copytree(ROOT / "tests/registry/samples", tmp_path, dirs_exist_ok=True)
    for folder in ("schema", "templates", "values", "rendered"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, symlinks=True, ignore=shutil.ignore_patterns("??-secret-*")
        )
    for link in (tmp_path / "rendered").glob("*.yaml"):
        link.unlink()
    identity = ["-c", "user.name=A Reader", "-c", "user.email=reader@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_print_what_the_document_says(document: Path, copy: Path, update: bool) -> None:
    text = document.read_text()

    def again(match: re.Match[str]) -> str:
        if "not run" in match["options"]:
            return match[0]
        return f"{match['open']}{run(match['body'], copy)}{match['close']}"

    now = BLOCK.sub(again, text)
    if update:
        document.write_text(now)
    assert now == text or update


def test_the_page_of_diagnostics_is_what_the_catalogue_gives(update: bool) -> None:
    document = ROOT / "docs/reference/diagnostics.md"
    if update:
        document.write_text(diagnostics_page.page())
    assert document.read_text() == diagnostics_page.page()


def test_every_command_is_in_the_readme_or_its_page() -> None:
    pages = "".join(path.read_text() for path in DOCUMENTS)
    assert [name for name in COMMANDS if f"gen {name}" not in pages] == []


def test_every_filter_is_documented() -> None:
    page = (ROOT / "docs/reference/templates.md").read_text()
    assert [name for name in filters.table(lambda _: None) if f"`{name}`" not in page] == []


def modules() -> Iterator[str]:
    """A row for every module: its name, and its job as its docstring says it in the first sentence."""
    for path in sorted((ROOT / "generator").rglob("*.py")):
        if "starters" in path.parts:  # what projects get is no module of gen
            continue
        job = " ".join((ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0].split())
        name = path.relative_to(ROOT / "generator")
        shown = f"{name.parent}/" if name.name == "__init__.py" else str(name)
        yield f"| `{shown}` | {re.split(r'(?<=[a-z`)])[.] ', job)[0].rstrip('.')} |\n"


def test_every_module_has_its_job_in_the_architecture(update: bool) -> None:
    document = ROOT / "ARCHITECTURE.md"
    text = document.read_text()
    head, table, tail = re.split(r"(?<=\|---\|---\|\n)((?:\| `[^\n]*\n)+)(?=\n## How)", text)
    now = head + "".join(modules()) + tail
    if update:
        document.write_text(now)
    assert now == text or update
    assert table


def test_links_lead_somewhere() -> None:
    broken = [
        f"{document.name}: {target}"
        for document in [
            *DOCUMENTS,
            ROOT / "ARCHITECTURE.md",
            ROOT / "CHANGELOG.md",
            *(ROOT / "docs").rglob("*.md"),
        ]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_the_page_of_bounds_lists_every_bound() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| ([0-9,]+) \|", (ROOT / "docs/reference/bounds.md").read_text(), re.MULTILINE
    )
    written = {name: int(value.replace(",", "")) for name, value in rows}
    assert written == {name: value for name, value in vars(bounds).items() if name.isupper()}
