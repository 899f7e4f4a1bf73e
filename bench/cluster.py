"""`python -m bench.cluster [COUNT]`: how long a control plane of the tests takes to be ready."""

from __future__ import annotations

import sys
import time
from statistics import median

from tests.cluster import keeper


def main(count: int) -> None:
    found = []
    for _ in range(count):
        start = time.perf_counter()
        with keeper.running():
            found.append(time.perf_counter() - start)
    print(f"ready after {median(found):.1f} s ({min(found):.1f} to {max(found):.1f}), {count} starts")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
