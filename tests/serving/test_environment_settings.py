"""What `gen verify --env` takes from gen.yaml: ports, Service, models, expectations and context."""

from __future__ import annotations

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


def test_the_context_is_the_expected_one(served: Path) -> None:
    cluster = (
        "environments: { dev: { cluster: { context: here } }, prod: { cluster: { context: 'aks-*' } } }\n"
    )
    write(served, {"gen.yaml": f"verify: {{ ports: {{ grpc: predict }} }}\n{cluster}"})
    assert verify_environment.read(served, "dev").context == "here"
    assert verify_environment.read(served, "prod").context == ""


def test_expectations_of_the_wrong_form_are_shown_in_the_values(served: Path, gen: Gen) -> None:
    write(served, {"gen.yaml": "verify: { ports: { grpc: predict }, expectations: server.want }\n"})
    write(served, {"values/dev.yaml": "server: { want: { latencies: 3s } }\n"})
    ran = gen("verify", "--env", "dev")
    assert (ran.status, "values/dev.yaml:1:19" in ran.err) == (1, True), ran.err


def test_without_settings_the_error_says_what_to_write(served: Path, gen: Gen) -> None:
    ran = gen("verify", "--env", "dev")
    assert (ran.status, "error[verify/settings]" in ran.err) == (2, True)
    help = ran.err.partition("add to gen.yaml")[2]
    assert "verify:" in help
    assert "ports: { grpc: NAME, rest: NAME }" in help
