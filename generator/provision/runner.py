"""Runs a script step by step: what runs is what is shown, and the first step that fails ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from generator.diagnostics import Diagnostic, DiagnosticError, unknown
from generator.provision.steps import Script

_ERRORS: Final = 2  # the stream that programs write to, so that results of gen stay apart


def run(script: Script, root: Path, command: str, wanted: Callable[[str, str], bool]) -> list[str]:
    """Take the steps in the folder of the project; those that were taken, by place and name.

    `wanted` is asked before each with its place and its text, and False ends the run. Raises
    `DiagnosticError` for a step that fails, with the command that goes on from there.
    """
    taken: list[str] = []
    for place, text in script.parts.items():
        if not wanted(place, text):
            return taken
        status = _bash(f"{script.head}\n{text}", script.name, root)
        if status:
            raise DiagnosticError([_failed(place, status, command)])
        taken.append(place)
    return taken


def _bash(text: str, name: str, root: Path) -> int:
    """The exit status of bash with a text; its programs get no input, and find this gen if no other."""
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{Path(sys.executable).parent}"
    arguments = ["bash", "-c", text, "bash", name]
    try:
        ran = subprocess.run(  # noqa: S603 - what somebody has read; every value in it is quoted
            arguments, cwd=root, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, stdout=_ERRORS
        )
    except FileNotFoundError:
        raise unknown("provision/bash", "bash is not installed", "install bash") from None
    return ran.returncode


def _failed(place: str, status: int, command: str) -> Diagnostic:
    help = f"mend what it says above, and go on with: {command}\nsteps that are done are passed over"
    return Diagnostic("provision/failed", f"step {place} ended with status {status}", help=help)
