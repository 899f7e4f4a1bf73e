"""`python -m bench`: check that the tools make the same objects, then measure them against one another."""

from __future__ import annotations

import argparse
import compileall
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import equal, inside, tools, works
from bench.measure import Contestant, compare, files, ratio, refuse_noise

_RENDERING = (
    "jinja2",
    "markupsafe",
    "jsonschema_rs",
    "yaml",
    "_yaml",
    "typer",
    "click",
    "shellingham",
    "jsonschema",
    "jsonschema_specifications",
    "referencing",
    "rpds",
    "attr",
    "attrs",
    "typing_extensions.py",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds of the small works")
    parser.add_argument(
        "--fleets", type=int, nargs="*", default=[1, 10, 100, 1000, 10_000], help="fleet sizes"
    )
    parser.add_argument("--load", type=float, default=0.7, help="refuse to measure at a higher load")
    options = parser.parse_args()
    # As an installed package is, whatever this shell says.
    compileall.compile_dir(tools.ROOT / "generator", quiet=1)
    refuse_noise(options.load)
    three = works.project()
    same_objects(three)
    small(three, options.rounds)
    flagship(three, options.rounds)
    fleets(options.fleets, max(3, options.rounds // 5))
    sizes()
    show("one render: imports, ms", inside.imports(tools.GEN, three))
    show("one render: stages, ms", inside.stages(three))
    works.tidy()
    print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def same_objects(three: Path) -> None:
    """End the program unless all tools make the same objects for every environment."""
    for name in works.names(three):
        work = {
            "gen": works.gen(three, "render", "--env", name),
            "helm": works.helm(three, [name]),
            "kustomize": works.kustomize([name]),
            "cdk8s": works.cdk8s(three, [name]),
        }
        same(f"three objects, {name}", work, three / "rendered" / name)
        own = {"gen": works.own("render", "--env", name), "helm": works.chart_of_own([name])}
        same(f"this repository, {name}", own, works.OWN / "rendered" / name)


def same(title: str, work: dict[str, Contestant], rendered: Path) -> None:
    """End the program unless all make the same objects; gen makes its own in the folder `rendered`."""
    made = {}
    for tool, contestant in work.items():
        contestant.round()
        manifests = [
            path for path in files(rendered if tool == "gen" else works.OUTPUT) if path.suffix == ".yaml"
        ]
        made[tool] = equal.read(equal.joined(manifests), tools.kubectl())
    if odd := equal.differences(made):
        raise SystemExit("\n".join(odd))
    print(f"{title}: {len(made['gen'])} objects, the same from {', '.join(made)}")


def small(three: Path, rounds: int) -> None:
    """One environment and three, each tool in fresh processes."""
    all_three = works.names(three)
    chosen = [word for name in all_three for word in ("--env", name)]
    table(
        "one environment",
        {
            "gen render": works.gen(three, "render", "--env", "azure"),
            "gen check": works.gen(three, "check", "--env", "azure"),
            "helm": works.helm(three, ["azure"]),
            "kustomize": works.kustomize(["azure"]),
            "cdk8s": works.cdk8s(three, ["azure"]),
        },
        rounds,
    )
    table(
        "three environments (helm: three processes on two cores)",
        {
            "gen render": works.gen(three, "render", *chosen),
            "helm": works.helm(three, all_three, workers=2),
            "kustomize": works.kustomize(all_three),
            "cdk8s": works.cdk8s(three, all_three),
        },
        rounds,
    )
    table(
        "a change of one value",
        {
            "gen render": works.gen(three, "render", "--env", "azure"),
            "gen set": works.setting(three, "azure", "replicas=7"),
        },
        rounds,
    )
    table(
        "starting",
        {
            "python": Contestant([[str(tools.GEN.parent / "python"), "-c", "pass"]]),
            "gen --help": Contestant([[str(tools.GEN), "--help"]]),
        },
        rounds,
    )


def flagship(three: Path, rounds: int) -> None:
    """This repository's own project beside the three objects, with a cache and without."""
    table(
        "the project of this repository, one environment",
        {
            "three objects": works.gen(three, "render", "--env", "azure"),
            "flagship": works.own("render", "--env", "azure"),
            "three, cold": works.gen(three, "render", "--env", "azure", cold=True),
            "flagship, cold": works.own("render", "--env", "azure", cold=True),
        },
        rounds,
    )
    table(
        "the project of this repository, one environment, against a chart of the same objects",
        {
            "gen render": works.own("render", "--env", "azure"),
            "gen check": works.own("check", "--env", "azure"),
            "helm": works.chart_of_own(["azure"]),
        },
        rounds,
    )


def fleets(sizes_: list[int], rounds: int) -> None:
    """Growth with the number of environments: of large fleets Helm, a process for each, does a sample."""
    each: dict[int, float] = {}
    for size in sizes_:
        folder = works.project(size)
        all_of_them = works.names(folder)
        sample = all_of_them[:200]
        contestants = {
            "gen render": works.gen(folder, "render", "--all"),
            "helm": works.helm(folder, sample, workers=2, scale=size / len(sample)),
            "cdk8s": works.cdk8s(folder, all_of_them),
        }
        table(
            f"{size:,} environments of three objects, two cores", contestants, rounds if size < 10_000 else 3
        )
        each[size] = median(contestants["gen render"].seconds) / size
    if {1_000, 10_000} <= each.keys():
        print(f"10,000 environments take {10 * each[10_000] / each[1_000]:.1f} × the time of 1,000")


def table(title: str, work: dict[str, Contestant], rounds: int) -> None:
    """Measure a work and print how everything compares with Helm, or else with the first."""
    compare(work, rounds)
    base = "helm" if "helm" in work else next(iter(work))
    print(f"\n{title}, {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print(f"{'':16}{'× ' + base:>10}{'spread':>16}{'CPU ×':>8}{'seconds':>10}{'CPU s':>8}{'MB':>6}")
    for name, contestant in work.items():
        middle, low, high = ratio(contestant.seconds, work[base].seconds)
        cpu, _, _ = ratio(contestant.cpu, work[base].cpu)
        spread = f"{low:.3f}–{high:.3f}"
        figures = f"{median(contestant.seconds):>10.3f}{median(contestant.cpu):>8.3f}"
        print(
            f"{name:16}{middle:>10.3f}{spread:>16}{cpu:>8.3f}{figures}{contestant.memory / 1e6:>6.0f}",
            flush=True,
        )
    for peer in ("kustomize", "cdk8s"):
        if peer in work:
            middle, low, high = ratio(work["gen render"].seconds, work[peer].seconds)
            cpu, _, _ = ratio(work["gen render"].cpu, work[peer].cpu)
            print(f"gen render is {middle:.2f} × {peer} ({low:.2f}–{high:.2f}), in CPU time {cpu:.2f} ×")


def sizes() -> None:
    """What has to be installed to render."""
    packages = next(tools.GEN.parent.parent.glob("lib/python*/site-packages"))
    show(
        "installed, MB",
        [
            ("gen and what rendering needs", tools.size(tools.ROOT / "generator", *_present(packages)) / 1e6),
            ("helm", tools.size(tools.helm()) / 1e6),
            ("kubectl (kustomize)", tools.size(tools.kubectl()) / 1e6),
            ("cdk8s, without node", tools.size(tools.cdk8s() / "node_modules") / 1e6),
        ],
    )


def _present(packages: Path) -> Iterator[Path]:
    return (packages / name for name in _RENDERING if (packages / name).exists())


def show(title: str, rows: list[tuple[str, float]]) -> None:
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:40}{value:>9.1f}")


if __name__ == "__main__":
    main()
