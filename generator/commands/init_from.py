"""`gen init --from`: a project from existing manifests, which renders equal objects."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from generator import catalogue
from generator.core import bounds, paths, serialise
from generator.core.adopt import reading
from generator.core.adopt.project import adopt
from generator.core.adopt.reading import Object
from generator.core.canonical import canonical
from generator.core.counting import counted
from generator.core.paths import Path as Field
from generator.core.tree import Texts, decode, too_large
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Severity, Source, usage
from generator.pipeline import Rendering
from generator.project import Project, is_environment_name, shown
from generator.report.reporter import Reporter
from generator.sources import disk, starters

_ENVIRONMENT = "dev"
_ENDINGS = (".yaml", ".yml", ".json")
_REASON = "found in the manifests that this project was begun with"


class Begun(NamedTuple):
    """The texts of the new project, and what to say of it."""

    texts: dict[str, str]
    lines: list[str]


def begin(given: Sequence[str], reporter: Reporter) -> Begun:
    """A project from the arguments of --from, each PATH or ENVIRONMENT=PATH.

    Raises `DiagnosticError`, also where an object would not be rendered as it was read.
    """
    with Collector() as noticed:
        found = {name: reading.objects(_sources(place), noticed) for name, place in _places(given)}
        noticed.add(*(_empty(name) for name, objects in found.items() if not objects))
    reporter.diagnostics(noticed.diagnostics)
    while True:
        made = adopt(found)
        texts = {**_common(next(iter(found))), **made.texts}
        nulls = [problem for problem in _findings(texts, found) if _is_null(problem)]
        if not nulls:
            break
        reporter.diagnostics(dict.fromkeys(map(_left_out, nulls)))
        found = {name: _without(objects, nulls) for name, objects in found.items()}
    accepted = _accept(texts, found)
    counts = {name: counted(len(objects), "object") for name, objects in found.items()}
    lines = [f"{name}: {count}, equal to those read" for name, count in counts.items()]
    lines += [f"{counted(made.values, 'value')} lifted"]
    lines += [f"{counted(accepted, 'finding')} accepted in gen.yaml; look at them"] if accepted else []
    return Begun(texts, lines)


def _is_null(problem: Diagnostic) -> bool:
    """Whether a field is null where its schema allows none; the API server takes such a field for absent."""
    return problem.rule.startswith("check/api-") and problem.found == "null"


def _left_out(problem: Diagnostic) -> Diagnostic:
    message = f"`{problem.path}` of {problem.object} is null, and is left out: that is what null means there"
    return Diagnostic("init/null-field", message, problem.span, Severity.WARNING)


def _without(objects: Sequence[Object], nulls: Sequence[Diagnostic]) -> list[Object]:
    """Objects without the fields that hold null, which the problems are about."""
    fields = {(problem.object, paths.parse(problem.path)) for problem in nulls}
    return [
        one._replace(
            body=_cut(one.body, [path for name, path in fields if name == one.identity.address and path])
        )
        for one in objects
    ]


def _cut(value: Any, away: Sequence[Field]) -> Any:
    """A copy of plain data without the entries of mappings at some paths."""
    if isinstance(value, list):
        return [_cut(item, [path[1:] for path in away if path[0] == n]) for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    below = {key: [path[1:] for path in away if path[0] == key] for key in value}
    return {key: _cut(child, below[key]) for key, child in value.items() if () not in below[key]}


def _places(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The environments and where their manifests are."""
    seen: set[str] = set()
    if sum(argument.rpartition("=")[2] == "-" for argument in given) > 1:
        problem = "standard input can be read only once"
        raise usage("usage/from", problem, "give files or folders for the others")
    for argument in given:
        name, equals, place = argument.partition("=")
        if not (equals and place and is_environment_name(name)):
            name, place = _ENVIRONMENT, argument
        if name in seen:
            help = "name each one: --from dev=DIR --from prod=DIR"
            raise usage("usage/from", f"--from gives the environment `{name}` twice", help)
        seen.add(name)
        yield name, place


def _sources(place: str) -> Iterator[Source]:
    """The manifests at a place: standard input, a file, or a folder with all that is below it."""
    if place == "-":
        raw = sys.stdin.buffer.read(bounds.TEXT + 1)
        yield decode("standard input", raw)
        return
    path = Path(place)
    if not path.exists():
        raise usage("usage/from", f"there is no {shown(path)}")
    if not path.is_dir():
        yield disk.file(path, shown(path))
        return
    left = bounds.TREE
    for name in sorted(_below(path)):
        source = disk.file(name, shown(name))
        left -= len(source.text)
        if left < 0:
            raise too_large(shown(path))
        yield source


def _below(folder: Path) -> Iterator[Path]:
    """The manifests below a folder; hidden entries and links that lead out of it are left out."""
    for count, path in enumerate(folder.rglob("*")):
        if count > bounds.FILES:
            raise usage("usage/from", f"{shown(folder)} holds more than {bounds.FILES:,} files")
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.name.endswith(_ENDINGS) and not is_hidden and path.is_file() and not path.is_symlink():
            yield path


def _common(environment: str) -> dict[str, str]:
    """What every project has: settings, README, ignored files and a workflow for CI."""
    wanted = ("README.md", "gen.yaml", ".gitignore", ".github/workflows/gen.yaml")
    texts = {name: text for name, text in starters.read("bare").items() if name in wanted}
    texts["README.md"] = texts["README.md"].replace("rendered/dev/", f"rendered/{environment}/")
    return texts


def _accept(texts: dict[str, str], found: Mapping[str, Sequence[Object]]) -> int:
    """Render the new project, and accept in its gen.yaml what gen finds in the objects; how many findings.

    Raises `DiagnosticError` where they cannot be accepted, and where an object is not equal to the one read.
    """
    ignored: dict[tuple[str, str, str], None] = {}
    plain = texts["gen.yaml"]
    while True:
        problems = _findings(texts, found)
        new = dict.fromkeys(
            (d.rule, d.object, d.path) for d in problems if catalogue.can_lower(d.rule) and d.object
        )
        if fixed := [d for d in problems if (d.rule, d.object, d.path) not in new]:
            raise DiagnosticError(dict.fromkeys(fixed))
        if not problems or not new.keys() - ignored.keys():
            return len(ignored)
        ignored |= new
        entries = [
            {"rule": rule, "object": name, **({"path": path} if path else {}), "reason": _REASON}
            for rule, name, path in ignored
        ]
        texts["gen.yaml"] = f"{plain}\n{serialise.dump({'ignore': entries})}"


def _findings(texts: Mapping[str, str], found: Mapping[str, Sequence[Object]]) -> list[Diagnostic]:
    """The errors of the new project, in all environments, at the objects that were read."""
    project = Project(Texts(texts))
    problems: list[Diagnostic] = []
    for environment, objects in found.items():
        try:
            _compare(project.line.render(environment, project.layers(environment)), objects)
        except DiagnosticError as error:
            errors = [problem for problem in error.diagnostics if problem.severity is Severity.ERROR]
            problems += [_placed(problem, objects) for problem in errors]
    return problems


def _placed(problem: Diagnostic, objects: Sequence[Object]) -> Diagnostic:
    """A finding at the object that was read, since nobody can open the templates yet."""
    span = next((one.span for one in objects if one.identity.address == problem.object), None)
    return problem._replace(span=span, related=())


def _compare(rendering: Rendering, objects: Sequence[Object]) -> None:
    """Raises `DiagnosticError` for every object that is not rendered as it was read."""
    made = {file.manifest.identity: file.manifest.body for file in rendering.files}
    with Collector() as problems:
        for one in objects:
            if canonical(made.pop(one.identity, None)) != canonical(one.body):
                message = f"the {one.identity} would not be rendered as it was read; nothing was written"
                problems.add(Diagnostic("init/differs", message, one.span))
        for identity in made:
            problems.add(Diagnostic("init/differs", f"the {identity} would be rendered, and was not read"))


def _empty(environment: str) -> Diagnostic:
    return Diagnostic("init/empty", f"there are no manifests for the environment `{environment}`")
