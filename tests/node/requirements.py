"""Whether this machine can run a node, and if not, why in one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cluster.programs import ROOT
from tests.node.cluster import _CGROUPS
from tests.node.image import PEER

_PROGRAMS = ("unshare", "nsenter", "ip", "mount", "ldd")
_HIDDEN = ("/run", "/var/log", "/var/lib")
_DISK = 8 << 30  # bytes: images, and each machine's unpacked copy


def missing() -> str | None:
    """What a node lacks here, or nothing."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return "a node needs Linux on x86-64"
    if os.geteuid() != 0:
        return "a node needs root, for namespaces, mounts and containers; run it with sudo"
    if absent := [name for name in _PROGRAMS if shutil.which(name) is None]:
        return f"a node needs {', '.join(absent)}, which this machine does not have"
    if not (PEER / ".ready").is_file():
        return "a node serves TensorFlow from the peer's environment, which is not set up: make peer"
    return _namespaces() or _cgroups() or _folders()


def _namespaces() -> str | None:
    done = subprocess.run(
        [
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "mount",
            "-t",
            "tmpfs",
            "t",
            "/run",
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return f"this machine does not let a node have its own namespaces: {done.stderr.strip()}"
    return None


def _cgroups() -> str | None:
    hierarchies = (
        [_CGROUPS] if (_CGROUPS / "cgroup.procs").exists() else [_CGROUPS / "memory", _CGROUPS / "cpu"]
    )
    for hierarchy in hierarchies:
        tried = hierarchy / f"gen-node-probe-{os.getpid()}"
        try:
            tried.mkdir()
            tried.rmdir()
        except OSError as error:
            return f"a node needs cgroups, and none can be made in {hierarchy}: {error.strerror}"
    return None


def _folders() -> str | None:
    places = [ROOT, Path(tempfile.gettempdir()).resolve()]
    for place in places:
        if any(place.is_relative_to(hidden) for hidden in _HIDDEN):
            return f"a node covers {', '.join(_HIDDEN)}, and {place} lies there; use another folder"
    free = shutil.disk_usage(places[1]).free
    if free < _DISK:
        return f"a node needs 8 GB in {places[1]}, and there are {free / (1 << 30):.1f}"
    return None
