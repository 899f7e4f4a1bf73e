"""`gen render --output -`: the manifests of one environment as one stream, for a pipe; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from generator.commands.targets import Findings, Target
from generator.core.layout import File
from generator.diagnostics import Collector, Diagnostic, Severity, usage
from generator.project import DiskProject
from generator.registry import sealed
from generator.registry.guard import holds_bytes
from generator.registry.pull_secret import waits
from generator.report.reporter import DOCUMENTS, Reporter

STDOUT: Final = Path("-")


def render(
    project: DiskProject,
    names: list[str] | None,
    everything: bool,
    credentials: str | None,
    reporter: Reporter,
) -> None:
    """Write the objects of one environment to standard output, in apply order; problems go elsewhere.

    Raises `DiagnosticError` with every problem, also for a Secret that holds values.
    """
    _refuse(project, names, everything, credentials, reporter)
    (name,) = project.choose(names, everything)
    findings, files = Findings(), tuple[File, ...]()
    with findings.of(Target(name, project.rendered, name), project.line.settings) as problems:
        rendering = project.line.render(name, project.layers(name))
        problems.add(*rendering.warnings, *sealed.check(rendering))
        files = tuple(_public(rendering.files, name, problems))
    findings.finish(reporter)
    reporter.page("".join(f"---\n{file.content.decode()}" for file in files))


def _refuse(
    project: DiskProject,
    names: list[str] | None,
    everything: bool,
    credentials: str | None,
    reporter: Reporter,
) -> None:
    """Raises `DiagnosticError` (usage) for options that do not go with a stream."""
    if len(project.choose(names, everything)) != 1:
        raise usage("usage/output", "--output - takes one environment", "give one --env NAME")
    if credentials is not None:
        help = "gen render --registry-credentials writes it to a file that git ignores"
        raise usage("usage/output", "--output - writes no pull secret", help)
    if reporter.format in DOCUMENTS:
        problem = f"--output - and --format {reporter.format} both need standard output"
        raise usage("usage/output", problem, "leave out one of the two")


def _public(files: tuple[File, ...], environment: str, problems: Collector) -> Iterator[File]:
    """The files that kubectl reads and everybody may see."""
    for file in files:
        if waits(file):
            problems.add(_left_out(file, environment))
        elif holds_bytes(file):
            problems.add(_secret(file))
        elif file.manifest.applied:
            yield file


def _left_out(file: File, environment: str) -> Diagnostic:
    return Diagnostic(
        "secret/stream",
        f"the {file.manifest.identity} is left out: its bytes are written to a file only",
        file.manifest.trace(("kind",)).span,
        Severity.WARNING,
        help=f"gen render --env {environment} --registry-credentials FILE",
    )


def _secret(file: File) -> Diagnostic:
    return Diagnostic(
        "secret/stream",
        f"the {file.manifest.identity} holds values, and is not written to standard output",
        file.manifest.trace(("kind",)).span,
        help="render it to a folder, or take its values out of the template",
    )
