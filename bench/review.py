"""`python -m bench.review`: a review of a change beside `gen check`, and the size of its page."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from bench import tools, works
from bench.__main__ import table

_GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.review", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--fleets", type=int, nargs="*", default=[3, 1000])
    options = parser.parse_args()
    for size in options.fleets:
        folder = works.project() if size == 3 else works.project(size)
        change(folder)
        work = {
            "gen check": works.gen(folder, "check", "--all"),
            "gen review": works.gen(folder, "review", "HEAD"),
        }
        table(f"{size:,} environments, all of them changed", work, options.rounds if size == 3 else 3)
        page = subprocess.run(
            [tools.GEN, "review", "HEAD", "--format", "html"], cwd=folder, stdout=subprocess.PIPE, check=True
        ).stdout
        print(f"the page of the review: {len(page) / 1e6:.2f} MB")
    works.tidy()


def change(folder: Path) -> None:
    """Commit the project as it is, change what every environment has, and render it again."""
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*_GIT, *command], cwd=folder, check=True)
    base = folder / "values/base.yaml"
    before = base.read_text()
    after = before.replace("replicas: 2", "replicas: 3").replace("replicas: 1", "replicas: 2")
    if after == before:
        raise SystemExit(f"there is nothing to change in\n{before}")
    base.write_text(after)
    subprocess.run([tools.GEN, "render", "--all"], cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
