"""Defaults that their own subschema refuses, found when the schema is read rather than when one is used.

A default counts as it would be filled in: completed by the defaults inside of it. That of the whole schema is
left alone, since the values as a whole are never absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.core import bounds, paths
from generator.core.defaults import Defaults, Endless
from generator.core.effort import Effort, effort
from generator.core.paths import Path
from generator.core.references import Place
from generator.core.schema_files import broken, span
from generator.core.violations import Explainer
from generator.core.walker import Walker
from generator.core.wording import Violation
from generator.diagnostics import Diagnostic, DiagnosticError, Source

Compile = Callable[[Any], Any]  # a schema that refers to those of the project, as a validator


class _Default(NamedTuple):
    place: Place  # the subschema that has it
    value: Any  # completed


def find(walker: Walker, name: str, sources: Mapping[str, Source], compile: Compile) -> Iterator[Diagnostic]:
    """Every way in which a default breaks its subschema, in the order of the files.

    Raises `DiagnosticError` where validating the defaults takes too much work.
    """
    defaults = list(_completed(walker, name))
    if not defaults:
        return
    weight = _effort(walker, sources, defaults).weight
    references = [{"$ref": walker.references.reference_to(default.place)} for default in defaults]
    validator = compile({"prefixItems": references})
    values = [default.value for default in defaults]
    if validator.is_valid(values):
        return
    if weight > bounds.EXPLAINED:
        refused = [_first(validator, values)]
    else:
        refused = sorted({error.instance_path[0] for error in validator.iter_errors(values)})
    for index in refused[: bounds.ERRORS]:
        yield from _explained(walker, sources, defaults[index], references[index], compile)


def _completed(walker: Walker, name: str) -> Iterator[_Default]:
    defaults, filled = Defaults(walker, name), dict[Path, Place]()
    for number, place in enumerate(walker.references.places):
        if "default" in place.schema and (place.file, place.path) != (name, ()):
            try:
                yield _Default(place, defaults.completed(place.schema["default"], place, (number,), filled))
            except (Endless, RecursionError):
                continue  # reported where values make use of it


def _effort(walker: Walker, sources: Mapping[str, Source], defaults: list[_Default]) -> Effort:
    total = Effort(0, 0)
    for place, value in defaults:
        try:
            total = total.plus(effort(walker, place, value))
        except (RecursionError, OverflowError):
            total = Effort(bounds.EVALUATIONS + 1, 0)
        if total.evaluations > bounds.EVALUATIONS:
            message = f"validating the defaults takes more than {bounds.EVALUATIONS:,} steps"
            help = "look for references that lead to one subschema by several ways"
            at = (*place.path, "default")
            raise DiagnosticError([broken(sources[place.file], at, message, "too-much", help)])
    return total


def _first(validator: Any, values: list[Any]) -> int:
    import jsonschema_rs

    try:
        validator.validate(values)
    except jsonschema_rs.ValidationError as error:
        return int(error.instance_path[0])
    return 0


def _explained(
    walker: Walker, sources: Mapping[str, Source], default: _Default, reference: Any, compile: Compile
) -> Iterator[Diagnostic]:
    """What is wrong with one default, at the part of it that is written there."""
    place, value = default
    explainer = Explainer(walker, place.file, Place(place.file, place.path, reference))
    for violation in explainer.first(compile(reference), value):
        written = _written(place.schema["default"], violation.path)
        yield Diagnostic(
            "schema/default",
            f"the default is not valid under its own schema{_part(violation)}",
            span(sources[place.file], (*place.path, "default", *written)),
            found=violation.found,
            expected=violation.expected,
            help=violation.help,
        )


def _part(violation: Violation) -> str:
    """Which part of the default is at fault, unless it is the whole and `found` shows it."""
    return "" if violation.found and not violation.path else f": {violation.message}"


def _written(default: Any, path: Path) -> Path:
    """As much of a path in a completed default as stands in the schema itself."""
    for length in range(len(path), 0, -1):
        try:
            paths.get(default, path[:length])
        except KeyError:
            continue
        return path[:length]
    return ()
