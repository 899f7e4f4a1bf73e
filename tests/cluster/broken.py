"""The table of broken objects: good.yaml with one field broken at a time, and what gen says of each."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.core import paths
from generator.core.tree import Texts
from generator.diagnostics import DiagnosticError
from generator.pipeline import Pipeline

HERE = Path(__file__).parent
GOOD = {one["kind"]: one for one in yaml.safe_load_all((HERE / "good.yaml").read_text())}
Manifest = dict[str, Any]


def broken(section: str) -> Iterator[Any]:
    """The objects of one section of the table, each with a readable id."""
    for kind, entries in yaml.safe_load((HERE / "broken.yaml").read_text())[section].items():
        for entry in entries:
            (key, value), *_ = entry.items()
            name = f"{kind} {key} {value}" + (f" x {entry['times']}" if "times" in entry else "")
            yield pytest.param(_broken(kind, key, value, entry.get("times")), id=name)


def _broken(kind: str, key: str, value: Any, times: int | None) -> Manifest:
    manifest: Manifest = copy.deepcopy(GOOD[kind])
    path = paths.parse(value if key == "drop" else key)
    assert path is not None
    holder = paths.get(manifest, path[:-1])
    if key == "drop":
        del holder[path[-1]]
    else:
        holder[path[-1]] = value if times is None else value * times
    return manifest


BOTH, SERVER, OURS = (list(broken(section)) for section in ("both", "server", "ours"))


def making(manifest: Manifest) -> Texts:
    """A project that makes one object as it is."""
    schema = '{"type": "object"}'
    return Texts({"schema/values.schema.json": schema, "templates/one.yaml": json.dumps(manifest)})


def problems(manifest: Manifest) -> list[str]:
    """The rules that gen finds broken when it renders an object."""
    try:
        Pipeline(making(manifest)).render("any", [])
    except DiagnosticError as error:
        return [diagnostic.rule for diagnostic in error.diagnostics]
    return []
