"""What is shown of a Secret: its keys, and whether its values differ."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

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
    write(project, {"templates/secret.yaml.j2": MADE.replace("{{ name }}", "hunter2")})
    assert gen("render", "--env", "dev", "--unversioned").status == 0
    write(project, {"templates/secret.yaml.j2": MADE.replace("{{ name }}", "hunter3")})
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
