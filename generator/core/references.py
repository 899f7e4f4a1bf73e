"""The one resolver of JSON Schema: what `$ref` and `$dynamicRef` refer to in the files of a project.

Resolution is that of JSON Schema 2020-12 (core, sections 8 and 9): URIs against the nearest `$id`, fragments
as JSON pointers (RFC 6901) or as anchors. Only the files given exist; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from generator.core.dialect import DRAFT, REFERENCES, subschemas
from generator.core.paths import Path

_BASE: Final = "https://gen.invalid/schema/"  # relative references need a base; it cannot be fetched
_METASCHEMAS: Final = DRAFT.removesuffix("schema")
_METASCHEMA: Final = object()  # in the place of a subschema: the validator has it, and we need not look in


class Place(NamedTuple):
    """A subschema: its file below `schema/`, the path to it there, and itself.

    `scope` holds the URIs of the schemas that were entered on the way to it, which `$dynamicRef` asks for.
    """

    file: str
    path: Path
    schema: Any
    scope: tuple[str, ...] = ()


def uri(name: str) -> str:
    """The URI that a file below `schema/` is known by."""
    return _BASE + quote(name)


class References:
    """Schema files by name below `schema/`, with every URI and anchor in them.

    `places` holds every subschema that is reached, those that only a JSON pointer leads to among them.
    """

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        self.places: list[Place] = []
        self.is_dynamic = False
        self._bases: dict[int, str] = {}  # by the identity of a subschema, which `files` keeps alive
        self._resources: dict[str, Place] = {}
        self._anchors: dict[tuple[str, str], Place] = {}
        self._dynamic: set[tuple[str, str]] = set()
        for name, data in files.items():
            self._resources[uri(name)] = Place(name, (), data)
        for name, data in files.items():
            self._index(Place(name, (), data), uri(name))

    def address(self, name: str) -> str:
        """The URI of a whole file."""
        return self._bases.get(id(self.files[name]), uri(name))

    def root(self, name: str) -> Place:
        """A whole file."""
        return self._entered(Place(name, (), self.files[name]), ())

    def child(self, place: Place, steps: Path, schema: Any) -> Place:
        """A subschema inside of another."""
        return self._entered(Place(place.file, place.path + steps, schema), place.scope)

    def targets(self, place: Place) -> Iterator[Place]:
        """What the references of one subschema refer to, where there is such a thing."""
        for keyword in REFERENCES:
            if keyword in place.schema and (target := self.follow(place, keyword)) is not None:
                yield target

    def follow(self, place: Place, keyword: str) -> Place | None:
        """What one reference of a subschema refers to, or None."""
        reference = place.schema[keyword]
        target = self.resolve(place, reference)
        if keyword == "$dynamicRef" and target is not None and isinstance(target.schema, dict):
            name = urldefrag(reference).fragment
            if target.schema.get("$dynamicAnchor") == name:
                outer = (self._anchors[base, name] for base in place.scope if (base, name) in self._dynamic)
                target = next(outer, target)
        return None if target is None else self._entered(target, place.scope)

    def resolve(self, place: Place, reference: str) -> Place | None:
        """What a reference in a subschema refers to, or None where there is no schema."""
        address, _, fragment = reference.partition("#")
        base = self._bases.get(id(place.schema), uri(place.file))
        address = _join(base, address) if address else base
        root = self._resources.get(address)
        if root is None:
            # The validator knows the metaschemas itself; for us they hold neither defaults nor fields.
            return Place(place.file, place.path, _METASCHEMA) if address.startswith(_METASCHEMAS) else None
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((address, fragment))
        return self._pointed(root, fragment, address)

    def resolved(self) -> Iterator[tuple[str, Any]]:
        """Every file by its URI, with each reference written out, so that nobody has to resolve one again."""
        for name, data in self.files.items():
            yield self.address(name), self._written_out(name, data)

    def _written_out(self, name: str, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self._written_out(name, item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        base = self._bases.get(id(schema))
        if base is None:  # no schema, but a mapping of them, or data
            return {key: self._written_out(name, value) for key, value in schema.items()}
        written = {key: self._written_out(name, v) for key, v in schema.items() if key != "$schema"}
        if "$ref" in schema:
            target = self.resolve(Place(name, (), schema), schema["$ref"])
            if target is not None and target.schema is not _METASCHEMA:
                written["$ref"] = self.reference_to(target)
        if "$dynamicRef" in schema:
            written["$dynamicRef"] = _join(base, schema["$dynamicRef"])
        if "$id" in schema:
            written["$id"] = base
        return written

    def reference_to(self, place: Place) -> str:
        """A URI of a subschema: its resource, and a JSON pointer from there."""
        node: Any = self.files[place.file]
        base, start = self.address(place.file), 0
        for index, step in enumerate(place.path):
            node = node[step]
            if isinstance(node, dict) and (own := self._bases.get(id(node), base)) != base:
                base, start = own, index + 1
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in place.path[start:])
        return f"{base}#{''.join('/' + quote(step, safe='~!$&()*+,;=:@') for step in steps)}"

    def _pointed(self, root: Place, pointer: str, base: str) -> Place | None:
        """The schema that a JSON pointer leads to."""
        schema: Any = root.schema
        steps: list[str | int] = list(root.path)
        for part in pointer.split("/")[1:]:
            key: Any = part.replace("~1", "/").replace("~0", "~")
            if isinstance(schema, list) and key.isdecimal() and key.isascii():
                key = int(key) if len(part) < 10 else -1
            try:
                schema = schema[key] if key != -1 and isinstance(schema, dict | list) else None
            except (LookupError, TypeError):
                return None
            steps.append(key)
            base = self._bases.get(id(schema), base) if isinstance(schema, dict) else base
        if not isinstance(schema, dict | bool):
            return None
        place = Place(root.file, tuple(steps), schema)
        if isinstance(schema, dict) and id(schema) not in self._bases:
            self._index(place, base)
        return place

    def _index(self, top: Place, base: str) -> None:
        """Note the base URI of a subschema and of all in it, and the names that they give themselves."""
        waiting = [(top, base)]
        while waiting:
            place, base = waiting.pop()
            schema = place.schema
            if not isinstance(schema, dict) or id(schema) in self._bases:
                continue
            if isinstance(schema.get("$id"), str):
                base = _join(base, urldefrag(schema["$id"]).url) or base
                self._resources[base] = place
            self._bases[id(schema)] = base
            self.places.append(place)
            self.is_dynamic = self.is_dynamic or "$dynamicRef" in schema
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(name := schema.get(keyword), str):
                    self._anchors[base, name] = place
                    if keyword == "$dynamicAnchor":
                        self._dynamic.add((base, name))
            inside = [(Place(place.file, place.path + steps, s), base) for steps, s in subschemas(schema)]
            waiting += reversed(inside)

    def _entered(self, place: Place, scope: tuple[str, ...]) -> Place:
        """A place with the dynamic scope that it has when it is entered from another."""
        if not self.is_dynamic:
            return place
        base = self._bases.get(id(place.schema), "")
        scope = scope if not base or base in scope else (*scope, base)
        return place._replace(scope=scope)


def _join(base: str, address: str) -> str:
    """A URI reference against a base (RFC 3986), percent-encoded in one way."""
    try:
        joined = address if urlsplit(address).scheme else urljoin(base, address)
    except ValueError:  # such as half of an IPv6 address
        return address
    return quote(unquote(joined), safe=":/?#[]@!$&'()*+,;=~")
