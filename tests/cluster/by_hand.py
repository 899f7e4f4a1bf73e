"""A cluster for work by hand: started by one command, and stopped by another."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import keeper

_PATIENCE = 300  # seconds


@dataclass(frozen=True)
class ByHand:
    """What is kept by `python -m MODULE keep`; the file `record` holds its folder while it runs."""

    module: str
    record: Path
    what: str

    def up(self) -> Path:
        """The folder of the one that runs, or that is started now."""
        if (running := self._running()) is not None:
            return running[0]
        folder = keeper.kubeconfig(keeper.spawn(self.module, "--detached")).parent
        self.record.parent.mkdir(parents=True, exist_ok=True)
        self.record.write_text(str(folder), encoding="utf-8")
        return folder

    def down(self) -> None:
        """Stop it, and return when it is gone."""
        if (running := self._running()) is None:
            sys.stdout.write(f"no {self.what} is running\n")
            return
        folder, owner = running
        with suppress(ProcessLookupError):
            os.kill(owner, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while folder.exists():
            if time.monotonic() > deadline:
                sys.exit(f"the {self.what} in {folder} does not end")
            time.sleep(0.1)
        self.record.unlink()

    def _running(self) -> tuple[Path, int] | None:
        """The folder and the keeper of the one that was started, if it lives."""
        with suppress(FileNotFoundError):
            folder = Path(self.record.read_text(encoding="utf-8"))
            if (owner := keeper.owner(folder)) is not None:
                return folder, owner
        return None
