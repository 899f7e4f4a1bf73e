"""What the tests share: projects made on the spot, the command line in this process, and `--update`."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from typer.testing import CliRunner

from generator.cli import app
from tests.budget import FULL, budget

settings.register_profile("gen", deadline=None, max_examples=budget(25, 200))  # a busy machine is no finding
settings.load_profile("gen")

pytest_plugins = ["tests.cluster.fixtures", "tests.cluster.deploying"]

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


_LEFT_OUT: Counter[str] = Counter()


def pytest_configure() -> None:
    """Let what the tests start heed Ctrl-C, which a shell has what it starts in the background ignore."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With several processes, give each whole files, and one of them all tests on a node."""
    from xdist.scheduler import LoadFileScheduling

    class Whole(LoadFileScheduling):  # type: ignore[misc]  # which has no types
        def _split_scope(self, nodeid: str) -> str:
            return "tests/node" if nodeid.startswith("tests/node/") else super()._split_scope(nodeid)

    return Whole(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests on a node first, for they wait most."""
    items.sort(key=lambda item: item.get_closest_marker("node") is None)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the tests that this run leaves out, by what they need."""
    _LEFT_OUT.update(mark.name for item in items for mark in item.iter_markers())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes has left out, which is what each of them has."""
    if not _LEFT_OUT:
        _LEFT_OUT.update(getattr(node, "workeroutput", {}).get("left_out", {}))  # one that died has none


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what else there is: the tests that were left out, and the budgets that were small."""
    markers = (line.partition(": ") for line in config.getini("markers"))
    lines = [f"{_LEFT_OUT[name]:6} {needs}" for name, _, needs in markers if _LEFT_OUT[name]]
    if lines:
        terminalreporter.section("left out")
        terminalreporter.write_line("\n".join(lines))
        if not FULL:
            terminalreporter.write_line(
                "Generated inputs, kills and hostile projects were a sample; GEN_TEST_FULL=1 runs them all."
            )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be left out, as in continuous integration, a skipped test is a failure."""
    if hasattr(session.config, "workeroutput"):  # one of several processes, which tells the first
        session.config.workeroutput["left_out"] = dict(_LEFT_OUT)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GEN_REQUIRE_ALL") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True, scope="session")
def _cache_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees what the user's own runs have kept, or leaves anything there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


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
