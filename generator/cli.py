"""The table of commands, and the one place where a run ends.

Every command is a module of `generator.commands` with a function `run`, imported only when it is called,
so that `gen render` never pays for a cluster client and `gen --help` pays for nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from generator import __version__
from generator.diagnostics import EXIT_CODES, Diagnostic, DiagnosticError, Exit
from generator.report import streams
from generator.report.line import Line
from generator.report.reporter import Reporter

COMMANDS = {
    "init": "Create a project from a starter, or from existing manifests.",
    "ci": "Write pipelines: check and review, build and deploy.",
    "render": "Validate the values, render the templates and write the manifests.",
    "check": "Render without writing, and fail on problems or drift.",
    "values": "Show the complete values of an environment and where each comes from.",
    "explain": "Show where an output line, an output field or a value comes from.",
    "review": "Show what a change since a git revision does to every environment.",
    "compare": "Show what differs between two environments, or one field across many.",
    "set": "Change values in their files, and render the result.",
    "pin": "Look up the digest of the image's tag and write it to the values.",
    "promote": "Copy what was verified in one environment to another.",
    "diff": "Show what applying an environment would change in its cluster.",
    "deploy": "Apply an environment to its cluster, as planned and approved.",
    "status": "Show whether an environment is rolled out, and what holds it up.",
    "seal": "Encrypt the pull secret for a cluster, so that it can be committed.",
    "list": "List the environments.",
    "schema": "Generate the schema for editors and the reference page of the values.",
    "verify": "Request real predictions from the deployed model, and check them.",
    "provision": "Print or run a script that builds the cluster, registry and image.",
    "guard": "Write a policy that keeps other environments out of a cluster.",
    "help": "Show help for gen or for a command.",
}


_EPILOG = "\n".join(["\b", "Exit codes:", *(f"  {code}  {text}" for code, text in EXIT_CODES.items())])


class Commands(TyperGroup):
    """A group that imports a command's module when the command is called for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name)(import_module(f"generator.commands.{cmd_name}").run)
        command: Any = get_command(app)
        command.epilog = _EPILOG
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(COMMANDS.items())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _printable_errors():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        reporter: Reporter = ctx.ensure_object(Reporter)
        try:
            with _printable_errors():
                return super().invoke(ctx)
        except DiagnosticError as error:
            reporter.diagnostics(error.diagnostics)
            raise typer.Exit(error.status) from None
        except Exception as error:
            known = isinstance(error, typer.Exit | typer.Abort | streams.StreamError)
            if known or hasattr(error, "exit_code"):
                raise
            reporter.diagnostics([_bug(error)])
            raise typer.Exit(Exit.UNKNOWN) from None
        finally:
            reporter.close()


@contextmanager
def _printable_errors() -> Iterator[None]:
    """Make usage errors safe to print: Typer repeats arguments, and a shell may have put any name there."""
    try:
        yield
    except Exception as error:
        if hasattr(error, "format_message"):
            shown = str(Line(error.format_message()))
            error.format_message = lambda: shown
        raise


def _bug(error: Exception) -> Diagnostic:
    """What a user sees of a mistake of ours: where in the code, and that it is not theirs."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "unknown place"
    return Diagnostic(
        "internal/bug",
        f"gen itself failed: {type(error).__name__} in {where}",
        help="this is a bug in gen, not in your project; please report it with the command you ran",
    )


app = typer.Typer(
    name="gen",
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        streams.put(sys.stdout, [f"gen {__version__}"])
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Typed values in, plain and reviewed Kubernetes YAML out."""


def run() -> int:
    """Run the command line of this process; its exit status, with everything said that was to be said."""
    status: int = Exit.FINE
    try:
        app()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else status
    except streams.StreamError as error:
        return streams.lost(error.reason)
    except OSError as error:  # of Typer's own output
        return streams.lost(error)
    return streams.finish(status)
