"""`gen`, and `python -m generator`: the program from its first import to its end."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process, and end it.

    A run is short and makes hardly any circular garbage, so the collector of it rests from the first import
    on; and at the end nothing is taken apart that the process ends with. Both make a sixth of a short run.
    """
    gc.set_threshold(50_000)
    _prepare_streams()
    from generator import cli

    status = cli.run()
    os._exit(status)


def _prepare_streams() -> None:
    """Standard streams that take any text, whatever the locale.

    Those that the caller closed lead nowhere; else the next file would get their number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 (open as long as the process)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # nobody has replaced it


if __name__ == "__main__":
    main()
