"""`python -m bench.deploy [ROUNDS]`: gen diff and gen deploy of what is unchanged, beside kubectl."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import quantiles

from bench import tools
from bench.measure import ENVIRONMENT, Contestant, compare, ratio, run
from tests.cluster import keeper, projects, proxy


def main(rounds: int) -> None:
    kubectl = str(shutil.which("kubectl") or tools.kubectl())
    with keeper.running() as kubeconfig, tempfile.TemporaryDirectory() as folder:
        ENVIRONMENT["KUBECONFIG"] = str(kubeconfig)
        own, many = Path(folder, "own"), Path(folder, "many")
        projects.flagship(own, "dev")
        objects = [projects.config_map(f"c{number}", "default", a="1") for number in range(200)]
        projects.write(many, objects)
        run([str(tools.GEN), "render", "--env", "dev", "--project", str(many)])
        for title, project in (("the flagship's dev", own), ("200 ConfigMaps", many)):
            measured(title, project, kubectl, rounds)
            print(f"API calls of an unchanged deployment: {calls(project, kubeconfig)}", flush=True)


def measured(title: str, project: Path, kubectl: str, rounds: int) -> None:
    """Deploy once, and then measure what is left to do: nothing."""
    here = ("--env", "dev", "--project", str(project))
    deploy = [str(tools.GEN), "deploy", *here, "--yes", "--no-verify", "--wait", "60s"]
    run(deploy)
    rendered = ("-f", str(project / "rendered/dev"))
    apply = [kubectl, "apply", "--server-side", "--field-manager=gen", *rendered]
    work = {
        "gen deploy": Contestant([deploy]),
        "kubectl apply": Contestant([apply]),
        "gen diff": Contestant([[str(tools.GEN), "diff", *here]]),
        "kubectl diff": Contestant([[kubectl, "diff", "--server-side", "--field-manager=gen", *rendered]]),
        "python": Contestant([[str(tools.GEN.parent / "python"), "-c", "pass"]]),
    }
    compare(work, rounds)
    print(f"\n{title}, {rounds} rounds")
    for name, one in work.items():
        print(f"  {name:16}{sorted(one.seconds)[len(one.seconds) // 2]:>8.3f} s")
    for name, other in (("gen deploy", "kubectl apply"), ("gen diff", "kubectl diff")):
        low, middle, high = sorted(ratio(work[name].seconds, work[other].seconds), key=float)
        print(f"  {name} is {middle:.2f} × {other} ({low:.2f}–{high:.2f})")
    python = work["python"].seconds
    left = [
        (mine - start) / theirs
        for mine, theirs, start in zip(
            work["gen deploy"].seconds, work["kubectl apply"].seconds, python, strict=True
        )
    ]
    low, middle, high = quantiles(left, n=4)
    print(f"  without Python's start gen deploy is {middle:.2f} × kubectl apply ({low:.2f}–{high:.2f})")


def calls(project: Path, kubeconfig: Path) -> str:
    """How many requests an unchanged deployment makes, and how many objects there are."""
    with proxy.running(kubeconfig) as counting:
        ENVIRONMENT["KUBECONFIG"] = str(counting.kubeconfig)
        run([str(tools.GEN), "deploy", "--env", "dev", "--project", str(project), "--yes", "--no-verify"])
        ENVIRONMENT["KUBECONFIG"] = str(kubeconfig)
        objects = len(list((project / "rendered/dev").glob("*.yaml")))
        return f"{len(counting.requests)} for {objects} objects, {len(counting.writes)} of them writes"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
