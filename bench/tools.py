"""The peers as programs: built or installed once into .cache/bench/, from pinned sums."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
CACHE = ROOT / ".cache" / "bench"
GEN = ROOT / ".venv" / "bin" / "gen"


def helm() -> Path:
    """Helm, built from its Go module as its own authors build it; built again when its sums change."""
    sums = hashlib.sha256((PEERS / "helm" / "go.sum").read_bytes()).hexdigest()[:12]
    program = CACHE / f"helm-{sums}"
    if not program.exists():
        print("building Helm (some minutes, once) …", flush=True)
        line = [
            "go",
            "build",
            "-trimpath",
            "-ldflags",
            "-s -w",
            "-o",
            str(program),
            "helm.sh/helm/v4/cmd/helm",
        ]
        subprocess.run(line, cwd=PEERS / "helm", env={**os.environ, "CGO_ENABLED": "0"}, check=True)
    return program


def cdk8s() -> Path:
    """The folder of the cdk8s app with its packages."""
    folder = CACHE / "cdk8s"
    folder.mkdir(parents=True, exist_ok=True)
    lock = PEERS / "cdk8s" / "package-lock.json"
    ready = folder / "package-lock.json"
    shutil.copy(PEERS / "cdk8s" / "main.js", folder)
    if not ready.exists() or ready.read_bytes() != lock.read_bytes():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PEERS / "cdk8s" / name, folder)
        line = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(line, cwd=folder, check=True)
    return folder


def kubectl() -> Path:
    """The kubectl of this machine, which has kustomize inside. Ends the program where there is none."""
    found = shutil.which("kubectl")
    if found is None:
        sys.exit("the benchmark needs kubectl on PATH, for the kustomize inside it")
    return Path(found).resolve()


def size(*paths: Path) -> int:
    """The bytes of files and folders."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
