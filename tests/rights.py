"""What this machine and this user allow the tests to do, and child processes that may do less."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.node import requirements

_PR_CAPBSET_DROP = 24  # <linux/prctl.h>
_CAPABILITIES = 64  # more than there are; see <linux/capability.h>

NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
"""Runs a command that may mount what nobody else sees; needs root, or a kernel that lets users do this."""


def renounce() -> None:
    """Make the program that this process is about to start an ordinary one, without root's rights.

    For `preexec_fn`. Root without capabilities is asked for its permissions like everybody else. Does nothing
    for an ordinary user.
    """
    if os.geteuid() != 0 or sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for capability in range(_CAPABILITIES):
        prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def may_mount() -> bool:
    """Whether this user may mount a file system that nobody else sees."""
    try:
        ran = subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    except FileNotFoundError:
        return False
    return ran.returncode == 0


def other_pythons() -> list[str]:
    """An interpreter of each other supported version that is here: on PATH, or of pyenv."""
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found: list[str] = []
    for minor in (11, 12, 13, 14):
        named = shutil.which(f"python3.{minor}")
        own = [named] if named and "shims" not in named else []
        known = [*own, *(str(path) for path in sorted(folder.glob(f"3.{minor}.*/bin/python3")))]
        found += known[:1] if minor != sys.version_info.minor else []
    return found


def pythons() -> list[str]:
    """The interpreter of this process, and one of each other supported version that is here."""
    return [sys.executable, *other_pythons()]


def lacking() -> list[str]:
    """The markers of tests that cannot run here and that installing a package would not help."""
    no_node = requirements.missing()
    if no_node:
        sys.stderr.write(f"WARNING: no test runs on a real node: {no_node}\n")
    has = {"mount": may_mount(), "node": no_node is None, "pythons": bool(other_pythons())}
    return [marker for marker, here in has.items() if not here]


if __name__ == "__main__":  # for `pytest -m`: everything but what cannot run here
    if markers := lacking():
        sys.stdout.write(f"not ({' or '.join(markers)})\n")
