"""Lets the real az read lines, in one process: to import az takes longer than to read all of them.

For the Python of `.cache/azure`. A JSON list of lists of arguments comes in, and a list of `STATUS: WORDS`
goes out.
"""

from __future__ import annotations

import io
import json
import sys

from azure.cli.core import get_default_cli

_SAID = io.StringIO()  # one for all lines: az keeps the stream that it finds first


def read(arguments: list[str]) -> str:
    """What az says of one line."""
    _SAID.seek(0)
    _SAID.truncate()
    try:
        status = get_default_cli().invoke(arguments)
    except SystemExit as end:
        status = end.code
    return f"{status}: {_SAID.getvalue()}"


out, sys.stdout, sys.stderr = sys.stdout, _SAID, _SAID
json.dump([read(line) for line in json.load(sys.stdin)], out)
