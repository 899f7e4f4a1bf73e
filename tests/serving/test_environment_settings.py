"""What `gen verify --env` takes from gen.yaml: ports, Service, models, expectations and context."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.commands import verify_environment
from generator.diagnostics import DiagnosticError
from tests.conftest import Gen, write

SERVICE = """apiVersion: v1
kind: Service
metadata: {{ name: {name}, namespace: ml }}
spec:
  selector: {{ app: x }}
  ports: [{{ name: predict, port: 80 }}, {{ name: web, port: 81 }}]
"""
VALUES = "name: shop\nserver: { names: [first, second], want: { minimumVersion: 3 } }\n"


@pytest.fixture
def served(project: Path) -> Path:
    """A project of other names than this repository's own."""
    templates = {f"templates/{name}.yaml.j2": SERVICE.format(name=name) for name in ("a", "b")}
    write(project, {**templates, "values/base.yaml": VALUES})
    return project


def test_names_are_those_of_the_settings(served: Path) -> None:
    verify = "{ ports: { rest: web }, models: server.names, expectations: server.want, service: service }"
    write(served, {"gen.yaml": f"verify: {verify}\n", "values/dev.yaml": "service: b\n"})
    found = verify_environment.read(served, "dev")
    assert (found.models, found.expected.minimum_version) == (["first", "second"], 3)
    assert (found.ports, found.service) == ({"rest": "web"}, "b")
    with pytest.raises(DiagnosticError, match="this environment serves first, second"):
        verify_environment.only_model(found)


def kubeconfig(
    root: Path, contexts: list[tuple[str, str]], current: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kubeconfig whose contexts lead to addresses of API servers; they need not answer."""
    config = {
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in contexts],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "u"}} for name, _ in contexts],
        "users": [{"name": "u", "user": {}}],
        "current-context": current,
    }
    (root / "kubeconfig").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(root / "kubeconfig"))


def test_the_context_is_the_expected_one(served: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = (
        "environments: { dev: { cluster: { context: here } }, prod: { cluster: { context: 'aks-*' } } }\n"
    )
    write(served, {"gen.yaml": f"verify: {{ ports: {{ grpc: predict }} }}\n{cluster}"})
    contexts = [(name, "https://localhost:1") for name in ("here", "aks-a", "there")]
    kubeconfig(served, contexts, current="there", monkeypatch=monkeypatch)
    ran = gen("verify", "--env", "dev", "--model", "m")
    assert "here (https://localhost:1)" in ran.err, ran.err
    ran = gen("verify", "--env", "prod", "--model", "m")
    assert (ran.status, "error[cluster/other]" in ran.err, "found: there" in ran.err) == (1, True, True), (
        ran.err
    )
    assert (
        "error[cluster/other]" not in gen("verify", "--env", "prod", "--model", "m", "--context", "there").err
    )


def test_the_server_is_the_expected_one(served: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = "environments: { dev: { cluster: { context: here, server: 'https://LocalHost:1/' } } }\n"
    write(served, {"gen.yaml": f"verify: {{ ports: {{ grpc: predict }} }}\n{cluster}"})
    kubeconfig(served, [("here", "https://localhost:2")], current="here", monkeypatch=monkeypatch)
    ran = gen("verify", "--env", "dev", "--model", "m")
    assert (ran.status, "gen.yaml:2:24" in ran.err, "found: https://localhost:2" in ran.err) == (
        1,
        True,
        True,
    ), ran.err
    kubeconfig(served, [("here", "https://localhost:1")], current="here", monkeypatch=monkeypatch)
    assert "error[cluster/other]" not in gen("verify", "--env", "dev", "--model", "m").err


def test_expectations_of_the_wrong_form_are_shown_in_the_values(served: Path, gen: Gen) -> None:
    write(served, {"gen.yaml": "verify: { ports: { grpc: predict }, expectations: server.want }\n"})
    write(served, {"values/dev.yaml": "server: { want: { latencies: 3s } }\n"})
    ran = gen("verify", "--env", "dev", "--model", "m")
    assert (ran.status, "values/dev.yaml:1:19" in ran.err) == (1, True), ran.err


def test_without_settings_the_error_says_what_to_write(served: Path, gen: Gen) -> None:
    ran = gen("verify", "--env", "dev")
    assert (ran.status, "error[verify/settings]" in ran.err) == (2, True)
    help = ran.err.partition("add to gen.yaml")[2]
    assert "verify:" in help
    assert "ports: { grpc: NAME, rest: NAME }" in help
