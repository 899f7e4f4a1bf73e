"""A running cluster of real machines, and a project to deploy on it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import keeper, programs
from tests.cluster.kubectl import Kubectl
from tests.node import image
from tests.node.registry import USER

Ended = subprocess.CompletedProcess[str]
_GEN = [sys.executable, "-m", "generator"]


@dataclass(frozen=True)
class Node:
    """A running cluster of real machines: its folder, and how to work in its network."""

    folder: Path
    kubectl: Kubectl

    @property
    def enter(self) -> list[str]:
        """What goes in front of a command that shall run in its network."""
        return ["nsenter", "--target", (self.folder / "pid").read_text(), "--net"]

    @property
    def variables(self) -> dict[str, str]:
        """What gen needs to know of where it runs."""
        return {"KUBECONFIG": str(self.folder / "kubeconfig"), "PYTHONPATH": str(programs.ROOT)}

    def gen(self, project: Path, *arguments: object) -> Ended:
        """Run gen in its network, in the folder of a project."""
        return subprocess.run(
            [*self.enter, *_GEN, *map(str, arguments)],
            cwd=project,
            env=os.environ | self.variables,
            capture_output=True,
            text=True,
        )

    @staticmethod
    def digest(tag: str) -> str:
        """The digest of an image in its registry."""
        (manifest,) = image.model_servers([tag]).values()
        return f"sha256:{hashlib.sha256(manifest).hexdigest()}"

    def credentials(self, path: Path, password: str | None = None) -> Path:
        """Credentials of its registry as `az acr token create` prints them, or wrong ones."""
        value = password or (self.folder / "password").read_text()
        passwords = [{"creationTime": "2026-11-24T10:00:00+00:00", "expiry": None, "name": "password1"}]
        credentials = {
            "certificates": None,
            "passwords": [{**passwords[0], "value": value}],
            "username": USER,
        }
        path.write_text(json.dumps({"name": USER, "status": "enabled", "credentials": credentials}))
        return path


@contextmanager
def started() -> Iterator[Node]:
    """A cluster of two machines for as long as the block. Raises `KeeperError`."""
    with keeper.running("tests.node") as kubeconfig:
        yield Node(kubeconfig.parent, Kubectl(_kubectl(kubeconfig.parent), kubeconfig))


def _kubectl(folder: Path) -> Path:
    """kubectl in the network of the cluster, as one program in a folder of its own."""
    inner = shutil.which("kubectl") or programs.obtain(programs.PROGRAMS["kubectl"], print)
    program = folder / "bin/kubectl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(
        f'#!/bin/sh\nexec nsenter --target {(folder / "pid").read_text()} --net {inner} "$@"\n'
    )
    program.chmod(0o755)
    return program


def cloned(root: Path) -> Path:
    """The project in a new folder."""
    root.mkdir()
    for name in ("schema", "templates", "values", "rendered", "gen.yaml", ".gitignore"):
        source = programs.ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, root / name)
    rendered = root / "rendered"
    for not_committed in [*rendered.glob("*.yaml"), *rendered.rglob("*-secret*")]:
        not_committed.unlink(missing_ok=True)
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root
