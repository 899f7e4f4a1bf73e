"""What is wrong with data by a JSON Schema, in words.

`jsonschema-rs` finds the errors. Each becomes one or more violations, with the path of the very key or value
at fault and what the schema says of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from generator.core import paths, wording
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.core.references import Place
from generator.core.walker import Walker
from generator.core.wording import Violation


class Explainer:
    """Puts the errors of one schema file into words, or those of a schema that refers to it, `root`."""

    def __init__(self, walker: Walker, name: str, root: Place | None = None) -> None:
        self.walker = walker
        self.root = walker.root(name) if root is None else root

    def violations(self, validator: Any, data: Any) -> list[Violation]:
        """Everything that a `jsonschema-rs` validator finds in data, in the order of the data's paths."""
        return self._sorted(validator.iter_errors(data))

    def first(self, validator: Any, data: Any) -> list[Violation]:
        """The first thing that it finds, where listing all of them would take too long."""
        import jsonschema_rs

        try:
            validator.validate(data)
        except jsonschema_rs.ValidationError as error:
            return self._sorted([error])
        return []

    def _sorted(self, errors: Any) -> list[Violation]:
        unique = dict.fromkeys(violation for error in errors for violation in self._explain(error))
        return sorted(unique, key=lambda v: [(isinstance(s, str), str(s).zfill(9)) for s in v.path])

    def _explain(self, error: Any) -> Iterator[Violation]:
        """One error as violations."""
        path: Path = tuple(error.instance_path)
        keyword = str(error.schema_path[-1]) if error.schema_path else ""
        if "propertyNames" in error.evaluation_path and error.kind.name == "propertyNames":
            yield self._name(error, path)
            return
        explain = _EXPLAINED.get(error.kind.name, Explainer._plain)
        yield from explain(self, error, path, self._about(error), keyword)

    def _about(self, error: Any) -> list[Place]:
        """The subschemas about the value at fault, the field's own first."""
        whole = tuple(error.evaluation_path)  # the last step is the keyword that was not fulfilled
        return self.walker.along(self.root, whole if error.kind.name == "falseSchema" else whole[:-1])

    def _name(self, error: Any, path: Path) -> Violation:
        cause = error.kind.error
        about = self._about(error)
        expected = self._expected(cause, about, str(error.schema_path[-1]))
        message = f"`{cause.instance}` is not allowed as a key here"
        return Violation((*path, str(cause.instance)), "key", message, "", expected, _described(about), True)

    def _unknown_keys(self, error: Any, path: Path, about: list[Place], keyword: str) -> Iterator[Violation]:
        merged = [place for first in about for place in self.walker.merged(first)]
        known = [key for place in merged for key in place.schema.get("properties", ())]
        kind = "unknown-key" if keyword == "additionalProperties" else wording.slug(keyword)
        for key in error.kind.unexpected:
            where = f" in `{paths.show(path)}`" if path else ""
            message = f"unknown key `{key}`{where}"
            yield Violation((*path, key), kind, message, help=did_you_mean(key, known), key=True)

    def _unknown_items(self, error: Any, path: Path, about: list[Place], keyword: str) -> Iterator[Violation]:
        message = wording.of_wrong(path, "length")
        found = "more items than it may have"
        yield Violation(path, wording.slug(keyword), message, found, "", _described(about))

    def _missing(self, error: Any, path: Path, about: list[Place], keyword: str) -> Iterator[Violation]:
        key = error.kind.property
        merged = [place for first in about for place in self.walker.merged(first)]
        text = _described([p for below in self.walker.step(merged, key) for p in self.walker.merged(below)])
        message = f"`{paths.show((*path, key))}` is missing"
        kind, why = "missing", ""
        if keyword == "dependentRequired":
            wanting = [name for name, keys in about[-1].schema[keyword].items() if key in keys]
            why = f"required with {', '.join(f'`{name}`' for name in wanting if name in error.instance)}"
            kind = wording.slug(keyword)
        help = f"`{key}`: {text}" if text else ""
        yield Violation(path, kind, message, expected=why, help=help, key=True)

    def _type(self, error: Any, path: Path, about: list[Place], _: str) -> Iterator[Violation]:
        yield wording.wrong_type(path, error.instance, list(error.kind.types), _described(about))

    def _enum(self, error: Any, path: Path, about: list[Place], _: str) -> Iterator[Violation]:
        yield wording.one_of(path, error.instance, error.kind.options, _described(about))

    def _forbidden(self, error: Any, path: Path, about: list[Place], _: str) -> Iterator[Violation]:
        message = f"`{paths.show(path)}` is not allowed" if path else "the schema allows no values at all"
        yield Violation(
            path, "forbidden", message, wording.shown(error.instance), "", "remove it", bool(path)
        )

    def _alternatives(self, error: Any, path: Path, about: list[Place], _: str) -> Iterator[Violation]:
        """The errors of the one alternative that was most likely meant."""
        branches = [branch for branch in error.kind.context if branch]
        if error.kind.name == "oneOfMultipleValid" or not branches:
            found = wording.shown(error.instance)
            expected = "data that matches exactly one form"
            yield Violation(
                path, "one-of", wording.of_wrong(path, "value"), found, expected, _described(about)
            )
        elif all(_is_type(branch, path) for branch in branches):
            types = [name for branch in branches for name in branch[0].kind.types]
            yield wording.wrong_type(path, error.instance, types, _described(about))
        elif tags := _wrong_tags(branches, path):
            allowed = [tag.kind.expected_value for tag in tags]
            yield wording.one_of(tuple(tags[0].instance_path), tags[0].instance, allowed, "")
        else:
            for problem in min(branches, key=lambda branch: _distance(branch, path)):
                yield from self._explain(problem)

    def _plain(self, error: Any, path: Path, about: list[Place], keyword: str) -> Iterator[Violation]:
        expected = self._expected(error, about, keyword)
        message = wording.of_wrong(path, "value")
        yield Violation(
            path, wording.slug(keyword), message, wording.shown(error.instance), expected, _described(about)
        )

    @staticmethod
    def _expected(error: Any, about: list[Place], keyword: str) -> str:
        value = about[-1].schema.get(keyword) if isinstance(about[-1].schema, dict) else None
        if keyword == "pattern":
            return _like_examples(about) or f"text that matches {value}"
        if keyword == "enum":
            return wording.listed(
                [text if isinstance(text, str) else json.dumps(text) for text in value or ()]
            )
        if keyword == "type":
            return wording.typed([value] if isinstance(value, str) else value or [])
        text = value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
        return wording.LIMITS.get(keyword, "what `{}` in the schema requires").format(
            text if keyword in wording.LIMITS else keyword
        )


_Explain = Callable[[Explainer, Any, Path, list[Place], str], Iterator[Violation]]
_EXPLAINED: Final[dict[str, _Explain]] = {
    "additionalProperties": Explainer._unknown_keys,
    "unevaluatedProperties": Explainer._unknown_keys,
    "unevaluatedItems": Explainer._unknown_items,
    "additionalItems": Explainer._unknown_items,
    "required": Explainer._missing,
    "type": Explainer._type,
    "enum": Explainer._enum,
    "falseSchema": Explainer._forbidden,
    "anyOf": Explainer._alternatives,
    "oneOf": Explainer._alternatives,
    "oneOfNotValid": Explainer._alternatives,
    "oneOfMultipleValid": Explainer._alternatives,
}


def _described(about: list[Place]) -> str:
    """What the schema says of a value: the field's own description before those of what it refers to."""
    schemas = [place.schema for place in about if isinstance(place.schema, dict)]
    return next((str(s["description"]) for s in schemas if s.get("description")), "")


def _like_examples(about: list[Place]) -> str:
    """Examples in the place of a pattern, which few people read."""
    for place in about:
        if isinstance(place.schema, dict) and (examples := place.schema.get("examples")):
            return "text such as " + " or ".join(
                f"`{e if isinstance(e, str) else json.dumps(e)}`" for e in examples[:2]
            )
    return ""


def _is_type(errors: list[Any], path: Path) -> bool:
    return len(errors) == 1 and errors[0].kind.name == "type" and tuple(errors[0].instance_path) == path


def _wrong_tags(branches: list[list[Any]], path: Path) -> list[Any]:
    """The error of each alternative about the one field that tells them apart, where none has its value."""
    below = len(path) + 1
    tags = [
        [e for e in errors if e.kind.name == "const" and len(e.instance_path) == below] for errors in branches
    ]
    places = {tuple(e.instance_path) for errors in tags for e in errors}
    return [errors[0] for errors in tags] if all(tags) and len(places) == 1 else []


def _distance(errors: list[Any], path: Path) -> tuple[int, int]:
    """How far data is from an alternative: a wrong tag or type weighs more than a wrong field."""
    heavy = sum(
        (e.kind.name in ("const", "enum") and len(e.instance_path) <= len(path) + 1)
        or (e.kind.name in ("type", "falseSchema") and tuple(e.instance_path) == path)
        for e in errors
    )
    return heavy, len(errors)
