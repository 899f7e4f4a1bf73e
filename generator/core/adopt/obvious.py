"""The values that nearly every project sets: namespace, images, replicas, resources and host names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import Any, Final

from generator.core.adopt.lifted import Lifted, camel
from generator.core.adopt.reading import Object
from generator.core.checks.images import NAME, TAG
from generator.core.paths import Path

_IMAGE: Final = re.compile(
    rf"(?P<repository>(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?{NAME})(?::(?P<tag>{TAG}))?(?:@(?P<digest>\S+))?"
)
_SCALED: Final = ("Deployment", "StatefulSet", "ReplicaSet")
_SPACES: Final = (
    ("metadata", "namespace"),
    ("subjects", "*", "namespace"),
    ("webhooks", "*", "clientConfig", "service", "namespace"),
    ("spec", "conversion", "webhook", "clientConfig", "service", "namespace"),
    ("spec", "service", "namespace"),
)
_HOSTS: Final = (("spec", "rules", "*", "host"), ("spec", "tls", "*", "hosts", "*"))


def namespace(objects: Iterable[Object]) -> str:
    """The namespace that most objects of an environment are in; empty where none is said."""
    said = Counter(one.identity.namespace for one in objects if one.identity.namespace)
    return said.most_common(1)[0][0] if said else ""


class Obvious:
    """Lifts the obvious values of all objects; each place is asked once, with what every environment says."""

    def __init__(self, lifted: Lifted, namespaces: Mapping[str, str]) -> None:
        self.lifted = lifted
        self.namespaces = namespaces
        self._images: list[tuple[Path, dict[str, str]]] = []
        self._hosts: dict[str, list[tuple[Path, dict[str, str]]]] = {}

    def lift(self, kind: str, key: str, at: Path, name: Path, given: Mapping[str, Any]) -> str | None:
        """The text for a place of an object, where something obvious stands there; None where it does not.

        `at` is its path with indexes, `name` the same with the names of items in their place.
        """
        if self._is_namespace(kind, at, given):
            return self._shared(("namespace",), self.namespaces, "The namespace of all objects.")
        texts = all(isinstance(value, str) for value in given.values())
        if texts and at[-1:] == ("image",) and at[-3:-2] in (("containers",), ("initContainers",)):
            return self._image(key, given)
        if at == ("spec", "replicas") and kind in _SCALED and all(type(v) is int for v in given.values()):
            return self._own((key, "replicas"), given, f"How many pods {kind} {name_of(key)} has.")
        if at[-1:] == ("resources",) and at[-3:-2] == ("containers",) and all(map(_is_full, given.values())):
            inner = () if name[-2] == "" else (camel(str(name[-2])),)
            return self._own(
                (key, *inner, "resources"), given, "What the container asks for, and its limits."
            )
        if texts and kind == "Ingress" and any(_fits(at, pattern) for pattern in _HOSTS):
            return self._host(key, given)
        return None

    def _is_namespace(self, kind: str, at: Path, given: Mapping[str, Any]) -> bool:
        fits = any(_fits(at, pattern) for pattern in _SPACES) or (kind, at) == (
            "Namespace",
            ("metadata", "name"),
        )
        return fits and all(value and value == self.namespaces[name] for name, value in given.items())

    def _shared(self, path: Path, given: Mapping[str, Any], about: str) -> str:
        if path not in self.lifted.values:
            self.lifted.add([path], {k: v for k, v in given.items() if v}, about)
        return self.lifted.bound(path)

    def _own(self, path: Path, given: Mapping[str, Any], about: str) -> str | None:
        return self.lifted.bound(self.lifted.add([path], given, about)) if self.lifted.is_free(path) else None

    def _image(self, key: str, given: Mapping[str, str]) -> str | None:
        """An image stands once among the values, however many containers run it."""
        parts = {name: _parsed(image) for name, image in given.items()}
        if len({tuple(fields) for fields in parts.values()}) != 1 or not next(iter(parts.values())):
            return None
        fields = tuple(next(iter(parts.values())))
        found = next((path for path, known in self._images if _agree(known, given)), None)
        if found is None:
            repository = next(iter(parts.values()))["repository"]
            short = camel(repository.rpartition("/")[2])
            names = chain((short, camel(key, short)), (f"{short}{number}" for number in count(2)))
            found = next(("images", n) for n in names if self.lifted.is_free(("images", n, "repository")))
            self._images.append((found, dict(given)))
            for field in fields:
                self.lifted.add([(*found, field)], {n: p[field] for n, p in parts.items()}, _ABOUT[field])
        else:
            self._join(found, fields, parts, given)
        return "".join(f"{_BEFORE[field]}{self.lifted.bound((*found, field))}" for field in fields)

    def _join(
        self, path: Path, fields: tuple[str, ...], parts: Mapping[str, Any], given: Mapping[str, str]
    ) -> None:
        """Note that more environments have an image."""
        next(known for at, known in self._images if at == path).update(given)
        for field in fields:
            self.lifted.values[(*path, field)].given.update({n: p[field] for n, p in parts.items()})

    def _host(self, key: str, given: Mapping[str, str]) -> str:
        known = self._hosts.setdefault(key, [])
        found = next((path for path, hosts in known if _agree(hosts, given)), None)
        if found is None:
            number = f"{len(known) + 1}" if known else ""
            found = self.lifted.add([(key, f"host{number}")], given, "The host name.")
            known.append((found, dict(given)))
        else:
            self.lifted.values[found].given.update(given)
        return self.lifted.bound(found)


_BEFORE: Final = {"repository": "", "tag": ":", "digest": "@"}
_ABOUT: Final = {
    "repository": "Where the image is, without its tag.",
    "tag": "The tag of the image.",
    "digest": "The digest of the image.",
}


def name_of(key: str) -> str:
    """How a description calls an object."""
    return f"`{key}`"


def _parsed(image: str) -> dict[str, str]:
    """The parts of a reference to an image; nothing where it is none."""
    match = _IMAGE.fullmatch(image)
    return {field: text for field, text in match.groupdict().items() if text} if match else {}


def _agree(known: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether two values are the same in the environments that both have, and they have one."""
    both = known.keys() & given.keys()
    return bool(both) and all(known[name] == given[name] for name in both)


def _fits(at: Path, pattern: Path) -> bool:
    return len(at) == len(pattern) and all(
        isinstance(step, int) if wanted == "*" else step == wanted
        for step, wanted in zip(at, pattern, strict=True)
    )


def _is_full(value: Any) -> bool:
    """Whether a value is a mapping with something in it, and without a null."""
    return isinstance(value, dict) and bool(value) and not holds_null(value)


def holds_null(value: Any) -> bool:
    """Whether a value is null, or a mapping in it holds one: values files cannot say that."""
    if isinstance(value, dict):
        return any(map(holds_null, value.values()))
    return value is None
