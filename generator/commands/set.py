"""`gen set`: change values where they stand in their file, and render what follows from them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from pathlib import Path as File
from typing import Annotated, Any, Final, NamedTuple

import typer

from generator import selection, staging
from generator.commands import render
from generator.commands.options import OutputFormat, ProjectDir
from generator.commands.targets import targets
from generator.core import compare, documents, nodes, paths, placed, values
from generator.core.edit import REMOVE, edit
from generator.core.paths import Path
from generator.core.tree import Texts, decode
from generator.diagnostics import Diagnostic, DiagnosticError, Severity, Source, usage
from generator.project import BASE, DiskProject, find, real
from generator.registry.guard import Guard
from generator.registry.pull_secret import PullSecrets
from generator.report import diff
from generator.report.reporter import Format, Reporter
from generator.sources import disk

_BASE: Final = f"values/{BASE}"
_USAGE: Final = (
    "write PATH=VALUE, such as image.tag=1.4.0; quote it if it holds characters that are special to the shell"
)


class Change(NamedTuple):
    """A value to give to a path; `REMOVE` takes the entry away."""

    path: Path
    value: Any


def run(
    ctx: typer.Context,
    assignments: Annotated[list[str] | None, typer.Argument(metavar="PATH=VALUE")] = None,
    env: Annotated[str | None, typer.Option("--env", "-e", metavar="ENV", help="The environment.")] = None,
    base: Annotated[
        bool, typer.Option("--base", help="Change values/base.yaml, which all environments share.")
    ] = False,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", metavar="PATH", help="Remove a value from the file.")
    ] = None,
    from_: Annotated[
        File | None, typer.Option("--from", metavar="FILE", help="A YAML file of values to set.")
    ] = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Change values in their files, and render the result.

    Comments, order and layout of the file stay. Everything is checked first; nothing is written if it fails.
    """
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    if base == (env is not None):
        raise usage("usage/environment", "which values?", "give --env NAME, or --base for values/base.yaml")
    found.choose([env] if env else None, everything=base)
    name = _BASE if base else f"values/{env}.yaml"
    given = [read(found, text) for text in assignments or ()]
    given += list(_leaves(values.read(disk.file(from_, str(from_))).data)) if from_ else []
    given += [Change(_path(text), REMOVE) for text in unset or ()]
    if not given:
        raise usage("usage/assignment", "nothing to set", _USAGE)
    write(found, name, given, [env] if env else None, reporter)


def read(project: DiskProject, text: str) -> Change:
    """An assignment as it is typed. Raises `DiagnosticError` for what is none.

    The value is read as YAML, but as it stands where the schema takes nothing but text.
    """
    path, rest = paths.head(text)
    if not path or not rest.startswith("="):
        raise usage("usage/assignment", f"`{text}` is not PATH=VALUE", _USAGE)
    raw, is_text = rest[1:], placed.is_text(project.line.schema.walker, path)
    source = Source(paths.show(path), raw)
    try:
        [node] = documents.parse(source) or [nodes.Scalar(raw, False, 0, len(raw))]
        if isinstance(node, nodes.Scalar) and node.plain and node.text != raw:
            return Change(path, raw)  # a comment, or blanks: text to whoever typed it
        value = nodes.plain(node, source)
    except (DiagnosticError, ValueError):
        if not is_text:
            raise
        return Change(path, raw)
    return Change(path, raw if is_text and value is not None and not isinstance(value, str) else value)


def _path(text: str) -> Path:
    if (path := paths.parse(text)) is None:
        raise usage(
            "usage/assignment", f"`{text}` is not a path of a value", "write it as image.tag or args[0]"
        )
    return path


def _leaves(value: Any, path: Path = ()) -> Iterator[Change]:
    """What a value sets: mappings merge, everything else replaces."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif path:
        yield Change(path, value)


def write(
    project: DiskProject,
    name: str,
    changes: list[Change],
    names: list[str] | None,
    reporter: Reporter,
    agree: Callable[[DiskProject], None] = lambda _: None,
) -> None:
    """Change a values file and render: environments by name, or all of them. All is written, or nothing.

    `agree` is given the project as it will be, when nothing is wrong and before anything is written; it may
    raise. Raises `DiagnosticError` with everything that is wrong.
    """
    own = disk.Disk(project.root)
    chosen = targets(project, names, names is None, None, engine=True)
    with staging.locked(project.rendered), staging.stage(project.rendered) as stage:
        stored = own.raw(name) if own.holds(name) else b""
        before = after = decode(name, stored, own.home)
        mark = BOM_UTF8 if stored.startswith(BOM_UTF8) else b""
        raw = stored.removeprefix(mark).decode()
        order = lambda path: placed.names(project.line.schema.walker, path)  # noqa: E731
        for change in changes:
            if (made := edit(after, change.path, change.value, order)) is not None:
                raw = in_raw(raw, made.start, made.end, made.text)
                after = after._replace(text=made.apply(after.text))
        new = DiskProject(project.root, project.store)
        new.tree = Texts({name: after.text}, own, own.home)

        def first() -> None:
            agree(new)
            if after.text != before.text:
                staging.replace(real(project.root / name), mark + raw.encode())

        secrets = PullSecrets(None, Guard(project.root, project.rendered, unversioned=False))
        written = render.write(new, chosen, secrets, stage, reporter, first)
        for one in written:
            if not one.target.engine and selection.selects(project.rendered, one.target.name):
                selection.select(project.rendered, one.target.name, one.kept)
    reporter.diagnostics(
        _hidden(
            new,
            name,
            changes,
            [one.target.name for one in written if one.target.rendered and not one.target.engine],
        )
    )
    lines = list(compare.of_lines(before.text.splitlines(), after.text.splitlines(), context=1))
    shown = diff.shown(name, lines) if lines else [f"{name}: nothing to change"]
    data = {"path": name, "diff": [diff.plain(line) for line in lines]}
    reporter.result(shown, {"values": data, "environments": [render.plain(one) for one in written]})
    reporter.result(render.summary(written, selected=False), {})


def in_raw(raw: str, start: int, end: int, new: str) -> str:
    """A text as it stands in the file, with an edit of the text that has `\\n` line breaks only."""
    lines = raw.split("\r\n")
    if len(lines) == 1:
        return raw[:start] + new + raw[end:]
    at, places = 0, []
    for line in lines[:-1]:
        at += len(line)
        places.append(at)
        at += 1
    shift = [sum(place < offset for place in places) for offset in (start, end)]
    return raw[: start + shift[0]] + new.replace("\n", "\r\n") + raw[end + shift[1] :]


def _hidden(project: DiskProject, name: str, changes: list[Change], names: list[str]) -> Iterator[Diagnostic]:
    """A warning for each environment in which a later layer hides a value that was set."""
    leaves = [leaf for one in changes if one.value is not REMOVE for leaf in _leaves(one.value, one.path)]
    for environment in names:
        merged = values.merge(project.layers(environment))
        for path in (leaf.path for leaf in leaves):
            last = next((s for n in range(len(path), 0, -1) for s in merged.said([path[:n]])), None)
            if last is not None and last.source.path != name:
                shown = paths.show(path)
                yield Diagnostic(
                    "set/hidden",
                    f"`{shown}` of {name} has no effect in {environment}, which also sets it",
                    last,
                    Severity.WARNING,
                    help=f"gen set --env {environment} --unset {shown}",
                    path=shown,
                )
