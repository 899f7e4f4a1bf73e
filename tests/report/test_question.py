"""A question on a terminal, as somebody who sits there meets it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

ASK = "from generator.report import question; print(question.agreed('Apply?'))"


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y", "True"), ("YES", "True"), ("", "False"), ("yep", "False")]
)
def test_it_is_seen_before_it_is_answered(typed: str, agreed: str) -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [sys.executable, "-c", ASK], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment
    ) as process:
        assert os.read(ours, 100) == b"Apply? [y/N] "
        os.write(ours, f"{typed}\n".encode())
        assert process.stdout is not None
        assert process.stdout.read().decode() == f"{agreed}\n"
    os.close(ours)
    os.close(theirs)
