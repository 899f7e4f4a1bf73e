"""`gen help`: the help of gen or of a command."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from generator.core.nearest import did_you_mean
from generator.diagnostics import usage
from generator.report.reporter import Reporter


def run(
    ctx: typer.Context,
    command: Annotated[
        str | None, typer.Argument(help="The command to show help for; by default gen itself.")
    ] = None,
) -> None:
    """Show help for gen or for a command."""
    root = ctx.find_root()
    reporter = root.ensure_object(Reporter)
    group: Any = root.command
    if command is None:
        reporter.result(group.get_help(root).split("\n"), {})
        return
    found = group.get_command(root, command)
    if found is None:
        hint = did_you_mean(command, group.list_commands(root))
        raise usage("usage/command", f"there is no command `{command}`", hint)
    inner = found.context_class(found, info_name=command, parent=root, help_option_names=["-h", "--help"])
    reporter.result(found.get_help(inner).split("\n"), {})
