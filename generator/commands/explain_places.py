"""`gen explain FILE:LINE` and `gen explain FOLDER`: what is written, set or decided at a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator import output
from generator.commands.explained import Explained
from generator.core import gitops, paths
from generator.core.nodes import Mapping, Node, Sequence
from generator.core.values import read
from generator.diagnostics import DiagnosticError, Source, usage
from generator.output import stale
from generator.project import DiskProject, real, shown
from generator.registry.pull_secret import PullSecrets
from generator.report import explanation
from generator.report.reporter import Reporter

_POSITION = re.compile(r"(?P<file>.+):(?P<line>[0-9]{1,9})(?::[0-9]+)?")
_NAMED = re.compile(r"\.(ya?ml|j2|json|config)$")

Environments = dict[str, Explained]


def explain_position(
    project: DiskProject,
    target: str,
    env: list[str] | None,
    out: Path | None,
    reporter: Reporter,
    environments: Environments,
) -> bool:
    """Explain a line of a file, or all files of a folder; whether the target is one.

    Raises `DiagnosticError` where it is one that nothing can be said of.
    """
    if Path(target).is_dir():
        return _folder(project, target, reporter, environments)
    position = _POSITION.fullmatch(target)
    if position is None or not (Path(position["file"]).is_file() or _NAMED.search(position["file"])):
        return False
    file, number = Path(position["file"]), int(position["line"])
    if not file.is_file():
        raise usage("usage/no-file", f"there is no {shown(file)}")
    for folder, explain in (("values", _in_values), ("templates", _in_template)):
        if real(file).is_relative_to(real(project.root / folder)):
            explain(project, file, number, env, reporter, environments)
            return True
    _rendered(project, file, number, env, out, reporter)
    return True


def _folder(project: DiskProject, target: str, reporter: Reporter, environments: Environments) -> bool:
    place, rendered = real(Path(target)), real(project.rendered)
    if not place.is_relative_to(rendered):
        return False
    below = place.relative_to(rendered).as_posix()
    names = [n for n in project.environments if n == below or below == "." or n.startswith(f"{below}/")]
    if not names:
        raise usage("usage/no-environment", f"{shown(Path(target))} is not the folder of an environment")
    for name in names:
        explained = Explained.of(project, name, environments)
        for file in explained.explainer.files:
            explained.whole(file, reporter)
    return True


def _rendered(
    project: DiskProject, file: Path, number: int, env: list[str] | None, out: Path | None, reporter: Reporter
) -> None:
    place = real(file)
    name = env[0] if env and out else _environment(project, place)
    if name.partition("/")[0] == gitops.FOLDER:
        rendering = project.line.engine(name.partition("/")[2] or None, project.environments)
    else:
        rendering = project.line.render(name, project.layers(name))
    explained = Explained(project.line, PullSecrets().complete(rendering, place.parent, ""))
    rendered = next((f for f in explained.rendering.files if f.name == place.name), None)
    if rendered is None:
        raise usage(
            "usage/not-rendered", f"{name} renders to no {place.name} any more", f"gen check --env {name}"
        )
    if not 1 <= number <= len(rendered.lines):
        raise usage("usage/no-line", f"{shown(file)} has {len(rendered.lines)} lines, not {number}")
    if output.stored(place) != rendered.content:
        reporter.diagnostics([stale(shown(file), name)])
    masked = next(f for f in explained.explainer.files if f.name == place.name)
    chain = explained.explainer.line(masked, number)
    if chain is None:
        reporter.items([explanation.header(masked)], "headers", {"template": masked.manifest.template})
        explained.whole(masked, reporter)
        return
    reporter.items(
        explanation.of_line(chain, shown(file)), "lines", explanation.plain_line(chain, shown(file))
    )


def _environment(project: DiskProject, place: Path) -> str:
    """The environment that a rendered file belongs to."""
    folder, rendered = place.parent, real(project.rendered)
    if folder.is_relative_to(rendered):
        name = folder.relative_to(rendered).as_posix()
        engine, _, environment = name.partition("/")
        by_engine = engine == gitops.FOLDER and project.line.settings.gitops is not None
        if name in project.environments or (by_engine and environment in ("", *project.environments)):
            return name
    raise usage(
        "usage/no-environment",
        f"{shown(place)} is not in the folder of an environment",
        "give --env and --output",
    )


def _in_values(
    project: DiskProject,
    file: Path,
    number: int,
    env: list[str] | None,
    reporter: Reporter,
    environments: Environments,
) -> None:
    """The values that a line of a values file sets, in the environments that it belongs to."""
    named = f"values/{real(file).relative_to(real(project.root / 'values')).as_posix()}"
    told = False
    for name in project.choose(env, not env):
        source = next((s for s in project.layers(name) if s.path == named), None)
        for path in _set_at(source, number) if source is not None else ():
            told |= Explained.of(project, name, environments).at(path, reporter)
    if not told:
        raise usage("usage/no-target", f"{shown(file)}:{number} sets no value of an environment")


def _set_at(source: Source, number: int) -> Iterator[paths.Path]:
    try:
        root = read(source).root
    except DiagnosticError:
        return
    yield from (path for path, start in _starts(root) if source.span(start).line == number)


def _starts(node: Node, path: paths.Path = ()) -> Iterator[tuple[paths.Path, int]]:
    """Where each value of a tree begins, with its key."""
    if isinstance(node, Mapping):
        children: list[tuple[str | int, int, Node]] = [(k.text, k.start, v) for k, v in node.entries]
    else:
        items = node.items if isinstance(node, Sequence) else []
        children = [(n, item.start, item) for n, item in enumerate(items)]
    for step, start, child in children:
        yield (*path, step), start
        yield from _starts(child, (*path, step))


def _in_template(
    project: DiskProject,
    file: Path,
    number: int,
    env: list[str] | None,
    reporter: Reporter,
    environments: Environments,
) -> None:
    """What a line of a template writes, or decides over."""
    named = real(file).relative_to(real(project.root / "templates")).as_posix()
    if named not in project.line.templates.sources:
        raise usage("usage/no-target", f"{shown(file)} is not a template")
    source = project.line.templates.sources[named]
    for name in project.choose(env, not env):
        explained = Explained.of(project, name, environments)
        uses = list(explained.index.writes.get((source.path, number), ()))
        data = {
            "path": source.path,
            "line": number,
            "environment": name,
            "writes": explanation.plain_uses(uses, name),
        }
        reporter.items(explanation.of_place(f"{shown(file)}:{number}", name, uses), "places", data)
