"""A project that renders given objects: values and templates of them, and a schema of the values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from generator.core import serialise
from generator.core.adopt import obvious, typing
from generator.core.adopt.lifted import Lifted, camel
from generator.core.adopt.merging import Merger, Unliftable
from generator.core.adopt.obvious import Obvious
from generator.core.adopt.reading import Object
from generator.core.adopt.writing import template
from generator.core.layout import plain_names
from generator.core.manifests import Identity
from generator.diagnostics import Collector, Diagnostic

_WORKLOADS: Final = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet", "Pod")
_LINE: Final = "# yaml-language-server: $schema={}schema/overlay.schema.json\n"
_SHARED: Final = (
    "#\n# What all environments share. A file beside this one holds what differs in its environment.\n"
)

_Group = dict[str, Object]  # one object, by the environments that have it


class Adopted(NamedTuple):
    """The texts of a project by their names, and how many values were lifted."""

    texts: dict[str, str]
    values: int


def adopt(environments: Mapping[str, Sequence[Object]]) -> Adopted:
    """The project whose environments render these objects.

    Raises `DiagnosticError` for what cannot be expressed, which is a difference that holds null.
    """
    namespaces = {name: obvious.namespace(objects) for name, objects in environments.items()}
    lifted = Lifted(environments, _marker(environments))
    places = Obvious(lifted, namespaces)
    groups = _groups(environments, namespaces)
    names = plain_names([next(iter(group.values())).identity for group in groups])
    texts: dict[str, str] = {}
    with Collector() as problems:
        for name, group in zip(names, _keyed(groups, lifted), strict=True):
            key, objects = group
            first = next(iter(objects.values()))
            what = f"{first.identity.kind} {first.identity.name}"
            merger = Merger(lifted, places, first.identity.kind, key, what)
            try:
                merged = merger.merge({environment: one.body for environment, one in objects.items()})
            except Unliftable as error:
                problems.add(_null(first, error))
                continue
            texts[f"templates/{name}.yaml.j2"] = template(merged, lifted)
    texts["schema/values.schema.json"] = (
        json.dumps(typing.schema(lifted), indent=2, ensure_ascii=False) + "\n"
    )
    texts["values/base.yaml"] = _LINE.format("../") + _SHARED + _dump(lifted.shared())
    for environment in environments:
        depth = environment.count("/") + 1
        texts[f"values/{environment}.yaml"] = _LINE.format("../" * depth) + _dump(lifted.tree(environment))
    return Adopted(texts, len(lifted.values))


def _null(one: Object, error: Unliftable) -> Diagnostic:
    field = ".".join(map(str, error.path))
    message = (
        f"`{field}` of the {one.identity} differs between environments and holds null, which no value can"
    )
    return Diagnostic(
        "init/null", message, one.span, help="remove the null from the manifests, if it may be absent"
    )


def _dump(tree: dict[str, Any]) -> str:
    return serialise.dump(tree) if tree else "# Nothing differs here.\n"


def _marker(environments: Mapping[str, Sequence[Object]]) -> str:
    """A word that stands in no text of the objects."""
    text = json.dumps([one.body for objects in environments.values() for one in objects])
    marker = "lifted"
    while marker in text:
        marker += "Q"
    return marker


def _groups(environments: Mapping[str, Sequence[Object]], namespaces: Mapping[str, str]) -> list[_Group]:
    """The same objects of all environments together, in the order read."""
    found: dict[tuple[str, ...], _Group] = {}
    for environment, objects in environments.items():
        for one in objects:
            found.setdefault(_alike(one.identity, namespaces[environment]), {})[environment] = one
    return list(found.values())


def _alike(identity: Identity, namespace: str) -> tuple[str, ...]:
    """What an object has in common with the same one of another environment, whose namespace may differ."""
    version, kind, space, name = identity
    is_own = (kind, name) == ("Namespace", namespace)
    group = version.rpartition("/")[0]
    return group, kind, "" if space == namespace else f"/{space}", "" if is_own else name


def _keyed(groups: list[_Group], lifted: Lifted) -> Iterator[tuple[str, _Group]]:
    """Every object with the name that its values have."""
    for group in groups:
        identity = next(iter(group.values())).identity
        plain, full = camel(identity.name), camel(identity.name, identity.kind)
        longer = camel(identity.name, identity.kind, identity.namespace)
        says_kind = plain.lower().endswith(identity.kind.lower())
        short = (plain,) if identity.kind in _WORKLOADS or says_kind else ()
        yield lifted.key(*short, full, longer), group
