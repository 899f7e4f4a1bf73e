"""`gen list`: the environments of a project."""

from __future__ import annotations

from generator.commands.options import OutputFormat, ProjectDir
from generator.report.reporter import Format


def run(project: ProjectDir = None, format: OutputFormat = Format.TEXT) -> None:
    """List the environments."""
