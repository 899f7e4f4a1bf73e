"""What the tests share: projects made on the spot, the command line in this process, and `--update`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from typer.testing import CliRunner

from generator.cli import app

settings.register_profile("gen", deadline=None)  # a busy machine is not a finding
settings.load_profile("gen")

pytest_plugins = ["tests.cluster.fixtures"]

CASES = Path(__file__).parent / "cases"
COMMON = CASES / "_common"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Gen = Callable[..., Ran]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected files of golden cases")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be left out, as in continuous integration, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GEN_REQUIRE_ALL") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared."""
    return bool(request.config.getoption("--update"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of one ConfigMap in two environments, and the current folder."""
    root = tmp_path / "project"
    shutil.copytree(COMMON, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def gen() -> Gen:
    """Run the command line in this process."""
    runner = CliRunner()

    def run(*arguments: object, stdin: str | None = None) -> Ran:
        result = runner.invoke(app, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


def write(root: Path, files: dict[str, str]) -> None:
    """Write files, by their paths below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its text, links left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}
