"""The command line as a user meets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from generator.cli import app

Gen = Callable[..., Result]


@pytest.fixture
def gen() -> Gen:
    """Run `gen verify` with these arguments; its result has `exit_code`, `stdout` and `stderr`."""

    def run(*arguments: object, input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, ["verify", *map(str, arguments)], input=input)

    return run
