"""Child processes that cannot outlive the one that started them."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_LIBC = ctypes.CDLL(None)
_PATIENCE = 5  # seconds between asking and forcing


def die_with_parent() -> None:
    """Ask the kernel, in a new child, to kill it when its parent dies, however that happens (Linux only)."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A program that runs until it is stopped, its output in a log file."""

    def __init__(
        self, command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = Path(command[0]).name
        self._log = folder / f"{self.name}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def status(self) -> int | None:
        """The exit status, or nothing while it runs."""
        return self._process.poll()

    @property
    def peak_memory(self) -> int:
        """The largest resident size so far, in bytes, by the kernel's accounting (Linux only)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def stop(self) -> None:
        """Ask it to end, then force it; returns when it is gone."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
