"""Laws that hold for every input, tried on generated ones."""

from __future__ import annotations

import json
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.core import documents, manifests, nodes, paths, serialise, templates, values
from generator.core.templates import Templates
from generator.core.tree import Texts
from generator.core.values import Values
from generator.diagnostics import Source
from generator.pipeline import Pipeline

# What JSON can hold and UTF-8 can encode; the characters that gen reserves are left out.
RESERVED = "".join(map(chr, range(0x10FE00, 0x10FE0C)))
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=RESERVED))
words = st.sampled_from(
    "yes no on off y n true false null ~ 0123 0o17 1e3 1_000 12:30:45 2001-01-01 .inf 0x1F - ? : = << a:b"
    " 'quoted' \"double\" #comment |literal >folded %x @x `x *a &a !t {x} [x] , --- ... 1234e56".split()
)
strings = text | words
scalars = (
    strings
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
trees = st.recursive(
    scalars | st.none(),
    lambda child: st.lists(child, max_size=4) | st.dictionaries(strings, child, max_size=4),
)
mappings = st.dictionaries(strings, trees, max_size=5)

PERMISSIVE = {"schema/values.schema.json": '{"type": "object"}'}


def layer(data: dict[str, Any], name: str = "base") -> Source:
    """A values file that holds some data."""
    return Source(f"values/{name}.yaml", serialise.dump(data))


def rendered(template: str, data: dict[str, Any]) -> list[Any]:
    """The objects that a template makes of values."""
    made = Templates({"t.yaml": Source("templates/t.yaml", template)})
    text_made = made.render("t.yaml", templates.context(Values(data, (values.read(layer(data)),))))
    return [m.body for m in manifests.bind(manifests.parse(text_made), text_made)]


@given(trees)
def test_what_is_written_is_what_is_read(tree: Any) -> None:
    written = serialise.dump(tree)
    assert yaml.safe_load(written) == tree
    assert YAML(typ="safe", pure=True).load(StringIO(written)) == tree
    source = Source("x.yaml", written)
    documents.check_text(source)
    assert [nodes.plain(root, source) for root in documents.parse(source)] == [tree]


def as_go_writes(tree: Any) -> Any:
    """Go writes large floats without an exponent; they are the same number, to the same precision."""
    if isinstance(tree, dict):
        return {key: as_go_writes(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [as_go_writes(value) for value in tree]
    return float(tree) if isinstance(tree, int) and not isinstance(tree, bool) else tree


@settings(max_examples=15, deadline=None)
@given(trees_=st.lists(mappings, min_size=10, max_size=30))
def test_kubectl_reads_what_is_written(local_kubectl: str, trees_: list[dict[str, Any]]) -> None:
    objects = [
        {"apiVersion": "example.com/v1", "kind": "Law", "metadata": {"name": f"n{n}"}, "spec": tree}
        for n, tree in enumerate(trees_)
    ]
    command = [local_kubectl, "label", "--local", "-f", "-", "zz=1", "-o", "json"]
    text_in = "---\n".join(serialise.dump(o) for o in objects)
    out = subprocess.run(command, input=text_in, capture_output=True, text=True, check=True).stdout
    decoder, at, read = json.JSONDecoder(), 0, []
    while at < len(out.rstrip()):
        found, at = decoder.raw_decode(out, at)
        at += 1
        read.append(found["spec"])
    assert as_go_writes(read) == as_go_writes([o["spec"] for o in objects])


@given(trees)
def test_writing_is_canonical(tree: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: shuffled(v) for k, v in reversed(value.items())}
        return [shuffled(v) for v in value] if isinstance(value, list) else value

    assert serialise.dump(shuffled(tree)) == serialise.dump(tree)


@given(mappings)
def test_every_line_shows_the_field_that_it_says(tree: dict[str, Any]) -> None:
    shown = {path for _, path in serialise.lines(tree)}
    assert {path for path, _ in paths.leaves(tree)} <= shown | {()}


@given(mappings)
def test_merging_with_nothing_changes_nothing(tree: dict[str, Any]) -> None:
    clean = values.overlay({}, tree)
    assert values.overlay(clean, {}) == clean
    assert values.overlay(clean, clean) == clean


@given(mappings, mappings)
def test_every_leaf_has_an_origin_that_says_it(below: dict[str, Any], above: dict[str, Any]) -> None:
    merged = values.merge([layer(below), layer(above, "env")])
    for path, value in paths.leaves(merged.tree):
        if path and not isinstance(value, dict):
            origin = merged.origins(path)[-1]
            assert not origin.removed
            span = origin.span
            said = yaml.safe_load(span.text) if not isinstance(value, str) else None
            assert value is None or isinstance(value, str | list) or said == value


@given(mappings, mappings)
def test_a_layer_above_wins(below: dict[str, Any], above: dict[str, Any]) -> None:
    merged = values.merge([layer(below), layer(above, "env")]).tree
    for path, value in paths.leaves(above):
        if path and value is None and isinstance(path[-1], str) and all(isinstance(s, str) for s in path):
            try:
                paths.get(merged, path)
            except KeyError:
                continue
            raise AssertionError(f"{path} is still there")
        if path and value is not None and value != {}:
            assert paths.get(merged, path) == value


FORMS = """\
exact: {{ value }}
embedded: before {{ value }} after
single: '{{ value }}'
double: "{{ value }}"
list: [{{ value }}, x{{ value }}]
flow: {a: {{ value }}, b: 1}
block: |
  first {{ value }}
  last
folded: >-
  first {{ value }}
deep:
  - key: {{ value }}
    next: 1
{% if value is string %}
"k{{ value }}": key
{% endif %}
json: {{ [value] | tojson }}
{% set copy %}{{ value }}{% endset %}
captured: {{ copy }}
"""


@given(scalars)
def test_no_value_changes_the_structure_of_a_document(value: Any) -> None:
    said = value if isinstance(value, str) else json.dumps(value)
    expected = {
        "exact": value,
        "embedded": f"before {said} after",
        "single": said,
        "double": said,
        "list": [value, f"x{said}"],
        "flow": {"a": value, "b": 1},
        "block": f"first {said}\nlast\n",
        "folded": f"first {said}",
        "deep": [{"key": value, "next": 1}],
        "json": json.dumps([value], ensure_ascii=False),
        "captured": value,
    }
    if isinstance(value, str):
        expected[f"k{value}"] = "key"
    assert rendered(FORMS, {"value": value}) == [expected]


@given(trees)
def test_whole_trees_are_bound_as_they_are(tree: Any) -> None:
    if tree is not None:
        assert rendered("a: {{ tree }}\n", {"tree": tree}) == [{"a": tree}]


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  text: {{ value | tojson }}\n"


@given(mappings)
def test_rendering_twice_gives_the_same_bytes(tree: dict[str, Any]) -> None:
    texts = Texts({**PERMISSIVE, "templates/c.yaml.j2": CONFIG_MAP})
    layers = [layer({"value": tree})]
    line = Pipeline(texts)
    again = [
        line.render("dev", layers),
        line.render("dev", layers),
        Pipeline(texts).render("dev", layers),
    ]
    assert len({tuple(file.content for file in rendering.files) for rendering in again}) == 1


@given(st.lists(strings | st.integers(0, 99), min_size=1, max_size=4))
def test_paths_are_read_as_they_are_shown(steps: list[str | int]) -> None:
    path = tuple(steps)
    if isinstance(path[0], str):
        assert paths.parse(paths.show(path)) == path


def test_the_reference_and_the_fast_validator_agree(tmp_path: Path) -> None:
    import jsonschema
    import jsonschema_rs

    schemas: list[dict[str, Any]] = [
        {"type": "integer"},
        {"type": "string", "minLength": 1, "pattern": "^[a-z]"},
        {"enum": ["a", 1, None]},
        {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "number"}}},
        {"type": "array", "items": {"type": ["string", "boolean"]}, "maxItems": 2},
        {"anyOf": [{"type": "integer", "minimum": 1}, {"const": "x"}]},
        {"if": {"type": "string"}, "then": {"maxLength": 2}},
    ]

    @given(st.sampled_from(schemas), trees)
    def agree(schema: dict[str, Any], tree: Any) -> None:
        fast = jsonschema_rs.Draft202012Validator(schema).is_valid(tree)
        assert fast == jsonschema.Draft202012Validator(schema).is_valid(tree)

    agree()
