"""The values of `registry.pullSecret`: each mode takes its own fields, and gets its own defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Gen
from tests.registry.conftest import mode

ID = '"00000000-0000-0000-0000-000000000001"'
EXTERNAL = f"mode: external, auth: {{managedIdentity: {{identityId: {ID}}}}}"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ("{mode: secrt}", "expected: one of `none`, `secret`, `sealed`, `external`"),
        ("{mode: secrt}", "did you mean `secret`?"),
        ("{name: acr}", "`registry.pullSecret.mode` is missing"),
        ("{mode: none, name: acr}", "unknown key `name` in `registry.pullSecret`"),
        ("{mode: secret, scope: strict}", "unknown key `scope`"),
        ("{mode: sealed, refreshInterval: 3m}", "unknown key `refreshInterval`"),
        ("{mode: external}", "`registry.pullSecret.auth` is missing"),
        ("{mode: external, auth: {}}", "auth.workloadIdentity` is missing"),
        (f"{{{EXTERNAL}, scope: strict}}", "text such as"),
        (f"{{{EXTERNAL}, refreshInterval: often}}", "text such as"),
    ],
)
def test_what_a_mode_does_not_take(serving: Path, gen: Gen, values: str, told: str) -> None:
    mode(serving, values)
    ran = gen("render", "--env", "azure")
    assert ran.status == 1
    assert told in ran.err


@pytest.mark.parametrize(
    ("values", "field", "default"),
    [
        ("{mode: secret}", "name", '"acr"'),
        (f"{{{EXTERNAL}}}", "refreshInterval", '"30m"'),
        (f"{{{EXTERNAL}}}", "environmentType", '"PublicCloud"'),
    ],
)
def test_defaults_are_those_of_the_mode(
    serving: Path, gen: Gen, values: str, field: str, default: str
) -> None:
    mode(serving, values)
    ran = gen("explain", f"registry.pullSecret.{field}", "--env", "azure")
    assert f"registry.pullSecret.{field} = {default}" in ran.out
    assert "schema/registry.schema.json" in ran.out


def test_a_pull_secret_wants_a_registry(serving: Path, gen: Gen) -> None:
    path = serving / "values/azure.yaml"
    path.write_text(path.read_text().replace("  loginServer: ganregistry.azurecr.io\n", ""))
    assert "`registry.loginServer` is missing" in gen("render", "--env", "azure").err
