"""`gen set`, and the laws of an edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.editing import in_raw
from generator.core import documents, nodes, serialise
from generator.core.edit import REMOVE, edit
from generator.core.paths import Path as FieldPath
from generator.diagnostics import DiagnosticError, Source
from tests.conftest import Gen, tree
from tests.test_docs import copy  # noqa: F401

_ORDER = ["c", "a", "b", "d"]
_TEXTS = st.text("ab1: #,'\"\n{}[]-&*é", max_size=8)
_LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | _TEXTS
_VALUES = st.recursive(
    _LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(_ORDER), below, max_size=3),
    max_leaves=8,
)
_TREES = st.dictionaries(st.sampled_from(_ORDER), _VALUES, max_size=4)
_PATHS = st.lists(st.sampled_from(_ORDER), min_size=1, max_size=3).map(tuple)


def data(text: str) -> Any:
    source = Source("values/dev.yaml", text)
    return nodes.plain(documents.parse_one(source), source)


def changed(text: str, path: FieldPath, value: Any) -> str:
    made = edit(Source("values/dev.yaml", text), path, value, lambda _: _ORDER)
    return text if made is None else made.apply(text)


def expected(before: Any, path: FieldPath, value: Any) -> Any:
    first, *rest = path
    if not rest:
        return {**before, first: value}
    return {**before, first: expected(before.get(first) or {}, tuple(rest), value)}


@given(_TREES, _PATHS, _VALUES, st.booleans())
def test_only_the_value_at_the_path_changes(before: Any, path: FieldPath, value: Any, flow: bool) -> None:
    text = "# head\n" + (serialise.dump(before) if before else "") + "# tail\n"
    if flow:
        text = text.replace("# tail", "d: { a: 1, b: [x, z] } # flow") if "d" not in before else text
    known = data(text)
    at: Any = known
    for step in path[:-1]:
        at = at.get(step) if isinstance(at, dict) else at
        if at is not None and not isinstance(at, dict):
            with pytest.raises(DiagnosticError):
                changed(text, path, value)
            return
    after = changed(text, path, value)
    assert data(after) == expected(known, path, value)
    assert after.startswith("# head\n")
    assert changed(after, path, value) == after
    unset = changed(after, path, REMOVE)
    assert path[-1] not in (data(unset) if len(path) == 1 else parent(data(unset), path))


def parent(tree: Any, path: FieldPath) -> Any:
    for step in path[:-1]:
        tree = tree[step]
    return tree


TEXT = """\
# head
c: {a: 1, b: 'x'}  # flow

a:  # block
  b: "one"  # why
  d:
  - 1
  - name: x
    b: 2

b: |
  text
# tail
"""


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("a", "b"), "two", 'b: "one"  # why', 'b: "two"  # why'),
        (("c", "b"), "y", "b: 'x'}", "b: 'y'}"),
        (("c", "d"), "p,q", "b: 'x'}", "b: 'x', d: \"p,q\"}"),
        (("a", "d", 0), 5, "- 1\n", "- 5\n"),
        (("a", "d", 1, "b"), "0123", "    b: 2\n", '    b: "0123"\n'),
        (("b",), "line", "b: |\n  text\n", "b: line\n"),
        (("a", "b"), {"c": 1}, 'b: "one"  # why', "b:  # why\n    c: 1"),
        (("d",), 1, "  text\n", "  text\n\nd: 1\n"),
        (("a", "d"), REMOVE, "  d:\n  - 1\n  - name: x\n    b: 2\n", ""),
        (("c", "a"), REMOVE, "{a: 1, b: 'x'}", "{b: 'x'}"),
        (("a", "d", 0), REMOVE, "  - 1\n", ""),
    ],
)
def test_all_other_bytes_stay(path: FieldPath, value: Any, before: str, after: str) -> None:
    assert before in TEXT
    assert changed(TEXT, path, value) == TEXT.replace(before, after)


@pytest.mark.parametrize("path", [("a", "d", 2), ("b", "c"), ("a", "d", "name"), ("d", 0)])
def test_a_path_without_a_place_is_refused(path: FieldPath) -> None:
    with pytest.raises(DiagnosticError, match="set/path"):
        changed(TEXT, path, 1)


def test_shared_values_are_left_alone() -> None:
    with pytest.raises(DiagnosticError, match="set/layout"):
        changed("a: &x {b: 1}\nc: *x\n", ("c", "b"), 2)
    assert changed("a: &x {b: 1}\nc: *x\nd: 1\n", ("d",), 2) == "a: &x {b: 1}\nc: *x\nd: 2\n"


def test_line_breaks_of_windows_stay() -> None:
    raw = "a: 1\r\nb: 2\r\nc: 3\r\n"
    made = edit(Source("", raw.replace("\r\n", "\n")), ("b",), {"a": 1}, lambda _: [])
    assert made is not None
    assert in_raw(raw, made.start, made.end, made.text) == "a: 1\r\nb:\r\n  a: 1\r\nc: 3\r\n"


def test_values_and_what_follows_are_written(copy: Path, gen: Gen) -> None:  # noqa: F811
    (copy / "values/dev.yaml").write_bytes(
        b"\xef\xbb\xbf" + (copy / "values/dev.yaml").read_bytes().replace(b"\n", b"\r\n")
    )
    before = (copy / "values/dev.yaml").read_bytes()
    ran = gen("set", "--project", copy, "image.tag=1.0", "replicas=3", "--env", "dev")
    assert (ran.status, "image:" in ran.out) == (0, True), ran.err
    after = (copy / "values/dev.yaml").read_bytes()
    rest = iter(after.splitlines())
    assert all(line in rest for line in before.splitlines()), "every line is there, in the same order"
    assert b'tag: "1.0"\r\n' in after
    assert gen("check", "--project", copy, "--env", "dev").status == 0
    assert "gan-serving:1.0\n" in (copy / "rendered/dev/40-deployment-gan.yaml").read_text()
    assert "nothing to change" in gen("set", "--project", copy, "replicas=3", "--env", "dev").out
    assert (copy / "values/dev.yaml").read_bytes() == after


def test_a_hidden_value_is_named(copy: Path, gen: Gen) -> None:  # noqa: F811
    ran = gen("set", "--project", copy, "namespace.name=other", "--base")
    assert ran.status == 0
    assert "set/hidden" in ran.err
    assert "gen set --env dev --unset namespace.name" in ran.err


def test_a_mapping_is_hidden_only_where_its_entries_are(copy: Path, gen: Gen) -> None:  # noqa: F811
    ran = gen("set", "--project", copy, "service={type: ClusterIP, ports: {grpc: {port: 9}}}", "--base")
    assert ran.status == 0, ran.err
    hidden = {line for line in ran.err.splitlines() if "set/hidden" in line}
    assert any("`service.type` of values/base.yaml has no effect in azure" in line for line in hidden)
    assert not any("in dev" in line or "`service`" in line for line in hidden)


def test_values_of_a_file_merge(copy: Path, gen: Gen) -> None:  # noqa: F811
    (copy / "more.yaml").write_text("resources:\n  limits:\n    cpu: 3\nreplicas: 2\n")
    before = (copy / "values/dev.yaml").read_text()
    assert gen("set", "--project", copy, "--from", copy / "more.yaml", "--env", "dev").status == 0
    after = (copy / "values/dev.yaml").read_text()
    assert (
        after.replace("    cpu: 3\n", "    cpu: 1\n").replace("replicas: 2\n", "").split() == before.split()
    )


@pytest.mark.parametrize(
    ("arguments", "status", "rule"),
    [
        (("imag.tag=1", "--env", "dev"), 1, "schema/unknown-key"),
        (("replicas=x", "--env", "dev"), 1, "schema/type"),
        (("networkPolicy.from[3]=x", "--base"), 1, "set/path"),
        (('["\\q"]=1', "--env", "dev"), 2, "usage/assignment"),
        (("replicas", "--env", "dev"), 2, "usage/assignment"),
        (("replicas=2",), 2, "usage/environment"),
        (("--unset", "image.tag", "--env", "dev"), 1, "set/path"),
        (("replicas=3", "imag.tag=1", "--base"), 1, "schema/unknown-key"),
    ],
)
def test_nothing_is_written_when_it_fails(
    copy: Path,  # noqa: F811
    gen: Gen,
    arguments: tuple[str, ...],
    status: int,
    rule: str,
) -> None:
    before = tree(copy / "values"), tree(copy / "rendered")
    ran = gen("set", "--project", copy, *arguments)
    assert (ran.status, rule in ran.err) == (status, True), ran.err
    assert (tree(copy / "values"), tree(copy / "rendered")) == before
