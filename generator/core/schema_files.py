"""The schema files of a project: JSON, of one draft, whole, and within bounds before anything follows them.

Nothing that a schema says leads to a file outside of `schema/` or to a network: every `$schema` and every
reference is looked at here first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, NoReturn

from generator.core import bounds, documents, nodes, patterns
from generator.core.dialect import DRAFT, REFERENCES
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.core.references import Place
from generator.core.violations import Explainer
from generator.core.walker import Walker
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Source, Span

_OTHER_DRAFTS: Final = "json-schema.org/"


def read(sources: Mapping[str, Source]) -> Walker:
    """The schemas in some files, ready to be followed. Raises `DiagnosticError` with all that is broken."""
    with Collector() as problems:
        files = {}
        for name, source in sources.items():
            with problems.catch():
                files[name] = _json(source)
                _check_form(source, (), files[name])
    walker = Walker(files)
    seen = len(walker.references.places)  # so many have been looked at as parts of their files
    with Collector() as problems:
        for number, place in enumerate(_reached(walker)):
            problems.add(*_broken_parts(walker, sources[place.file], place, number < seen))
    _bound(walker, sources)
    return walker


def known(sources: Mapping[str, Source]) -> Walker:
    """The schemas in some files that were read before, and found in order."""
    walker = Walker({name: json.loads(source.text) for name, source in sources.items()})
    for place in _reached(walker):
        for _ in walker.references.targets(place):
            pass  # a target that nothing else leads to is reached now
    return walker


def broken(source: Source, path: Path, message: str, rule: str = "broken", help: str = "") -> Diagnostic:
    """The finding that something in a schema file is not as it must be."""
    return Diagnostic(f"schema/{rule}", message, span(source, path), help=help)


def span(source: Source, path: Path) -> Span:
    """Where a path of a JSON file stands in its text: the key, or the value in a list."""
    root = _tree(source)
    found = nodes.find(root, path) if root is not None else None
    if found is None:
        return source.span()
    key, node = found
    return source.span(node.start, node.end) if key is None else source.span(key.start, key.end)


@lru_cache(maxsize=64)
def _tree(source: Source) -> nodes.Node | None:
    """The nodes of a JSON file: JSON is YAML, but for its tabs."""
    try:
        return documents.parse(source._replace(text=source.text.replace("\t", " ")))[0]
    except (DiagnosticError, IndexError):
        return None


def refuse(address: str) -> NoReturn:
    """What a validator calls for a schema that it does not have."""
    raise LookupError(f"{address} is not below schema/; gen fetches nothing")


def _check_form(source: Source, at: Path, schema: Any) -> None:
    """Raises `DiagnosticError` where a schema is of another draft, or breaks the metaschema in any part."""
    _check_draft(source, at, schema)
    validator, explainer = _metaschema()
    if validator.is_valid(schema):
        return
    if _size(schema) > bounds.EVALUATIONS // 100:
        found = explainer.first(validator, schema)
    else:
        found = explainer.violations(validator, schema)
    raise DiagnosticError(
        Diagnostic(
            "schema/broken",
            v.message,
            span(source, at + v.path),
            found=v.found,
            expected=v.expected,
            help=v.help,
        )
        for v in found[: bounds.ERRORS]
    )


def _check_draft(source: Source, at: Path, schema: Any) -> None:
    dialect = schema.get("$schema") if isinstance(schema, dict) else None
    if dialect is None or (isinstance(dialect, str) and dialect.removesuffix("#") == DRAFT):
        return
    known = isinstance(dialect, str) and _OTHER_DRAFTS in dialect
    raise DiagnosticError(
        [
            Diagnostic(
                "schema/draft",
                "the schema is written in another draft of JSON Schema"
                if known
                else "the schema uses a metaschema of its own",
                span(source, (*at, "$schema")),
                found=json.dumps(dialect),
                expected=DRAFT,
                help="convert it to draft 2020-12" if known else "remove it; gen fetches nothing",
            )
        ]
    )


@cache
def _metaschema() -> tuple[Any, Explainer]:
    """The metaschema's validator, and the words for its errors."""
    import jsonschema_rs

    root = {"$ref": DRAFT}
    return jsonschema_rs.Draft202012Validator(root, offline=True, mask="…"), Explainer(Walker({"": root}), "")


def _reached(walker: Walker) -> Iterator[Place]:
    """Every subschema, and every other place that a reference leads to as the loop follows them."""
    at = 0
    while at < len(walker.references.places):
        yield walker.references.places[at]
        at += 1


def _broken_parts(walker: Walker, source: Source, place: Place, seen: bool) -> Iterator[Diagnostic]:
    """What is wrong with one subschema that only a look at all files shows."""
    try:
        (_check_draft if seen else _check_form)(source, place.path, place.schema)
    except DiagnosticError as error:
        yield from error.diagnostics
        return
    for keyword in REFERENCES:
        reference = place.schema.get(keyword)
        if reference is not None and walker.references.resolve(place, reference) is None:
            hint = did_you_mean(reference, walker.references.files)
            message = f"`{reference}` refers to nothing below schema/"
            near = hint if hint.startswith("did") else ""
            yield broken(source, (*place.path, keyword), message, help=near)
    for path, pattern in _patterns(place):
        if not patterns.is_linear(pattern):
            yield broken(
                source,
                path,
                "the pattern cannot be matched in linear time",
                "pattern",
                "use no look-around, no back-references and no large counts; to rule something out, use `not`"
                " with a `pattern`",
            )


def _patterns(place: Place) -> Iterator[tuple[Path, str]]:
    if "pattern" in place.schema:
        yield (*place.path, "pattern"), place.schema["pattern"]
    for pattern in place.schema.get("patternProperties", ()):
        yield (*place.path, "patternProperties", pattern), pattern


def _bound(walker: Walker, sources: Mapping[str, Source]) -> None:
    """Raises `DiagnosticError` where the schemas are too large to be worked with."""
    places = walker.references.places
    if len(places) > bounds.SUBSCHEMAS:
        place = places[bounds.SUBSCHEMAS]
        message = f"more than {bounds.SUBSCHEMAS:,} subschemas"
        raise DiagnosticError([broken(sources[place.file], place.path, message, "too-large")])
    seen: set[str] = set()
    for place in places:
        for path, pattern in _patterns(place):
            seen.add(pattern)
            if len(seen) > bounds.PATTERNS:
                message = f"more than {bounds.PATTERNS} different patterns"
                raise DiagnosticError([broken(sources[place.file], path, message, "too-large")])


def _json(source: Source) -> Any:
    """The data of a JSON file. Raises `DiagnosticError` for what is no JSON, and for a duplicate key."""
    try:
        data = json.loads(
            source.text,
            object_pairs_hook=lambda pairs: _unique(pairs, source),
            parse_constant=_refuse_number,
            parse_int=lambda text: int(text) if len(text) < bounds.DIGITS else _refuse_number(text),
            parse_float=lambda text: _finite(text),
        )
        _size(data)
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        at = source.span(error.pos, error.pos + 1)
        raise DiagnosticError([Diagnostic("schema/broken", f"not valid JSON: {error.msg}", at)]) from None
    except RecursionError:
        message = f"nested more than {bounds.NESTING} levels deep"
        raise DiagnosticError([Diagnostic("schema/broken", message, source.span())]) from None
    except UnicodeEncodeError:
        message = "a string holds half of a surrogate pair"
        raise DiagnosticError([Diagnostic("schema/broken", message, source.span())]) from None
    except OverflowError as error:
        start = max(source.text.find(str(error)), 0)
        message = f"`{str(error)[:20]}` is not a number that JSON can represent"
        number = source.span(start, start + len(str(error)))
        raise DiagnosticError([Diagnostic("schema/broken", message, number)]) from None
    return data


def _refuse_number(text: str) -> NoReturn:
    raise OverflowError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) != float("inf") else _refuse_number(text)


def _size(data: Any, depth: int = 0) -> int:
    """How many values there are. Raises RecursionError where they are nested too deeply."""
    if depth > bounds.NESTING:
        raise RecursionError
    if not isinstance(data, dict | list):
        return 1
    return 1 + sum(_size(child, depth + 1) for child in (data.values() if isinstance(data, dict) else data))


def _unique(pairs: list[tuple[str, Any]], source: Source) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        at = source.text.rfind(json.dumps(twice, ensure_ascii=False))
        place = source.span(max(at, 0), at + len(twice) + 2)
        raise DiagnosticError([Diagnostic("schema/broken", f"the key `{twice}` appears twice", place)])
    return data
