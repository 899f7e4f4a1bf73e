"""`gen promote`: what is carried, what is not, and what a record of `gen verify` has to hold."""

from __future__ import annotations

import copy as copies
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core import serialise
from tests.conftest import Gen, tree, write
from tests.test_docs import copy  # noqa: F401

DIGEST, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64
RECORD: dict[str, Any] = {
    "environment": "dev",
    "values": {
        "image.repository": "gan-serving",
        "image.tag": "2.0",
        "image.digest": DIGEST,
    },
    "rendered": [f"gan-serving:2.0@{DIGEST}"],
    "running": {
        f"docker.io/library/gan-serving:2.0@{DIGEST}": [f"docker.io/library/gan-serving@{DIGEST}"],
        "sidecar:1": [f"sidecar@{OTHER}"],
    },
    "model": "gan",
    "version": 3,
    "answers": [{"input": "a", "version": 3, "outputs": {"scores": {}}, "problems": []}],
    "unanswered": [],
    "checks": [],
    "holds": True,
}


@pytest.fixture
def released(copy: Path, gen: Gen) -> Path:  # noqa: F811
    """This repository's project with a release in dev."""
    ran = gen("set", "--project", copy, "image.tag=2.0", f"image.digest={DIGEST}", "--env", "dev")
    assert ran.status == 0, ran.err
    return copy


def test_what_is_listed_goes_to_the_file_and_the_rest_is_named(released: Path, gen: Gen) -> None:
    before = (released / "values/azure.yaml").read_text()
    ran = gen("promote", "dev", "azure", "--project", released)
    assert ran.status == 0, ran.err
    after = (released / "values/azure.yaml").read_text()
    assert f'image:\n  tag: "2.0"\n  digest: {DIGEST}\n' in after
    assert all(line in after.splitlines() for line in before.splitlines())
    assert "azure with what dev has against azure as it is: " in ran.out
    assert "replicas: 1, 2" in ran.out.partition("Not promoted")[2]
    assert f":2.0@{DIGEST}" in (released / "rendered/azure/40-deployment-gan.yaml").read_text()
    assert gen("check", "--project", released, "--env", "azure").status == 0
    again = gen("promote", "dev", "azure", "--project", released)
    assert "nothing to change" in again.out
    assert (released / "values/azure.yaml").read_text() == after


def test_programs_get_the_review_and_what_is_left(released: Path, gen: Gen) -> None:
    found = json.loads(gen("promote", "dev", "kind", "--project", released, "--format", "json").out)
    assert {"path": "namespace.name", "dev": "gan-dev", "kind": "gan-kind"} in found["notCarried"]
    assert not [one for one in found["notCarried"] if one["path"].startswith("image.tag")]
    assert found["review"]["environments"][0]["environment"] == "kind"


NAMES = ["a", "b", "c"]
TREES = st.recursive(
    st.integers(0, 2) | st.lists(st.integers(0, 1), max_size=2),
    lambda below: st.dictionaries(st.sampled_from(NAMES), below, max_size=3),
    max_leaves=6,
)
FILES = st.dictionaries(st.sampled_from(NAMES), TREES | st.none(), max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=FILES, first=FILES, second=FILES)
def test_the_environments_agree_on_what_is_listed_or_nothing_is_written(
    project: Path, gen: Gen, base: Any, first: Any, second: Any
) -> None:
    texts = {"base": base, "dev": first, "prod": second}
    files = {f"values/{name}.yaml": serialise.dump(data) if data else "{}\n" for name, data in texts.items()}
    write(
        project,
        {**files, "schema/values.schema.json": '{"type": "object"}', "gen.yaml": "promote: [a, b.*]\n"},
    )
    write(project, {"templates/configmap.yaml.j2": _SHOWS})
    assert gen("render", "--all").status == 0
    ran = gen("promote", "dev", "prod", "--format", "json")
    if ran.status:
        assert '"promote/inherited"' in ran.out
        assert {name: (project / name).read_text() for name in files} == files
        return
    shown = [json.loads(_data(project / "rendered" / name)) for name in ("dev", "prod")]
    assert shown[0].get("a", "absent") == shown[1].get("a", "absent")
    inner = [one.get("b") if isinstance(one.get("b"), dict) else {} for one in shown]
    assert all(inner[0][name] == inner[1][name] for name in inner[0].keys() & inner[1].keys())


_SHOWS = """\
apiVersion: v1
kind: ConfigMap
metadata: { name: all }
data:
  all: "{{ {'a': a | default('absent'), 'b': b | default(0), 'c': c | default(0)} | tojson }}"
"""


def _data(folder: Path) -> str:
    import yaml

    body = yaml.safe_load((folder / "25-configmap-all.yaml").read_text())
    return str(body["data"]["all"])


@pytest.mark.parametrize(
    ("arguments", "status", "rule"),
    [
        (("dev", "nowhere"), 2, "usage/environment"),
        (("dev", "dev"), 2, "promote/same"),
        (("dev", "azure", "--verified", "absent.json"), 1, "file/unreadable"),
        (("dev", "azure", "--verified", "values/dev.yaml"), 2, "promote/record"),
    ],
)
def test_wrong_usage_writes_nothing(
    released: Path,
    gen: Gen,
    arguments: tuple[str, ...],
    status: int,
    rule: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(released)
    before = tree(released / "values"), tree(released / "rendered")
    ran = gen("promote", *arguments)
    assert (ran.status, rule in ran.err) == (status, True), ran.err
    assert (tree(released / "values"), tree(released / "rendered")) == before


def test_an_environment_that_would_not_be_valid_stays(released: Path, gen: Gen) -> None:
    settings_ = (released / "gen.yaml").read_text()
    more = settings_.replace("  - image.tag\n", "  - image.tag\n  - registry.loginServer\n")
    (released / "gen.yaml").write_text(more)
    before = tree(released / "values"), tree(released / "rendered")
    ran = gen("promote", "dev", "azure", "--project", released)
    assert (ran.status, "error[schema/missing]" in ran.err) == (1, True), ran.err
    assert (tree(released / "values"), tree(released / "rendered")) == before


def test_settings_are_needed(released: Path, gen: Gen) -> None:
    (released / "gen.yaml").write_text("")
    ran = gen("promote", "dev", "azure", "--project", released)
    assert (ran.status, "promote/settings" in ran.err) == (2, True)


def changed(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    *steps, last = path.split("/")

    def change(record: dict[str, Any]) -> None:
        at: Any = record
        for step in steps:
            at = at[int(step) if step.isdigit() else step]
        at[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed("environment", "kind"), "it belongs to another environment"),
        (changed("values/image.tag", "1.9"), "`image.tag` of dev is another value"),
        (changed("values/image.digest", OTHER), "`image.digest` of dev is another value"),
        (changed("rendered", [f"gan-serving:2.0@{OTHER}"]), "not the one that was rendered"),
        (changed("running", {"gan-serving:2.0": [f"gan-serving@{OTHER}"]}), "the running image is not"),
        (changed("running", {"gan-serving:2.0": [f"gan-serving@{DIGEST}", ""]}), "the running image is not"),
        (changed("running", {"sidecar:1": [f"sidecar@{DIGEST}"]}), "the running image is not"),
        (changed("answers/0/version", 2), "another version of the model answered"),
        (changed("answers/0/problems", [{}]), "did not hold"),
        (changed("answers", []), "no request was sent to the model"),
        (changed("unanswered", ["a"]), "did not hold"),
        (changed("holds", False), "did not hold"),
    ],
)
def test_a_record_of_something_else_keeps_it_back(
    released: Path, gen: Gen, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    before = tree(released / "values")
    record = copies.deepcopy(RECORD)
    (released / "record.json").write_text(json.dumps(record))
    change(record)
    (released / "changed.json").write_text(json.dumps(record))
    ran = gen("promote", "dev", "azure", "--project", released, "--verified", released / "changed.json")
    assert (ran.status, "promote/unverified" in ran.err) == (1, True), ran.err
    assert message in ran.err
    assert tree(released / "values") == before
    assert (
        gen("promote", "dev", "azure", "--project", released, "--verified", released / "record.json").status
        == 0
    )


@pytest.mark.parametrize("text", ["{}", "[" * 100_000, "\x00", '{"environment": 1}', "NaN"])
def test_what_is_no_record_is_refused(released: Path, gen: Gen, text: str) -> None:
    (released / "record.json").write_text(text)
    ran = gen("promote", "dev", "azure", "--project", released, "--verified", released / "record.json")
    assert (ran.status, "promote/record" in ran.err) == (2, True), ran.err


def test_without_a_digest_nothing_is_verified(released: Path, gen: Gen) -> None:
    assert gen("set", "--project", released, "--unset", "image.digest", "--env", "dev").status == 0
    (released / "record.json").write_text(json.dumps(RECORD))
    ran = gen("promote", "dev", "azure", "--project", released, "--verified", released / "record.json")
    assert (ran.status, "gen pin --env dev" in ran.err) == (1, True), ran.err
