"""The works that are measured, and how each tool is asked to do them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import tools
from bench.measure import Contestant, Line

OUTPUT = tools.CACHE / "output"
OWN = tools.CACHE / "flagship"
TRASH = tools.CACHE / "trash"
KEPT = tempfile.mkdtemp(prefix="gen-bench-")  # outside of every work tree of git
VALUES = tools.PEERS / "gen" / "values"


def project(environments: int = 0) -> Path:
    """The gen project, with its three environments or with a fleet of so many made from them."""
    folder = tools.CACHE / f"project-{environments}"
    _aside(folder)
    shutil.copytree(tools.PEERS / "gen", folder)
    if environments:
        own = (folder / "values" / "azure.yaml").read_text()
        for name in ("dev", "kind", "azure"):
            (folder / "values" / f"{name}.yaml").unlink()
        for number in range(environments):
            (folder / "values" / f"e{number:05}.yaml").write_text(f"namespace: gan-e{number:05}\n{own}")
    return folder


def names(folder: Path) -> list[str]:
    """The environments of a project."""
    return sorted(path.stem for path in (folder / "values").glob("*.yaml") if path.stem != "base")


def gen(folder: Path, *arguments: str, cold: bool = False) -> Contestant:
    """`gen`, with what it has kept of earlier runs unless it is `cold`; it renders into an empty folder."""
    fresh = "render" in arguments
    line = [str(tools.GEN), *arguments, "--project", str(folder)]
    kept = {"GEN_CACHE": "off"} if cold else {"CI": "", "XDG_CACHE_HOME": KEPT}
    return Contestant([line], lambda: fresh and _aside(folder / "rendered"), environment=kept)


def own(*arguments: str, cold: bool = False) -> Contestant:
    """`gen` on the project of this repository."""
    _aside(OWN)
    for name in ("templates", "values", "schema"):
        shutil.copytree(tools.ROOT / name, OWN / name)
    shutil.copy(tools.ROOT / "gen.yaml", OWN)
    return gen(OWN, *arguments, cold=cold)


def chart_of_own(environments: Sequence[str]) -> Contestant:
    """Helm, with a chart that makes the same objects of the same values."""
    return helm(tools.ROOT, environments, chart="flagship")


def setting(folder: Path, environment: str, assignment: str) -> Contestant:
    """`gen set`, which renders too; each round begins with the file as it was and an empty folder."""
    file = folder / "values" / f"{environment}.yaml"
    kept = file.read_bytes()

    def before() -> None:
        file.write_bytes(kept)
        _aside(folder / "rendered")

    line = [str(tools.GEN), "set", assignment, "--env", environment, "--project", str(folder)]
    return Contestant([line], before)


def helm(
    folder: Path, environments: Sequence[str], workers: int = 1, scale: float = 1.0, chart: str = "chart"
) -> Contestant:
    """Helm, a process for each environment, with the values of a gen project and one of the charts."""
    return Contestant([_helm(folder, name, chart) for name in environments], _empty, workers, scale)


def kustomize(environments: Sequence[str]) -> Contestant:
    return Contestant([_kustomize(name) for name in environments], _empty)


def cdk8s(folder: Path, environments: Sequence[str], scale: float = 1.0) -> Contestant:
    line = ["node", str(tools.cdk8s() / "main.js"), str(folder / "values"), str(OUTPUT), *environments]
    return Contestant([line], _empty, scale=scale)


def _helm(folder: Path, name: str, chart: str) -> Line:
    values = [str(folder / "values" / f"{layer}.yaml") for layer in ("base", name)]
    return [
        str(tools.helm()),
        "template",
        "gan",
        str(tools.PEERS / "helm" / chart),
        "-f",
        values[0],
        "-f",
        values[1],
        "--output-dir",
        str(OUTPUT / name),
    ]


def _kustomize(name: str) -> Line:
    overlay = tools.PEERS / "kustomize" / "overlays" / name
    return [str(tools.kubectl()), "kustomize", str(overlay), "--output", str(OUTPUT / f"{name}.yaml")]


def _empty() -> None:
    _aside(OUTPUT)
    OUTPUT.mkdir(parents=True)


def _aside(folder: Path) -> None:
    """Take old output away, to be deleted by `tidy`.

    ext4 does not use an inode again for five seconds, and searches the longer for others the more were freed:
    whoever deletes thousands of files just before a round measures that.
    """
    TRASH.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(Path(tempfile.mkdtemp(dir=TRASH)) / folder.name)


def tidy() -> None:
    """Delete what the rounds have made."""
    shutil.rmtree(TRASH, ignore_errors=True)
    shutil.rmtree(KEPT, ignore_errors=True)
