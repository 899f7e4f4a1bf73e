"""What is shown of a Secret: its keys, and whether its values differ."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core import mask
from tests.conftest import Gen, write
from tests.registry.test_guard import FILE, MADE

VALUES = st.dictionaries(
    st.sampled_from("abc"), st.text(st.characters(codec="ascii"), min_size=9), max_size=3
)
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def secret(data: dict[str, str], text: dict[str, str]) -> dict[str, Any]:
    applied = {"annotations": {APPLIED: repr([data, text]), "other": "kept"}}
    return {"kind": "Secret", "metadata": applied, "data": data, "stringData": text}


@given(VALUES, VALUES, VALUES, VALUES)
def test_no_value_survives(
    a: dict[str, str], b: dict[str, str], c: dict[str, str], d: dict[str, str]
) -> None:
    shown = mask.objects(secret(a, b), secret(c, d))
    for before, after in zip((a, b), (c, d), strict=True):
        for key in before.keys() & after.keys():
            fields = "data" if before is a else "stringData"
            marks = {state[fields][key] for state in shown}
            assert marks == ({"***"} if before[key] == after[key] else {"*** (before)", "*** (after)"})
    left = {text for state in shown for field in ("data", "stringData") for text in state[field].values()}
    assert left <= {"***", "*** (before)", "*** (after)"}
    assert all(state["metadata"]["annotations"] == {APPLIED: "***", "other": "kept"} for state in shown)


def test_other_objects_are_shown_as_they_are() -> None:
    config = {"kind": "ConfigMap", "data": {"a": "b"}}
    assert mask.objects(config, None) == (config, None)
    assert mask.objects({"kind": "Secret", "data": "odd"}, config) == (
        {"kind": "Secret", "data": "***"},
        config,
    )


def test_the_diff_of_a_secret_tells_that_it_differs(project: Path, gen: Gen) -> None:
    write(project, {"templates/secret.yaml.j2": MADE})
    assert gen("render", "--env", "dev", "--unversioned").status == 0
    write(project, {"templates/secret.yaml.j2": MADE.replace("hunter2", "hunter3")})
    ran = gen("check", "--env", "dev")
    assert '-   key: "*** (before)"' in ran.out
    assert '+   key: "*** (after)"' in ran.out
    assert "hunter" not in ran.out + ran.err
    (project / "templates/secret.yaml.j2").unlink()
    ran = gen("check", "--env", "dev")
    assert "drift/stale" in ran.err
    assert "hunter" not in ran.out + ran.err


def test_a_secret_that_cannot_be_read_is_not_shown(project: Path, gen: Gen) -> None:
    write(project, {"templates/secret.yaml.j2": MADE})
    assert gen("render", "--env", "dev", "--unversioned").status == 0
    value = base64.b64encode(b"hunter2").decode()
    path = project / FILE
    path.write_text(f"{path.read_text()}\tdata: {{a: {value}\n")
    for command in ("check", "render"):
        ran = gen(command, "--env", "dev", *(["--unversioned"] if command == "render" else []))
        assert value not in ran.out + ran.err


LITERAL = """\
apiVersion: v1
kind: Secret
metadata:
  name: gan
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"key":"hunter2"}}'
stringData:
  key: hunter2
  text: |
    first
    hunter2
"""


@pytest.mark.parametrize("form", ["text", "json", "concise"])
def test_no_form_of_explain_shows_what_a_secret_holds(project: Path, gen: Gen, form: str) -> None:
    write(project, {"templates/secret.yaml.j2": LITERAL})
    assert gen("render", "--env", "dev", "--unversioned").status == 0
    file = project / "rendered/dev/20-secret-gan.yaml"
    lines = [f"rendered/dev/20-secret-gan.yaml:{n + 1}" for n in range(len(file.read_text().splitlines()))]
    fields = ["stringData.key", "stringData.text", "stringData", "metadata.annotations", "kind"]
    for target in (*lines, *(f"secret/gan:{field}" for field in fields)):
        ran = gen("explain", target, *(() if target in lines else ("--env", "dev")), "--format", form)
        assert ran.status == 0, ran.err
        assert "hunter2" not in ran.out + ran.err


def test_a_copy_of_a_secret_in_an_annotation_is_guarded_like_the_secret(project: Path, gen: Gen) -> None:
    write(project, {"templates/secret.yaml.j2": LITERAL.partition("stringData:\n")[0]})
    ran = gen("render", "--env", "dev")
    assert ran.status == 1
    assert "error[secret/no-repository]" in ran.err
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize(
    "field", ["stringData: { key: '{{ p }}' }", "data: { key: {{ p | b64encode }} }", "data: {{ q }}"]
)
def test_a_committed_value_that_ends_in_a_secret_is_an_error(project: Path, gen: Gen, field: str) -> None:
    made = LITERAL.partition("stringData:\n")[0].replace("hunter2", "x") + field + "\n"
    write(
        project, {"templates/secret.yaml.j2": made, "values/dev.yaml": "p: hunter2\nq: { k: aHVudGVyMg== }\n"}
    )
    for command in (
        "check --env dev",
        "render --env dev",
        "explain secret/gan:data --env dev",
        "explain p --env dev",
    ):
        ran = gen(*command.split())
        assert ran.status == 1
        assert "error[secret/committed]" in ran.err
        assert "values/dev.yaml:" in ran.err
        assert "hunter2" not in ran.out + ran.err
        assert "aHVudGVyMg" not in ran.out + ran.err
