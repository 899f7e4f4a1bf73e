"""Schemas and rules that fetch, probe, run or never end."""

from __future__ import annotations

import json
from typing import Any

from tests.hard.trees.tree import Link, Tree

FETCHED = (
    "http://127.0.0.1:9/schema.json", "https://localhost/x", "file:///etc/passwd", "file:../../outside/values.yaml", "//127.0.0.1/x",
    "ftp://127.0.0.1/x", "jar:file:///x!/y", "../../../outside/values.yaml", "/etc/passwd", "values.schema.json/../../.git/config",
    "urn:uuid:0", "data:application/json,{}", "schema/../../values/dev.yaml", "\\\\127.0.0.1\\share", "http://[::1", "#/%00", "",
)  # fmt: skip
KEYWORDS = ("$schema", "$ref", "$id", "$dynamicRef", "$recursiveRef")
EVIL = "^([a-z]+)+$"
LONG = "a" * 60 + "!"


def _schema(**keywords: Any) -> dict[str, Any]:
    return {"schema/values.schema.json": json.dumps({"type": "object", **keywords})}


def _value(schema: dict[str, Any], value: str = LONG) -> dict[str, Any]:
    """A schema for `v`, and a value of it that is meant to hurt."""
    return {**_schema(properties={"v": schema}), "values/dev.yaml": f"v: {json.dumps(value)}\ndata: {{}}\n"}


def _doubling(keyword: str, depth: int = 40) -> dict[str, Any]:
    """Definitions that each name the next one twice."""
    defs: dict[str, Any] = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)}
    return _schema(**{"$defs": {**defs, f"d{depth}": {}}, "$ref": "#/$defs/d0"})


def _other(text: str) -> dict[str, Any]:
    """A second schema that the first one refers to."""
    return {**_value({"$ref": "other.json"}), "schema/other.json": text}


TREES = [
    *(Tree(f"{keyword} is {url}", _schema(**{keyword: url})) for keyword in KEYWORDS for url in FETCHED),
    Tree("a vocabulary is fetched", _schema(**{"$vocabulary": {"http://127.0.0.1:9/v": True}, "$schema": "http://127.0.0.1:9/v"})),
    Tree("$id moves a reference to the network", _schema(**{"$id": "http://127.0.0.1:9/a/", "properties": {"v": {"$ref": "b"}}})),
    Tree("$id moves a reference to the disk", _schema(**{"$id": "file:///etc/", "properties": {"v": {"$ref": "passwd"}}})),
    *(Tree(f"definitions double through {keyword}", _doubling(keyword)) for keyword in ("allOf", "anyOf", "oneOf", "prefixItems")),
    Tree("properties double", _schema(**{"$defs": {
        **{f"d{n}": {"properties": {k: {"$ref": f"#/$defs/d{n + 1}"} for k in "ab"}} for n in range(40)}, "d40": {"default": 1},
    }, "$ref": "#/$defs/d0"})),
    Tree("defaults double", _schema(**{"$defs": {
        **{f"d{n}": {"default": {}, "properties": {k: {"$ref": f"#/$defs/d{n + 1}"} for k in "ab"}} for n in range(40)}, "d40": {"default": 1},
    }, "properties": {"v": {"$ref": "#/$defs/d0"}}})),
    Tree("a default refers to itself", _schema(properties={"v": {"default": {}, "$ref": "#"}})),
    Tree("a reference leads in circles", _schema(**{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})),
    Tree("a dynamic reference leads in circles", _schema(**{"$dynamicAnchor": "a", "allOf": [{"$dynamicRef": "#a"}]})),
    *(Tree(f"a pattern never ends: {pattern}", _value({"pattern": pattern})) for pattern in (
        EVIL, "^(a|a)*$", "^(a+){50}$", "(?=(a+)+$)b", "(a{1,1000}){1,1000}", "^\\p{Lu}", "(?<x>a)\\k<x>", "[", "(?P<n>a)(?P=n)+!", "\\", "a{99999999}",
    )),
    Tree("a pattern of keys never ends", {**_schema(patternProperties={EVIL: True}, additionalProperties=False), "values/dev.yaml": f"? {LONG}\n: 1\n"}),
    Tree("a pattern of names never ends", {**_schema(propertyNames={"pattern": EVIL}), "values/dev.yaml": f"? {LONG}\n: 1\n"}),
    Tree("a referenced schema has another draft and a pattern", _other(json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "pattern": EVIL}))),
    Tree("a referenced schema names this draft and a pattern", _other(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "pattern": EVIL}))),
    Tree("a referenced schema fetches", _other(json.dumps({"$ref": "http://127.0.0.1:9/x"}))),
    Tree("a referenced schema is a link", {**_other(""), "schema/other.json": Link("../../outside/values.json")}),
    Tree("a referenced schema refers back", _other(json.dumps({"$ref": "values.schema.json#/properties/v"}))),
    Tree("a root that says its draft refers to itself", _schema(**{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"v": {"$ref": "#"}, "w": {"pattern": EVIL}}})),
    Tree("twenty thousand unique objects with one twin", {
        **_schema(properties={"v": {"uniqueItems": True}}),
        "values/dev.yaml": "v:\n" + "".join(f"- {{n: {n}}}\n" for n in range(20_000)) + "- {n: 1}\n",
    }, refused=True),
    Tree("contains in a long list", {**_schema(properties={"v": {"contains": {"pattern": EVIL}, "minContains": 9999}}), "values/dev.yaml": "v:\n" + f"- {LONG}\n" * 20_000}),
    Tree("a schema nested a hundred thousand deep", {"schema/values.schema.json": '{"not":' * 100_000 + "{}" + "}" * 100_000}, refused=True),
    Tree("brackets a hundred thousand deep", {"schema/values.schema.json": "[" * 100_000}, refused=True),
    Tree("a schema with a number of a million digits", {"schema/values.schema.json": '{"minimum": ' + "9" * 1_000_000 + "}"}),
    Tree("an enumeration of a million", {"schema/values.schema.json": json.dumps({"properties": {"name": {"enum": list(range(300_000))}}})}),
    Tree("a hundred thousand properties", _schema(properties={f"p{n}": {"type": "string", "default": "x"} for n in range(30_000)})),
    Tree("multipleOf of almost nothing", {**_schema(properties={"v": {"multipleOf": 1e-300}}), "values/dev.yaml": "v: 100000000000000000\n"}),
    Tree("keywords of the wrong type", _schema(properties=[], required=7, allOf={}, pattern=[], **{"$defs": 5, "$ref": 1})),
    Tree("an anchor with odd signs", _schema(**{"$ref": "#a\u202e\x1b[31m\n::error::FORGED"})),
    Tree("a second byte order mark", {"schema/values.schema.json": "\ufeff\ufeff{}"}, refused=True),
    Tree("a schema of bytes that are no text", {"schema/values.schema.json": b"\xff\xfe{\x00}\x00"}, refused=True),
    *(Tree(f"a rule asserts {text[:30]!r}", {"schema/rules.yaml": json.dumps({"r": {
        "message": "m", "assert": text, "at": "name", "example": {"name": "x"},
    }})}) for text in (
        "true) }} {{ (true", "true %}{% include '/etc/passwd' %}", "''.__class__", "range(10**9)|list", "name.__init__.__globals__", "(" * 9999, "cycler.__init__",
        "range(100000)|map('string')|map('list')|list|sum(start=[])", "#}{#", "name\n::error::x", "{{ name }}", "lipsum",
    )),
    Tree("a rule points nowhere", {"schema/rules.yaml": json.dumps({"r": {"message": "m", "assert": "false", "at": "a[999999999999].b..c", "example": {"name": "x"}}})}),
    Tree("a hundred thousand rules", {"schema/rules.yaml": "".join(f"r{n}: {{message: m, assert: 'true', at: name, example: {{name: x}}}}\n" for n in range(3_000))}),
]  # fmt: skip
