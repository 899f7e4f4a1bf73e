"""`python -m bench`: check that the tools make the same objects, then measure them against one another."""

from __future__ import annotations

import argparse
import compileall
import os
from collections.abc import Iterator
from pathlib import Path

from bench import equal, inside, tools, works
from bench.measure import Contestant, compare, files, ratio

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
    options = parser.parse_args()
    # As an installed package is, whatever this shell says.
    compileall.compile_dir(tools.ROOT / "generator", quiet=1)
    three = works.project()
    same_objects(three)
    small(three, options.rounds)
    fleets(options.fleets, max(3, options.rounds // 5))
    works.tidy()
    sizes()
    show("one render: imports, ms", inside.imports(tools.GEN, three))
    show("one render: stages, ms", inside.stages(three))
    print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def same_objects(three: Path) -> None:
    """End the program unless all tools make the same objects for every environment."""
    for name in works.names(three):
        made = {}
        for tool, contestant in {
            "gen": works.gen(three, "render", "--env", name),
            "helm": works.helm(three, [name]),
            "kustomize": works.kustomize([name]),
            "cdk8s": works.cdk8s(three, [name]),
        }.items():
            contestant.round()
            folder = three / "rendered" / name if tool == "gen" else works.OUTPUT
            made[tool] = equal.read(equal.joined(files(folder)), tools.kubectl())
        if odd := equal.differences(made):
            raise SystemExit("\n".join(odd))
        print(f"{name}: {len(made['gen'])} objects, the same from {', '.join(made)}")


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


def fleets(sizes_: list[int], rounds: int) -> None:
    """Growth with the number of environments; of large ones the others do a sample."""
    for size in sizes_:
        folder = works.project(size)
        all_of_them = works.names(folder)
        sample = all_of_them[:200]
        contestants = {"gen render": works.gen(folder, "render", "--all")}
        contestants["helm"] = works.helm(folder, sample, workers=2, scale=size / len(sample))
        contestants["cdk8s"] = works.cdk8s(folder, sample, scale=size / len(sample))
        table(
            f"{size:,} environments of three objects, two cores", contestants, rounds if size < 10_000 else 1
        )


def table(title: str, work: dict[str, Contestant], rounds: int) -> None:
    """Measure a work and print how everything compares with Helm, or else with the first."""
    compare(work, rounds)
    base = "helm" if "helm" in work else next(iter(work))
    print(f"\n{title}, {rounds} rounds\n{'':14}{'× ' + base:>10}{'spread':>16}{'seconds':>10}{'MB':>6}")
    for name, contestant in work.items():
        middle, low, high = ratio(contestant, work[base])
        seconds = sorted(contestant.seconds)[len(contestant.seconds) // 2]
        spread = f"{low:.3f}–{high:.3f}"
        print(
            f"{name:14}{middle:>10.3f}{spread:>16}{seconds:>10.3f}{contestant.memory / 1e6:>6.0f}", flush=True
        )
    if "kustomize" in work:
        middle, low, high = ratio(work["gen render"], work["kustomize"])
        print(f"gen render is {middle:.2f} × kustomize ({low:.2f}–{high:.2f})")


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
