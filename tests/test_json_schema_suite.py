"""The official test suite of JSON Schema 2020-12: our resolver and walker, and the validator behind them.

`tools/test_suites.py` says where the suite comes from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from referencing.jsonschema import DRAFT202012

from generator.core.dialect import REFERENCES
from generator.core.references import uri
from generator.core.schema import NAME, Schema
from generator.core.values import Layer, Values
from generator.core.violations import Explainer
from generator.diagnostics import DiagnosticError, Source

LINES = (Path(__file__).parent / "suites/json-schema-2020-12.jsonl").read_text().splitlines()
REMOTES: dict[str, Any] = json.loads(LINES[0])
GROUPS: list[Any] = [json.loads(line) for line in LINES[1:]]

CUSTOM = "a metaschema of one's own is refused: nothing is fetched, and no vocabulary is switched off"
RETRIEVED = "a file is known by its $id and its name below schema/, not by where it was downloaded from"
DEFAULT = "a default has to be valid by its own schema, as gen fills it in"
REFUSED = {
    ("vocabulary", "schema that uses custom metaschema with with no validation vocabulary"): CUSTOM,
    ("vocabulary", "ignore unrecognized optional vocabulary"): CUSTOM,
    ("optional/format-assertion", "schema that uses custom metaschema with format-assertion: false"): CUSTOM,
    ("optional/format-assertion", "schema that uses custom metaschema with format-assertion: true"): CUSTOM,
    ("refRemote", "remote HTTP ref with different $id"): RETRIEVED,
    ("refRemote", "remote HTTP ref with different URN $id"): RETRIEVED,
    (
        "optional/cross-draft",
        "refs to historic drafts are processed as historic drafts",
    ): "other drafts are refused",
    ("default", "invalid type for default"): DEFAULT,
    ("default", "invalid string value for default"): DEFAULT,
    ("default", "the default keyword does not do anything if the property is missing"): DEFAULT,
}
# Where the data of a test is judged in another way than the suite has it, and why.
JUDGED: dict[str, str] = {
    "format": "`format` is asserted, which the specification leaves to the implementation",
}


def read(schema: Any) -> Schema:
    """The schema of a test as the one of the key `value`, beside the files that tests refer to."""
    files = {NAME: {"properties": {"value": {"$ref": "it.schema.json"}}}, "it.schema.json": schema}
    if "localhost:1234" in json.dumps(schema):
        for address, data in REMOTES.items():
            files[address.rpartition("1234/")[2]] = (
                {"$id": address, **data} if isinstance(data, dict) else data
            )
    return Schema({name: Source(name, json.dumps(data)) for name, data in files.items()})


def layered(data: Any) -> Values:
    tree = {"value": data}
    return Values(tree, (Layer(Source("values/a.yaml", "value: …"), None, tree, {}),))  # type: ignore[arg-type]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0]}: {group[1]}")
def test_suite(group: Any) -> None:
    file, about, schema, tests = group
    if (file, about) in REFUSED:
        with pytest.raises(DiagnosticError):
            read(schema)
        return
    ours = read(schema)
    for what, data, valid in tests:
        values = layered(data)
        accepted = ours.validator.is_valid(values.tree)
        assert accepted == valid or file in JUDGED, what
        assert accepted or Explainer(ours.walker, NAME).violations(ours.validator, values.tree), what
        ours._effort(values.tree)
        complete = ours.complete(values)
        assert ours.validator.is_valid(complete.tree) == accepted, what


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0]}: {group[1]}")
def test_references_lead_where_the_library_says(group: Any) -> None:
    """Our resolver and that of the package `referencing` find the same schema for every reference."""
    file, about, schema, _ = group
    if (file, about) in REFUSED or not isinstance(schema, dict):
        return
    references = read(schema).walker.references
    registry: Any = referencing.Registry()
    for name, data in references.files.items():
        for address in (uri(name), references.address(name)):
            registry = registry.with_resource(address, DRAFT202012.create_resource(data))
    registry = registry.crawl()
    for place in references.places:
        base = references._bases[id(place.schema)]
        for keyword in REFERENCES:
            if keyword in place.schema and "json-schema.org" not in place.schema[keyword]:
                found = references.resolve(place, place.schema[keyword])
                expected = registry.resolver(base).lookup(place.schema[keyword])
                assert found is not None
                assert found.schema is expected.contents or found.schema == expected.contents


def test_another_validator_agrees() -> None:
    """The reference implementation judges as the suite does; what we judge otherwise is our decision."""
    for file, about, schema, tests in GROUPS:
        if file.startswith("optional") or (file, about) in REFUSED or "localhost:1234" in json.dumps(schema):
            continue
        for what, data, valid in tests:
            assert jsonschema.Draft202012Validator(schema).is_valid(data) == valid, (file, about, what)
