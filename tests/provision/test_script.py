"""The scripts of `gen provision`: short, clean to shellcheck, and closed to whatever values hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.provision import steps
from tests.conftest import Gen, write

VARIANTS = [
    ["--env", "kind"],
    ["--env", "azure"],
    ["--env", "azure", "--local-build"],
    ["--env", "kind", "--destroy"],
    ["--env", "azure", "--destroy"],
]
FULL = """
azure:
  subscription: 11111111-2222-3333-4444-555555555555
  workloadIdentity: true
  registrySku: Premium
"""


def without_secret(home: Path) -> None:
    """Nodes pull as they are, and everything that can be said of Azure is said."""
    text = (home / "values/azure.yaml").read_text()
    text = text.replace("mode: secret\n    name: acr", "mode: none").replace("\nazure:\n", FULL)
    write(home, {"values/azure.yaml": text})


@pytest.mark.parametrize("arguments", VARIANTS, ids=" ".join)
@pytest.mark.parametrize("secret", [True, False], ids=["secret", "attached"])
def test_shellcheck_finds_nothing_in_a_page_that_can_be_read(
    arguments: list[str], secret: bool, home: Path, gen: Gen
) -> None:
    if not secret:
        without_secret(home)
    script = gen("provision", *arguments).out
    program = Path(sys.executable).with_name("shellcheck")
    ran = subprocess.run(
        [program, "--enable", "quote-safe-variables,check-unassigned-uppercase", "-"],
        input=script,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout) == (0, "")
    assert len(script.splitlines()) < 120
    assert [line for line in script.splitlines() if len(line) > 120] == []


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(TEXT, st.lists(TEXT, min_size=1))
def test_bash_reads_every_value_as_it_is(text: str, several: list[str]) -> None:
    print_all = 'printf \'%s\\0\' "$TEXT" "${SEVERAL[@]}"'
    step = steps.Step("show", "shows", "", (), (print_all,))
    script = steps.building("about", {"TEXT": text, "SEVERAL": several}, [step])
    ran = subprocess.run(["bash"], input=script.text.encode(), capture_output=True)
    shown = ran.stdout.partition(b"show: shows\n")[2].decode().split("\0")
    assert shown == [text, *several, ""]


HOSTILE = [
    'gan"; touch owned; "',
    "$(touch owned)",
    "`touch owned`",
    "gan\ntouch owned",
    "gan'; touch owned; '",
    "--name=other",
    "",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["resourceGroup", "location", "cluster", "nodes.size"])
def test_a_name_that_azure_does_not_take_is_an_error_at_its_line(
    value: str, name: str, home: Path, gen: Gen
) -> None:
    """Whatever the project's own schema allows."""
    schema = home / "schema/values.schema.json"
    schema.write_text(schema.read_text().replace('{ "$ref": "azure.schema.json" }', '{"description": "any"}'))
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    key = name.rpartition(".")[2]
    lines = (home / "values/azure.yaml").read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    lines[at] = lines[at].partition(":")[0] + f": {quoted}"
    write(home, {"values/azure.yaml": "\n".join(lines) + "\n"})
    ran = gen("provision", "--env", "azure")
    assert (ran.status, ran.out) == (1, "")
    assert f"error[provision/name]: `azure.{name}` " in ran.err
    assert f"--> values/azure.yaml:{at + 1}:" in ran.err


def test_names_that_are_too_long_together_are_an_error(home: Path, gen: Gen) -> None:
    text = (home / "values/azure.yaml").read_text()
    write(home, {"values/azure.yaml": text.replace("resourceGroup: gan", f"resourceGroup: {'g' * 80}")})
    assert "names that are too long together" in gen("provision", "--env", "azure").err


def test_a_login_server_of_another_registry_is_an_error(home: Path, gen: Gen) -> None:
    text = (home / "values/azure.yaml").read_text()
    write(home, {"values/azure.yaml": text.replace("ganregistry.azurecr.io", "gan-registry.example.com")})
    ran = gen("provision", "--env", "azure")
    assert "error[provision/name]: `registry.loginServer` is no name that Azure takes" in ran.err


def test_an_image_that_no_container_runs_is_an_error(home: Path, gen: Gen) -> None:
    template = home / "templates/_pod.j2"
    template.write_text(template.read_text().replace("tag is defined", "tag is undefined"))
    text = (home / "gen.yaml").read_text()
    write(home, {"gen.yaml": text.replace("repository: image.repository", "repository: name")})
    ran = gen("provision", "--env", "kind")
    assert "error[provision/image]: no container runs gan:1.0.0" in ran.err


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["--env", "dev"], "provision/nothing"),
        (["--env", "prod"], "usage/environment"),
        (["--env", "kind", "--yes"], "usage/provision"),
        (["--env", "kind", "--check", "--run"], "usage/provision"),
    ],
)
def test_wrong_usage(arguments: list[str], rule: str, home: Path, gen: Gen) -> None:
    ran = gen("provision", *arguments)
    assert (ran.status, ran.out, ran.err.startswith(f"error[{rule}]")) == (2, "", True)


def test_a_project_without_an_image_in_its_settings_is_told_what_to_add(project: Path, gen: Gen) -> None:
    ran = gen("provision", "--env", "dev")
    assert (ran.status, "add to gen.yaml, with the paths of values:" in ran.err) == (2, True)
