"""The documents are run: every command in a `console` block prints what the block says.

`pytest tests/test_docs.py --update` rewrites the outputs, and the examples in docs/reference/diagnostics.md.
A command that fails on purpose is announced where its block begins: `console exit 1`.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

import pytest

from generator.cli import COMMANDS
from generator.core import bounds, filters
from tests import diagnostics_page

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"(?P<open>```console(?P<options>[^\n]*)\n)(?P<body>.*?)(?P<close>```)", re.DOTALL)


SHELL_ERRORS = {126, 127}  # a program that cannot be run, or is not there


def commands(body: str) -> Iterator[str]:
    """The commands of a block, each with the lines that continue it and with its here-documents."""
    lines = iter(body.splitlines())
    for line in lines:
        if not line.startswith("$ "):
            continue
        command = [line[2:]]
        while command[-1].endswith("\\"):
            command.append(next(lines))
        for end in re.findall(r"<<-?\s*['\"]?(\w+)", line):
            command += takewhile(lambda text, end=end: text != end, lines)  # type: ignore[misc]
            command.append(end)
        yield "\n".join(command)


def run(body: str, folder: Path, enter: Sequence[str] = (), **more: str) -> tuple[str, list[int]]:
    """A block again, with what its commands print now, and the exit codes of those that do not exit with 0.

    Each is run by `enter`, with `more` variables. Raises `AssertionError` for an error of the shell itself.
    """
    shell = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    said = ""
    failed: list[int] = []
    for command in commands(body):
        ran = subprocess.run(
            [*enter, "bash", "-c", command],
            cwd=folder,
            env=shell | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert ran.returncode not in SHELL_ERRORS, f"{command}\n{ran.stdout}"
        assert not re.search(r"^bash: (line \d+: |-c: )", ran.stdout, re.MULTILINE), (
            f"{command}\n{ran.stdout}"
        )
        failed += [ran.returncode] if ran.returncode else []
        said += f"$ {command}\n{ran.stdout}".rstrip() + "\n"
    return said, failed


def expected(options: str) -> list[int]:
    """The exit codes that a block announces, such as `console exit 1 2`: those that are not 0, in order."""
    return [int(code) for code in re.findall(r"\d+", options.partition("exit")[2])]


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


def test_a_here_document_belongs_to_its_command() -> None:
    body = "$ cat <<'EOF' >/dev/null && echo b\na\n$ x\nEOF\nb\n$ echo c \\\n  d\nc d\n"
    assert list(commands(body)) == ["cat <<'EOF' >/dev/null && echo b\na\n$ x\nEOF", "echo c \\\n  d"]
    assert run(body, ROOT) == (body, [])


@pytest.mark.parametrize("command", ["gem render", "./README.md", "echo ("])
def test_a_mistake_in_a_command_is_never_written_into_a_document(command: str) -> None:
    with pytest.raises(AssertionError):
        run(f"$ {command}\n", ROOT)


def test_commands_that_fail_have_to_be_announced() -> None:
    assert run("$ true\n$ exit 3\n$ false\n", ROOT)[1] == expected(" exit 3 1")
    assert expected("") == expected(" not run here") == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_print_what_the_document_says(document: Path, copy: Path, update: bool) -> None:
    text = document.read_text()

    def again(match: re.Match[str]) -> str:
        if "not run" in match["options"]:
            return match[0]
        said, failed = run(match["body"], copy)
        assert failed == expected(match["options"]), said
        return f"{match['open']}{said}{match['close']}"

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


def test_every_decision_is_listed(update: bool) -> None:
    page = ROOT / "docs/decisions/README.md"
    decisions = sorted(page.parent.glob("[0-9]*.md"))
    lines = [
        f"- [{path.read_text().splitlines()[0].removeprefix('# ')}]({path.name})\n" for path in decisions
    ]
    text = f"# Decisions\n\nWhat was decided, what else was considered, and why.\n\n{''.join(lines)}"
    if update:
        page.write_text(text)
    assert page.read_text() == text


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
