"""The invariants of ARCHITECTURE.md that no import contract can hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import catalogue
from generator.core.manifests import Manifest
from generator.core.values import Values
from generator.diagnostics import Exit
from generator.project import find

ROOT = Path(__file__).parent.parent
CODE = ROOT / "generator"
OPENING = {"open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes", "scandir", "walk"}
# Whoever opens files, and which.
OPENS = {
    "__main__.py": "the null device, in the place of a closed stream",
    "cache.py": "what was compiled",
    "git.py": "an empty repository of ours",
    "output.py": "the folder of an environment",
    "selection.py": "the links in rendered/",
    "staging.py": "the folder of an environment",
    "commands/explain.py": "the rendered file that is asked for",
    "commands/fleet.py": "pipes",
    "provision/models.py": "names and sizes in the folder of models",
    "commands/targets.py": "folders below rendered/",
    "commands/verify_access.py": "files that options name",
    "registry/credentials.py": "credentials",
    "registry/pull_secret.py": "a pull secret that was written earlier",
    "serving/expectations_file.py": "expectations",
    "serving/files.py": "inputs of a model",
    "serving/transport.py": "certificates",
    "serving/wire.py": "the descriptor of the protocol",
    "sources/disk.py": "the sources",
    "commands/completion.py": "files whose lines a shell completes",
    "sources/packaged.py": "packaged sources",
}
TALKS = {
    "__main__.py",
    "cli.py",
    "report/live_table.py",
    "report/progress.py",
    "report/question.py",
    "report/reporter.py",
    "report/streams.py",
}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the package with the name of its module."""
    for path in CODE.rglob("*.py"):
        if "starters" in path.parts:  # what projects get is no module of gen
            continue
        name = path.relative_to(CODE).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield name, node


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_files_are_opened_where_the_architecture_says() -> None:
    opening = {name for name, node in calls() if called(node) in OPENING and name != "core/sources.py"}
    assert opening - OPENS.keys() == set()


def test_only_reports_write_to_the_standard_streams() -> None:
    talking = {
        path.relative_to(CODE).as_posix()
        for path in CODE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("stdout", "stderr")
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    }
    assert talking - TALKS == set()


def test_only_the_command_line_decides_the_exit_status() -> None:
    ending = {
        name
        for name, node in calls()
        if called(node) == "_exit" or ast.unparse(node.func) in ("sys.exit", "exit", "typer.Exit")
    }
    # A process of a fleet ends itself; a diff and the gate of a review fail with what they have shown.
    assert ending <= {"__main__.py", "cli.py", "commands/diff.py", "commands/fleet.py", "commands/review.py"}


def test_each_rule_has_one_exit_status() -> None:
    meant = {"usage": Exit.USAGE, "unknown": Exit.UNKNOWN}
    wrong = [
        f"{name}:{node.lineno} {rule.value}"
        for name, node in calls()
        if called(node) in meant
        and node.args
        and isinstance(rule := node.args[0], ast.Constant)
        and rule.value in catalogue.rules_by_id()
        and catalogue.rules_by_id()[rule.value].status != meant[called(node)]
        and rule.value != "verify/no-service"  # not rendered is wrong usage, not in the cluster is unknown
    ]
    assert wrong == []


def test_what_later_checks_rely_on_cannot_be_lowered() -> None:
    lowerable = {rule.id for rule in catalogue.rules_by_id().values() if rule.lowerable}
    assert lowerable
    assert not [rule for rule in lowerable if not rule.startswith("check/") or rule.startswith("check/api-")]
    assert not lowerable & {
        f"check/{name}" for name in ("identity", "list", "duplicate", "name", "secret", "size")
    }


@pytest.mark.parametrize("environment", ["dev", "kind", "azure"])
def test_no_stage_asks_where_a_value_came_from(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("a stage asked for an origin")

    project = find(ROOT)
    expected = project.line.render(environment, project.layers(environment))
    for owner, name in ((Manifest, "trace"), (Values, "span"), (Values, "origins"), (Values, "related")):
        monkeypatch.setattr(owner, name, asked)
    found = project.line.render(environment, project.layers(environment))
    assert [file.content for file in found.files] == [file.content for file in expected.files]
