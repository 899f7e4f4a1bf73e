"""`gen render --output -`: manifests for a pipe, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.core.layout import MARK
from tests.conftest import Gen, tree, write

ROOT = Path(__file__).resolve().parents[2]
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: hunter2}\n"


def test_the_stream_is_what_the_files_hold(monkeypatch: pytest.MonkeyPatch, gen: Gen) -> None:
    monkeypatch.chdir(ROOT)
    out = gen("render", "--env", "kind", "--output", "-").out
    files = sorted((ROOT / "rendered/kind").glob("*.yaml"))
    assert out == "".join(f"---\n{file.read_text()}" for file in files)
    assert list(yaml.safe_load_all(out)) == [yaml.safe_load(file.read_text()) for file in files]


def test_nothing_is_written(project: Path, gen: Gen) -> None:
    before = tree(project)
    write(project, {"templates/tool.config.j2": "key: {{ name }}\n"})
    ran = gen("render", "--env", "dev", "--output", "-")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"---\n{MARK}")
    assert "key:" not in ran.out, "kubectl does not read what is for another tool"
    assert tree(project) == {**before, "templates/tool.config.j2": "key: {{ name }}\n"}
    assert not (project / "rendered").exists()


def test_a_secret_with_values_is_refused(project: Path, gen: Gen) -> None:
    write(project, {"templates/secret.yaml.j2": SECRET})
    ran = gen("render", "--env", "dev", "--output", "-")
    assert (ran.status, ran.out) == (1, "")
    assert "error[secret/stream]: the Secret s holds values" in ran.err
    assert "hunter2" not in ran.err


def test_a_pull_secret_is_left_out_with_a_warning(monkeypatch: pytest.MonkeyPatch, gen: Gen) -> None:
    monkeypatch.chdir(ROOT)
    ran = gen("render", "--env", "azure", "--output", "-")
    assert ran.status == 0
    assert "warning[secret/stream]" in ran.err
    assert "Secret" not in [body["kind"] for body in yaml.safe_load_all(ran.out)]


def test_with_an_error_nothing_is_printed(project: Path, gen: Gen) -> None:
    write(project, {"values/dev.yaml": "data: []\n"})
    ran = gen("render", "--env", "dev", "--output", "-")
    assert (ran.status, ran.out) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", "--all", "--output", "-"),
        ("render", "--env", "dev", "--env", "prod", "--output", "-"),
        ("render", "--env", "dev", "--output", "-", "--format", "sarif"),
        ("render", "--env", "dev", "--output", "-", "--registry-credentials", "x.json"),
        ("check", "--env", "dev", "--output", "-"),
    ],
)
def test_what_does_not_go_with_a_stream(project: Path, gen: Gen, arguments: tuple[str, ...]) -> None:
    ran = gen(*arguments)
    assert ran.status == 2
    assert "usage/output" in ran.out + ran.err
    assert not Path("-").exists()
