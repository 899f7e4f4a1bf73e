"""Find out by experiment whether what gen says of the sources of a project's output is true.

Usage: python -m tools.provenance [--project DIR] [ENVIRONMENT]…

Changes every value of each environment on its own, renders, and compares (`tests/provenance/experiment.py`).
Prints a line for each environment, then whatever was wrong, and exits with 1 where something was.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.project import find
from tests.provenance.experiment import Table, experiment, project
from tests.provenance.mutations import mutations

_HEAD = "environment  mutations  leaves  missing  named  idle  precision  unused but used"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("environments", nargs="*", metavar="ENVIRONMENT")
    parser.add_argument("--project", type=Path, default=Path())
    options = parser.parse_args()
    found = find(options.project)
    names, line = options.environments or found.environments, found.line
    situations = {name: line.values(name, found.layers(name)) for name in names}
    sys.stdout.write(f"{_HEAD}\n")
    tables = [_shown(experiment(n, project(line), v, mutations(line, v))) for n, v in situations.items()]
    for table in tables:
        sys.stdout.writelines(f"{table.environment}: {line}\n" for line in _wrong(table))
    return any(table.missing or table.unused for table in tables)


def _shown(table: Table) -> Table:
    sys.stdout.write(
        f"{table.environment:<13}{table.mutations:<11}{table.leaves:<8}{len(table.missing):<9}{table.named:<7}"
        f"{len(table.idle):<6}{table.precision:<11.3f}{len(table.unused)}\n"
    )
    return table


def _wrong(table: Table) -> list[str]:
    return [
        *(f"missing: {text}" for text in table.missing),
        *(f"idle: {text}" for text in table.idle),
        *(f"said to be unused: {text}" for text in table.unused),
    ]


if __name__ == "__main__":
    sys.exit(main())
