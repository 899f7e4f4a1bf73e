"""The Go programs that the tests run: found where they are, and built from pinned modules where not.

Each program has a module folder, here or under `tests/linters/`, with its own `go.mod` and `go.sum`. What is
built is kept in `.cache/cluster/KEY/NAME`, where KEY is a hash of those two: a change of a version builds
anew, and no change needs no network. A program gets its name only when it is complete.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.process import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "cluster"


class Unavailable(Exception):
    """A program is not here and cannot be built; the text says why and what would help."""


@dataclass(frozen=True)
class Program:
    """A Go command: its name, the module folder under `tests/` that pins it, and its package."""

    name: str
    module: str
    package: str

    @property
    def folder(self) -> Path:
        return ROOT / "tests" / self.module

    @property
    def arguments(self) -> list[str]:
        """What follows `go build`."""
        return ["-trimpath", f"-ldflags=-s -w {self._version}", self.package]

    @property
    def _version(self) -> str:
        """Kubernetes programs call themselves v0.0.0 unless the linker is told otherwise."""
        module = "k8s.io/kubernetes"
        if not self.package.startswith(module):
            return ""
        pinned = (self.folder / "go.mod").read_text(encoding="utf-8")
        version = pinned.partition(f"{module} ")[2].split()[0]
        major, minor, _ = version.removeprefix("v").split(".")
        known = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
        return " ".join(f"-X k8s.io/component-base/version.{key}={value}" for key, value in known.items())

    @property
    def cached(self) -> Path:
        """Where it is kept once it is built."""
        pinned = b"".join((self.folder / name).read_bytes() for name in ("go.mod", "go.sum"))
        return CACHE / hashlib.sha256(pinned).hexdigest()[:16] / self.name


def _kubernetes(name: str) -> Program:
    return Program(name, "cluster", f"k8s.io/kubernetes/cmd/{name}")


PROGRAMS = {
    program.name: program
    for program in (
        Program("etcd", "cluster", "go.etcd.io/etcd/server/v3"),
        _kubernetes("kube-apiserver"),
        _kubernetes("kube-controller-manager"),
        _kubernetes("kube-scheduler"),
        _kubernetes("kubectl"),
        _kubernetes("kubelet"),
        _kubernetes("kube-proxy"),
        Program("pause", "node/pause", "."),
        Program("kwok", "cluster/kwok", "sigs.k8s.io/kwok/cmd/kwok"),
        Program("controller", "registry/sealed-secrets", "github.com/bitnami/sealed-secrets/cmd/controller"),
        Program("source-controller", "gitops/flux", "github.com/fluxcd/source-controller"),
        Program("kustomize-controller", "gitops/flux", "github.com/fluxcd/kustomize-controller"),
        Program("kubeconform", "linters/kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform"),
        Program("actionlint", "linters/actionlint", "github.com/rhysd/actionlint/cmd/actionlint"),
        Program("kind", "provision/kind", "sigs.k8s.io/kind"),
        Program("kube-score", "linters/kube-score", "github.com/zegl/kube-score/cmd/kube-score"),
    )
}


def obtain(program: Program, say: Callable[[str], object]) -> Path:
    """Its path: from `KUBEBUILDER_ASSETS`, from the cache, or built now, which `say` announces.

    Raises `Unavailable` if there is no way to have it.
    """
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets and (given := Path(assets) / program.name).is_file():
        return given
    if not program.cached.is_file():
        _build_alone(program, say)
    return program.cached


def _build_alone(program: Program, say: Callable[[str], object]) -> None:
    """Build unless another run is doing so; then wait for it and take what it made."""
    if shutil.which("go") is None:
        raise Unavailable(
            f"{program.name} is neither in KUBEBUILDER_ASSETS nor in {CACHE}, and there is no Go command to "
            "build it with; install Go 1.26 or newer"
        )
    program.cached.parent.mkdir(parents=True, exist_ok=True)
    with locked(program.cached.with_name(f".{program.name}.lock")):
        if not program.cached.is_file():
            say(f"building {program.name} from {program.package}; the first time this takes minutes")
            _build(program)


def _build(program: Program) -> None:
    """Build beside the final name and move it there complete."""
    part = program.cached.with_name(f".{program.name}.part")
    part.unlink(missing_ok=True)  # the Go command does not overwrite what an interrupted build left
    done = subprocess.run(
        ["nice", "go", "build", "-o", part, *program.arguments],
        cwd=program.folder,
        env={"GOGC": "800", **os.environ, "CGO_ENABLED": "0"},  # the compiler's own: a third less to compute
        preexec_fn=die_with_parent,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise Unavailable(f"{program.name} could not be built from {program.folder}:\n{last}")
    part.rename(program.cached)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with this process at the latest."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
