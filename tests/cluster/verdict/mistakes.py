"""The table of mistakes as people make them, each as a whole object with what gen says of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from generator.core import paths
from tests.cluster.verdict import judge, mutations

HERE = Path(__file__).parent
VALID: list[dict[str, Any]] = list(yaml.safe_load_all((HERE / "valid.yaml").read_text()))


class Mistake(NamedTuple):
    """An object with a mistake, the rule that gen finds broken, and the field that the finding points at."""

    name: str
    body: dict[str, Any]
    rule: str
    field: str


def mistakes() -> Iterator[Mistake]:
    """Every row of mistakes.yaml."""
    valid = {f"{body['kind']}/{body['metadata']['name']}": body for body in VALID}
    for which, field, value, rule, place in yaml.safe_load((HERE / "mistakes.yaml").read_text()):
        body = copy.deepcopy(valid[which])
        path = paths.parse(field)
        assert path is not None
        holder = paths.get(body, path[:-1])
        if value is None:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
        yield Mistake(f"{which} {field} {value}", body, rule, place)


def verdicts() -> Iterator[str]:
    """A line for each mutation that a rule of a type refuses: which it is, the rule, and the field.

    Of mutations that are alike (other bad names in one field, say) only the first is asked about.
    """
    seen = set()
    for body in VALID:
        for mutation in mutations.of(body):
            alike = body["kind"], body["metadata"]["name"], mutation.what.split(" ")[0], mutation.path
            if alike in seen:
                continue
            seen.add(alike)
            if judge.rules(mutation.body)[:1] in ([], ["api"]):
                continue
            first = judge.errors(mutation.body)[0]
            which = f"{body['kind']} {body['metadata']['name']} {mutation.what} {paths.show(mutation.path)}"
            yield f"{which}: {first.rule} at {paths.show(first.path)}"
