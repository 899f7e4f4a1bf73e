"""Which environments a command works on, and which folder each of them is written to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from generator import output
from generator.commands import fleet
from generator.core import accepted, gitops
from generator.core.accepted import Ignored
from generator.core.counting import counted
from generator.core.settings import NAME as SETTINGS
from generator.core.settings import Settings
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Exit, Severity, usage
from generator.pipeline import Pipeline, Rendering
from generator.project import DiskProject, shown
from generator.registry.pull_secret import PullSecrets
from generator.report.reporter import Reporter


class Target(NamedTuple):
    """An environment and its folder; not `rendered` any more where only its old files are left."""

    name: str
    root: Path
    below: str = ""  # the root, which a fleet has thousands of times but holds once
    rendered: bool = True
    engine: bool = False  # the folder is that of the GitOps engine's objects, and `name` may be empty for all

    @property
    def label(self) -> str:
        """What the target is called where several are listed."""
        return self.below if self.engine else self.name

    @property
    def folder(self) -> Path:
        return self.root / self.below

    @property
    def apply(self) -> str:
        """The command line that deploys the environment."""
        return f"kubectl apply -f {shown(self.folder)}/"

    @property
    def command(self) -> str:
        """The command line that renders the environment, or removes the files of one that is no more."""
        if not self.rendered:
            return "gen render --all"
        if self.engine:
            return f"gen render --env {self.name}" if self.name else "gen render --all"
        by_itself = self.folder.parts[-len(self.name.split("/")) - 1 :] != ("rendered", *self.name.split("/"))
        return f"gen render --env {self.name}" + (f" --output {shown(self.folder)}" if by_itself else "")

    def render(self, project: DiskProject, line: Pipeline, secrets: PullSecrets) -> Rendering:
        """What the environment renders to: nothing where it is no more. Raises `DiagnosticError`."""
        output.refuse_links(self.root, self.below)
        if not self.rendered:
            return Rendering(self.name, (), Values({}, ()), ())
        if self.engine:
            return line.engine(self.name or None, project.environments)
        rendering = line.render(self.name, project.layers(self.name))
        project.keep()
        return secrets.complete(rendering, self.folder, self.command)


class Findings:
    """What was found over several environments: each problem once, with the environments that have it."""

    def __init__(self) -> None:
        self.looked_at = 0
        self.ignored: list[Ignored] = []
        self.found: dict[Diagnostic, list[str]] = {}
        self.status = Exit.NO

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.found)

    @contextmanager
    def of(self, target: Target, settings: Settings) -> Iterator[Collector]:
        """Collect what is found in one environment; errors do not keep the next one from being looked at."""
        self.looked_at += 1
        problems = Collector(judge=accepted.Acceptance(settings, target.name))
        with problems.catch():
            yield problems
        self.status = max(self.status, problems.status)
        for diagnostic in problems.diagnostics:
            self.found.setdefault(diagnostic, []).append(target.name)

    def join(self, other: Findings) -> None:
        """Take in what was found elsewhere."""
        self.looked_at += other.looked_at
        self.ignored += other.ignored
        self.status = max(self.status, other.status)
        for diagnostic, names in other.found.items():
            self.found.setdefault(diagnostic, []).extend(names)

    def finish(self, reporter: Reporter, whole: Settings | None = None) -> None:
        """Show the warnings and what is ignored; `whole` holds the settings if all was looked at.

        Raises `DiagnosticError` with everything where there are errors.
        """
        if whole is not None and not self.failed:
            self.found.update((problem, []) for problem in accepted.unneeded(whole, self.ignored))
        told = [
            diagnostic._replace(
                environments=tuple(dict.fromkeys(names)) if 0 < len(names) < self.looked_at else ()
            )
            for diagnostic, names in self.found.items()
        ]
        if self.failed:
            raise DiagnosticError(told, self.status)
        reporter.diagnostics(told)
        if self.ignored:
            line = f"{counted(len(self.ignored), 'finding')} ignored by {SETTINGS}"
            reporter.result([line], {"ignored": [one.plain() for one in self.ignored]})


def targets(
    project: DiskProject,
    names: list[str] | None,
    everything: bool,
    out: Path | None,
    shard: str | None = None,
    engine: bool = False,
) -> list[Target]:
    """The targets of a command line; with `engine` also the folders of the GitOps engine's objects.

    Raises `DiagnosticError` (usage) where the options do not fit together.
    """
    _refuse_gone(project, names or ())
    chosen = project.choose(names, everything)
    if out is not None:
        if len(chosen) != 1:
            raise usage("usage/output", "--output takes the files of one environment", "give one --env NAME")
        if out == Path("-"):
            problem = "--output - is standard output, and only gen render writes there"
            raise usage("usage/output", problem, "give the folder that holds the files")
        root = Path(os.path.abspath(out))  # noqa: PTH100 (`..` behind a link would lead elsewhere)
        if root.is_relative_to(project.root):
            output.refuse_links(project.root, root.relative_to(project.root).as_posix())
        return [Target(chosen[0], root)]
    output.refuse_links(project.root, project.rendered.name)
    made = [Target(name, project.rendered, name) for name in chosen]
    made += _of_engine(project, chosen, everything) if engine else ()
    if shard is not None and not everything:
        raise usage("usage/shard", "--shard is a share of all environments", "give --all too")
    return fleet.shard([*made, *(_orphans(project) if everything else ())], shard)


def _of_engine(project: DiskProject, chosen: Iterable[str], everything: bool) -> Iterator[Target]:
    """The folders of the objects with which a GitOps engine applies the environments."""
    said = project.line.settings.gitops
    if said is None:
        return
    for name in filter(said.covers, chosen):
        if not said.application_set:
            yield Target(name, project.rendered, f"{gitops.FOLDER}/{name}", engine=True)
    if said.application_set and everything:
        yield Target("", project.rendered, gitops.FOLDER, engine=True)


def _refuse_gone(project: DiskProject, names: Iterable[str]) -> None:
    """An environment without a values file whose files are still there is removed, and not rendered."""
    for name in set(names).difference(project.environments):
        inside = ".." not in name.split("/") and not name.startswith("/")
        if inside and (project.rendered / name).is_dir() and output.holds_ours(project.rendered / name):
            message = f"values/{name}.yaml no longer exists, but rendered/{name}/ still holds its files"
            raise usage("usage/environment", message, "gen render --all removes them")


def _orphans(project: DiskProject) -> Iterator[Target]:
    """Folders below `rendered/` that hold files of environments which are no more."""
    known = {*project.environments, *(t.below for t in _of_engine(project, project.environments, True))}
    waiting = [""]
    with output.failures(project.rendered):
        while waiting:
            name = waiting.pop()
            folder = project.rendered / name
            for entry in os.scandir(folder) if folder.is_dir() else ():
                # Hidden folders are changes in the making.
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/{entry.name}".removeprefix("/"))
            waiting.sort(reverse=True)
            if name and name not in known and output.holds_ours(folder):
                yield Target(name, project.rendered, name, rendered=False)
