"""The Debian programs of a node: those that this machine lacks are unpacked into the cache, never installed.

`apt-get --simulate install` says what is missing, libraries included; `apt-get download` and `dpkg --extract`
put it into a folder. Nothing is configured, no service starts, and the machine stays as it was.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.cluster.programs import Unavailable, locked
from tests.node.image import CACHE

_WANTED = "containerd runc containernetworking-plugins docker-registry apache2-utils nftables".split()
_LIBRARIES = ("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/x86_64-linux-gnu")


class Packages:
    """The folder that the packages are unpacked in."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def program(self, name: str) -> Path:
        """A program by name. Raises `Unavailable`."""
        for folder in ("usr/bin", "usr/sbin", "sbin", "bin"):
            if (found := self.root / folder / name).is_file():
                return found
        if found_here := shutil.which(name):
            return Path(found_here)
        raise Unavailable(f"{name} is neither in {self.root} nor on this machine")

    @property
    def cni(self) -> Path:
        """The folder of the network plugins."""
        ours = self.root / "usr/lib/cni"
        return ours if ours.is_dir() else Path("/usr/lib/cni")

    @property
    def environment(self) -> dict[str, str]:
        """What a program of these packages needs to find its libraries and the other programs."""
        paths = [str(self.root / folder) for folder in ("usr/bin", "usr/sbin", "sbin")]
        return {
            **os.environ,
            "PATH": ":".join([*paths, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]),
            "LD_LIBRARY_PATH": ":".join(str(self.root / folder) for folder in _LIBRARIES),
        }


def obtain(say: Callable[[str], object]) -> Packages:
    """The packages from the cache, or unpacked now. Raises `Unavailable` if they cannot be had."""
    release = Path("/etc/os-release")
    key = hashlib.sha256(" ".join(_WANTED).encode() + (release.read_bytes() if release.is_file() else b""))
    root = CACHE / "packages" / key.hexdigest()[:16]
    root.parent.mkdir(parents=True, exist_ok=True)
    with locked(root.with_name(f".{root.name}.lock")):
        if not root.is_dir():
            say("unpacking Debian packages: " + ", ".join(_WANTED))
            _unpack(root)
    return Packages(root)


def _unpack(root: Path) -> None:
    part = root.with_name(f".{root.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "archives").mkdir(parents=True)
    missing = re.findall(
        r"^Inst (\S+) \((\S+)", _run(part, "apt-get", "-s", *_INSTALL, *_WANTED), re.MULTILINE
    )
    if missing:
        _run(
            part / "archives",
            "apt-get",
            "-q",
            "download",
            *(f"{name}={version}" for name, version in missing),
        )
    for archive in sorted((part / "archives").iterdir()):
        _run(part, "dpkg", "--extract", archive, part)
    shutil.rmtree(part / "archives")
    part.rename(root)


_INSTALL = ("--no-install-recommends", "-o", "Debug::NoLocking=1", "install")


def _run(folder: Path, *command: str | Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise Unavailable(f"a node needs Debian packages, and there is no {command[0]} here") from None
    if done.returncode:
        raise Unavailable(f"{' '.join(map(str, command[:3]))} failed: {done.stderr.strip()[-500:]}")
    return done.stdout
