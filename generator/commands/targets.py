"""Which environments a command works on, and which folder each of them is written to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator import output
from generator.core.layout import MARK
from generator.diagnostics import usage
from generator.output import Plan
from generator.pipeline import Rendering
from generator.project import Project, shown
from generator.report.reporter import Reporter


@dataclass(frozen=True, slots=True)
class Target:
    """An environment and its folder; not `rendered` any more where only its old files are left."""

    name: str
    folder: Path
    rendered: bool = True

    @property
    def apply(self) -> str:
        """The command line that deploys the environment."""
        return f"kubectl apply -f {shown(self.folder)}/"

    def render(self, project: Project, reporter: Reporter) -> Rendering:
        """What the environment renders to; warnings are shown."""
        rendering = project.line.render(self.name, project.layers(self.name))
        reporter.diagnostics(rendering.warnings)
        return rendering

    def plan(self, project: Project, reporter: Reporter) -> Plan:
        """What a render changes in the folder; warnings are shown. Raises `DiagnosticError`."""
        files = self.render(project, reporter).files if self.rendered else ()
        planned = output.plan(self.folder, files)
        reporter.diagnostics(planned.warnings)
        return planned


def targets(project: Project, names: list[str] | None, everything: bool, out: Path | None) -> list[Target]:
    """The targets of a command line. Raises `DiagnosticError` (usage) where they do not fit together."""
    chosen = project.choose(names, everything)
    if out is not None:
        if len(chosen) != 1:
            raise usage("usage/output", "--output takes the files of one environment", "give one --env NAME")
        return [Target(chosen[0], out.absolute())]
    made = [Target(name, project.rendered / name) for name in chosen]
    return made + (_orphans(project) if everything else [])


def _orphans(project: Project) -> list[Target]:
    """Folders below `rendered/` that hold files of environments which are no more."""
    known = set(project.environments)
    folders = (folder for folder in sorted(project.rendered.rglob("*")) if folder.is_dir())
    names = ((folder.relative_to(project.rendered).as_posix(), folder) for folder in folders)
    return [
        Target(name, folder, rendered=False)
        for name, folder in names
        if name not in known and _holds_ours(folder)
    ]


def _holds_ours(folder: Path) -> bool:
    return any(
        path.is_file() and not path.is_symlink() and path.read_bytes().startswith(MARK.encode())
        for path in folder.glob("*.yaml")
    )
