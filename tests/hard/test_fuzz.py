"""Thousands of generated and mutated inputs: each is rendered right, or refused with a diagnostic, in bounds.

An input that fails is kept in tests/hard/corpus/, where every later run begins with it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.budget import budget
from tests.hard.bounded import each
from tests.hard.fuzz import IN_ORDER, KINDS, Input, inputs, judge, seeds
from tests.hard.grow import alone, keep, odd_parts
from tests.hard.projects import gen, make, tree
from tests.hard.shut_off import shut_off

COUNT = int(os.environ.get("GEN_FUZZ_COUNT", budget(400, 6_000)))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_brings_gen_down(part: int) -> None:
    failures = []
    for given, complaint in each(judge, list(inputs(seed=part, count=COUNT // PARTS))):
        if complaint:
            kept = [keep(kind, text, "failed") for kind, text in odd_parts(given)]
            failures.append(f"{complaint}\nkept as {', '.join(kept)}\n{json.dumps(given._asdict())}")
    assert failures == []


def test_every_text_of_the_corpus_is_taken() -> None:
    corpus = [alone(kind, text) for kind in KINDS for text in seeds()[kind]]
    assert len(corpus) > 100
    assert [complaint for _, complaint in each(judge, corpus) if complaint] == []


def test_nothing_in_the_corpus_reaches_a_file_a_process_or_a_socket() -> None:
    corpus = [alone(kind, text) for kind in KINDS for text in seeds()[kind]]
    assert [complaint for _, complaint in each(shut_off, corpus) if complaint] == []


@pytest.mark.parametrize(
    "line", ["open('/etc/hostname')", "__import__('socket').create_connection(('::1', 1))"]
)
def test_it_would_be_seen(line: str) -> None:
    def reaching(given: Input) -> str:
        found = shut_off(given)
        try:
            exec(line)
        except BaseException as error:
            return type(error).__name__
        return found

    [(_, complaint)] = each(reaching, [alone("values", seeds()["values"][0])])
    assert complaint == "Forbidden"


def test_the_texts_in_order_are_taken_with_one_another() -> None:
    known = {kind: texts[:IN_ORDER] for kind, texts in seeds().items()}
    combined = [
        Input(template, values, schema)
        for template in known["template"]
        for values in known["values"]
        for schema in known["schema"]
    ]
    assert [complaint for _, complaint in each(judge, combined) if complaint] == []


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"s": {"pattern": "^(a+)+$"}}},
        {"properties": {"s": {"not": {"pattern": "a"}, "pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}}},
        {"properties": {"m": {"patternProperties": {"^(a+)+$": False}, "additionalProperties": False}}},
        {"properties": {"m": {"patternProperties": {"^(a+)+$": True}, "unevaluatedProperties": False}}},
        {"properties": {"m": {"propertyNames": {"pattern": "^(a+)+$"}}}},
        {"properties": {"m": {"additionalProperties": False}, "s": {"$ref": "#/properties/s"}}},
        {"properties": {"m": {"default": {}, "$ref": "#"}}},
        {"properties": {"n": {"default": {}, "$ref": "#"}}},
        {"allOf": [{"$ref": "#"}]},
        {"$dynamicRef": "#"},
        {"properties": {"s": {"format": "regex", "maxLength": 1}}},
    ],
    ids=lambda schema: next(iter(str(s)[:60] for s in schema.values())),
)
def test_a_schema_does_not_use_up_the_machine(schema: dict[str, object]) -> None:
    evil = "a" * 60 + "!"
    values = f"s: {evil}\nm: {{{evil}: 1}}\n"
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { k: '{{ s }}' }\n"
    given = Input(template, values, json.dumps({"type": "object", **schema}))
    assert [complaint for _, complaint in each(judge, [given]) if complaint] == []


def test_nothing_is_written_where_one_environment_is_wrong(tmp_path: Path) -> None:
    good, bad = 'name: a\ndata: { k: "1" }\n', "name: a\ndata: { k: yes }\n"
    root = make(tmp_path, {"a": good, "b": bad, "c": good})
    assert gen(root, "render", "--all").returncode == 1
    assert tree(root / "rendered") == {}
    make(tmp_path, {"a": good, "b": good, "c": good})
    assert gen(root, "render", "--all").returncode == 0
    before = tree(root / "rendered")
    make(tmp_path, {"a": good.replace("1", "2"), "b": bad})
    assert gen(root, "render", "--all").returncode == 1
    assert tree(root / "rendered") == before
