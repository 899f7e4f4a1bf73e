"""`python -m bench.gitops`: a fleet that Flux deploys: seconds from a push until all of it is healthy.

A control plane of the tests, Flux's controllers and a git server run on this machine. The fleet are the three
objects of the benchmarks for each environment, each in a namespace of its own.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import tools, works
from tests.cluster import keeper, programs
from tests.cluster.kubectl import Kubectl
from tests.gitops import flux
from tests.gitops.git_server import serving
from tests.gitops.repository import Repository

_SETTINGS = """\
gitops:
  name: fleet
  repository: {url}/project.git
  flux: {{ interval: 5m, shards: {shards} }}
"""
_NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata: { name: {{ namespace }} }
"""
_SMALL = "replicas: 1\nresources: { cpu: 10m, memory: 16Mi }\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gitops", description=__doc__)
    parser.add_argument("--environments", type=int, default=200)
    parser.add_argument("--shards", type=int, nargs="*", default=[1, 2, 4])
    options = parser.parse_args()
    for shards in options.shards:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), options.environments, shards)


def measure(folder: Path, environments: int, shards: int) -> None:
    """Deploy the fleet, then a new image for all of it, and print how long each took."""
    tree = folder / "project"
    shutil.copytree(works.project(environments), tree)
    small(tree)
    with keeper.running() as kubeconfig, serving(folder) as url:
        (tree / "gen.yaml").write_text(_SETTINGS.format(url=url, shards=shards))
        render(tree)
        repository = Repository.begin(tree, folder / "project.git")
        kubectl = Kubectl(program("kubectl"), kubeconfig)
        with flux.running(kubectl, program, folder / "controllers", shards) as servers:
            start = time.perf_counter()
            kubectl.must("apply", "--server-side", "-R", "-f", tree / "rendered/_gitops")
            first = healthy(kubectl, repository.git("rev-parse", "HEAD"), environments) - start
            base = tree / "values/base.yaml"
            base.write_text(base.read_text().replace('"1.0.0"', '"1.1.0"'))
            render(tree)
            commit = repository.push("A new image for every environment")
            start = time.perf_counter()
            fetch(kubectl)
            second = healthy(kubectl, commit, environments) - start
            source, *others = (server.peak_memory / 1e6 for server in servers)
    print(
        f"{environments} environments, {shards} shards: first {first:.0f} s, a commit {second:.0f} s; "
        f"source-controller {source:.0f} MB, each kustomize-controller at most {max(others):.0f} MB",
        flush=True,
    )


def small(tree: Path) -> None:
    """Make the objects small enough for one simulated node, and give each environment its namespace."""
    (tree / "templates/namespace.yaml.j2").write_text(_NAMESPACE)
    for file in (tree / "values").glob("e*.yaml"):
        namespace = file.read_text().splitlines()[0]
        file.write_text(f"{namespace}\n{_SMALL}")


def render(tree: Path) -> None:
    subprocess.run([tools.GEN, "render", "--all", "--project", tree], check=True, stdout=subprocess.DEVNULL)


def fetch(kubectl: Kubectl) -> None:
    """Have Flux look for a commit now, as a webhook does after a push."""
    asked = f"reconcile.fluxcd.io/requestedAt={time.time()}"
    kubectl.must("annotate", "--overwrite", "gitrepository", "fleet", "-n", flux.NAMESPACE, asked)


def healthy(kubectl: Kubectl, commit: str, environments: int) -> float:
    """The moment at which every environment has had a commit and been healthy with it."""
    seen: set[str] = set()
    while len(seen) < environments:
        found = flux.kustomizations(kubectl)
        seen.update(one["metadata"]["name"] for one in found if flux.is_ready(one, commit))
        print(f"\r{len(seen)} of {environments} healthy", end="", file=sys.stderr, flush=True)
        time.sleep(0.5)
    print(file=sys.stderr)
    return time.perf_counter()


def program(name: str) -> Path:
    return programs.obtain(programs.PROGRAMS[name], lambda text: print(text, file=sys.stderr))


if __name__ == "__main__":
    main()
