"""Change values where they stand in their file, and render what follows from them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from generator import selection, staging
from generator.commands import render
from generator.commands.targets import targets
from generator.core import compare, paths, placed, values
from generator.core.edit import REMOVE, edit
from generator.core.paths import Path
from generator.core.tree import Texts, decode
from generator.diagnostics import Diagnostic, Severity, Source
from generator.project import DiskProject, real
from generator.registry.guard import Guard
from generator.registry.pull_secret import PullSecrets
from generator.report import diff
from generator.report.reporter import Reporter
from generator.sources import disk


class Change(NamedTuple):
    """A value to give to a path; `REMOVE` takes the entry away."""

    path: Path
    value: Any


def leaves(value: Any, path: Path = ()) -> Iterator[Change]:
    """What a value sets: mappings merge, everything else replaces."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, (*path, key))
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
        before, after, raw = _edited(project, own, name, changes)
        new = DiskProject(project.root, project.store)
        new.tree = Texts({name: after.text}, own, own.home)

        def first() -> None:
            agree(new)
            if after.text != before.text:
                staging.replace(real(project.root / name), raw)

        secrets = PullSecrets(None, Guard(project.root, project.rendered, unversioned=False))
        written = render.write(new, chosen, secrets, stage, reporter, first)
        for one in written:
            if not one.target.engine and selection.selects(project.rendered, one.target.name):
                selection.select(project.rendered, one.target.name, one.kept)
    rendered = [one.target.name for one in written if one.target.rendered and not one.target.engine]
    reporter.diagnostics(_hidden(new, name, changes, rendered))
    lines = list(compare.of_lines(before.text.splitlines(), after.text.splitlines(), context=1))
    shown = diff.shown(name, lines) if lines else [f"{name}: nothing to change"]
    data = {"path": name, "diff": [diff.plain(line) for line in lines]}
    reporter.result(shown, {"values": data, "environments": [render.plain(one) for one in written]})
    reporter.result(render.summary(written, selected=False), {})


def _edited(
    project: DiskProject, own: disk.Disk, name: str, changes: list[Change]
) -> tuple[Source, Source, bytes]:
    """A values file before and after changes, and its bytes after them, with its own mark and line breaks."""
    stored = own.raw(name) if own.holds(name) else b""
    before = after = decode(name, stored, own.home)
    mark = BOM_UTF8 if stored.startswith(BOM_UTF8) else b""
    raw = stored.removeprefix(mark).decode()
    order = partial(placed.names, project.line.schema.walker)
    for change in changes:
        if (made := edit(after, change.path, change.value, order)) is not None:
            raw = in_raw(raw, made.start, made.end, made.text)
            after = after._replace(text=made.apply(after.text))
    return before, after, mark + raw.encode()


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
    given = [leaf.path for one in changes if one.value is not REMOVE for leaf in leaves(one.value, one.path)]
    for environment in names:
        merged = values.merge(project.layers(environment))
        for path in given:
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
