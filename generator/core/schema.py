"""The schema of the values: it completes the tree with defaults, and accepts or rejects it.

JSON Schema 2020-12 (https://json-schema.org/draft/2020-12), read from `schema/values.schema.json`. A `$ref`
reaches other files below `schema/` and nothing else. `jsonschema-rs` decides, because it is a hundred times
faster; `generator.core.violations` explains what it rejects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

from generator.core import documents, nodes
from generator.core.defaults import Defaults, Place
from generator.core.paths import Path
from generator.core.patterns import linear
from generator.core.values import Values
from generator.core.violations import Violation, plainly, violations
from generator.diagnostics import Diagnostic, DiagnosticError, Related, Source, Span

SCHEMAS: Final = ".schema.json"  # how the names of schema files end
NAME: Final = f"values{SCHEMAS}"
OVERLAY: Final = f"overlay{SCHEMAS}"  # derived from it for editors, and no part of it
_BASE: Final = "https://gen.invalid/schema/"  # relative references need a base; nothing is fetched


class Schema:
    """The values schema with the files that it refers to, by name below `schema/`.

    Raises `DiagnosticError` where a file is no JSON, no JSON Schema, or refers to what is not there.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self.files = {name: _json(source) for name, source in sources.items()}
        self.defaults = Defaults(self.files)
        self.validator = self._compile()

    def _compile(self) -> Any:
        import jsonschema_rs

        for name, data in self.files.items():
            try:
                jsonschema_rs.meta.validate(data)
            except jsonschema_rs.ValidationError as error:
                raise self._broken(name, tuple(error.instance_path), error.message) from None
            except jsonschema_rs.ReferencingError as error:
                raise self._broken(name, ("$schema",), str(error)) from None
        if isinstance(self.files[NAME], bool):
            raise self._broken(NAME, (), "a schema that takes all values, or none, says nothing of them")
        resources = [(_BASE + name, data) for name, data in self.files.items()]
        try:
            return jsonschema_rs.Draft202012Validator(
                self.files[NAME],
                registry=jsonschema_rs.Registry(resources),
                base_uri=_BASE + NAME,
                validate_formats=True,
                offline=True,
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise self._broken_reference(str(getattr(error, "message", error))) from None

    @cached_property
    def reference(self) -> Any:
        """The same schema in the reference implementation."""
        import jsonschema
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT202012

        registry: Any = Registry().with_resources(
            (_BASE + name, Resource.from_contents(data, default_specification=DRAFT202012))
            for name, data in self.files.items()
        )
        validator = linear(jsonschema.Draft202012Validator)
        root = {"$id": _BASE + NAME, **self.files[NAME]}
        return validator(root, registry=registry, format_checker=validator.FORMAT_CHECKER)

    def complete(self, values: Values) -> Values:
        """The values with every default of the schema filled in where they have nothing."""
        with self._ending():
            tree, filled = self.defaults.complete(values.tree, NAME)
        return Values(
            tree,
            values.layers,
            lambda path: self._default(filled.get(path)),
            lambda path: self._default(self.defaults.at(path, tree, NAME)),
        )

    def _default(self, place: Place | None) -> Span | None:
        return None if place is None else span(self.sources[place.file], place.path)

    def check(self, values: Values) -> None:
        """Raises `DiagnosticError` with every way in which the complete values break the schema."""
        if self.validator.is_valid(values.tree):
            return
        found = []
        if not self._is_beyond_reference:
            with self._ending():
                found = violations(self.reference, values.tree)
        found = found or plainly(self.validator, values.tree)
        problems = [_diagnostic(violation, values) for violation in found]
        raise DiagnosticError(sorted(problems, key=lambda d: d.span.place if d.span else ("", 0)))

    @property
    def _is_beyond_reference(self) -> bool:
        """Whether the reference would run patterns of the schema in Python, where they may never end."""
        text = "".join(source.text for source in self.sources.values())
        return "unevaluatedProperties" in text and "patternProperties" in text

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """A schema that goes round in circles is broken."""
        try:
            yield
        except RecursionError:
            raise self._broken(NAME, (), "it refers to itself without end") from None

    def _broken_reference(self, message: str) -> DiagnosticError:
        for name, data in self.files.items():
            for path, reference in _references(data, ()):
                if self.defaults.resolve(name, reference) is None:
                    return self._broken(name, path, f"`{reference}` refers to nothing below schema/")
        return self._broken(NAME, (), message)

    def _broken(self, name: str, path: Path, message: str) -> DiagnosticError:
        return DiagnosticError([Diagnostic("schema/broken", message, span(self.sources[name], path))])


def span(source: Source, path: Path) -> Span:
    """Where a path of a JSON file stands in its text: the key, or the value in a list."""
    try:
        found = nodes.find(documents.parse(source)[0], path)
    except (DiagnosticError, IndexError):  # JSON that our reader of YAML does not take, such as one with tabs
        found = None
    if found is None:
        return source.span()
    key, node = found
    return source.span(node.start, node.end) if key is None else source.span(key.start, key.end)


def _references(schema: Any, path: Path) -> Iterator[tuple[Path, str]]:
    children = (
        schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    )
    for key, child in children:
        if key == "$ref" and isinstance(child, str):
            yield (*path, key), child
        yield from _references(child, (*path, key))


def _diagnostic(violation: Violation, values: Values) -> Diagnostic:
    overridden = [o for o in values.origins(violation.path)[:-1] if not o.removed] if violation.path else []
    return Diagnostic(
        f"schema/{violation.kind}",
        violation.message,
        values.span(violation.path, violation.key),
        related=tuple(Related(origin.span, "overrides this") for origin in overridden),
        found=violation.found,
        expected=violation.expected,
        help=violation.help,
    )


def _json(source: Source) -> Any:
    """The data of a JSON file. Raises `DiagnosticError` for what is no JSON, and for a duplicate key."""
    try:
        return json.loads(source.text, object_pairs_hook=lambda pairs: _unique(pairs, source))
    except json.JSONDecodeError as error:
        problem = Diagnostic(
            "schema/broken", f"not valid JSON: {error.msg}", source.span(error.pos, error.pos + 1)
        )
        raise DiagnosticError([problem]) from None
    except RecursionError:
        raise DiagnosticError([Diagnostic("schema/broken", "nested too deeply", source.span())]) from None


def _unique(pairs: list[tuple[str, Any]], source: Source) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        at = source.text.rfind(json.dumps(twice, ensure_ascii=False))
        problem = Diagnostic(
            "schema/broken", f"the key `{twice}` stands twice", source.span(max(at, 0), at + len(twice) + 2)
        )
        raise DiagnosticError([problem])
    return data
