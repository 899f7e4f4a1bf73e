"""A machine that lacks something for a node: one sentence, which names it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.node import requirements

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="elsewhere that alone is the sentence"
)
Patch = pytest.MonkeyPatch


def not_root(patch: Patch, folder: Path) -> None:
    patch.setattr(os, "geteuid", lambda: 1000)


def no_programs(patch: Patch, folder: Path) -> None:
    patch.setattr(os, "geteuid", lambda: 0)
    patch.setenv("PATH", str(folder))


def no_peer(patch: Patch, folder: Path) -> None:
    patch.setattr(os, "geteuid", lambda: 0)
    patch.setattr(requirements, "PEER", folder)
    programs(folder, *requirements._PROGRAMS)
    patch.setenv("PATH", str(folder))


def no_namespaces(patch: Patch, folder: Path) -> None:
    no_peer(patch, folder)
    (folder / ".ready").touch()
    (folder / "unshare").write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")


def no_cgroups(patch: Patch, folder: Path) -> None:
    no_peer(patch, folder)
    (folder / ".ready").touch()
    patch.setattr(requirements, "_CGROUPS", folder / "none")


def full_disk(patch: Patch, folder: Path) -> None:
    no_peer(patch, folder)
    (folder / ".ready").touch()
    (folder / "cgroup.procs").touch()
    patch.setattr(requirements, "_CGROUPS", folder)
    patch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1 << 30))


def programs(folder: Path, *names: str) -> None:
    """Programs that do nothing, and succeed."""
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("lack", "sentence"),
    [
        (not_root, "needs root"),
        (no_programs, "needs unshare, nsenter, ip, mount, ldd, which this machine does not have"),
        (no_peer, "not set up: make peer"),
        (no_namespaces, "namespaces: unshare failed: Operation not permitted"),
        (no_cgroups, "needs cgroups, and none can be made"),
        (full_disk, "needs 8 GB in"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    monkeypatch: Patch, tmp_path: Path, lack: Callable[[Patch, Path], None], sentence: str
) -> None:
    lack(monkeypatch, tmp_path)
    missing = requirements.missing()
    assert missing is not None
    assert sentence in missing
    assert "\n" not in missing
