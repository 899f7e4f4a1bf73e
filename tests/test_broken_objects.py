"""Which rule of gen's each broken object of tests/cluster/broken.yaml breaks; needs no cluster.

tests/cluster/test_broken.py asks a real API server about the same objects.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.broken import BOTH, GOOD, OURS, SERVER, problems

EXPECTED = Path(__file__).parent / "cluster" / "broken.rules.txt"


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_object_is_taken(kind: str) -> None:
    assert problems(GOOD[kind]) == []


def test_every_broken_object_breaks_the_rule_that_is_meant_for_it(update: bool) -> None:
    """`--update` writes the rules down again; read the difference."""
    found = [
        f"{param.id}: {', '.join(sorted({*problems(*param.values)})) or '-'}"
        for param in (*BOTH, *SERVER, *OURS)
    ]
    if update:
        EXPECTED.write_text("\n".join(found) + "\n")
    assert found == EXPECTED.read_text().splitlines()


@pytest.mark.parametrize("section", [BOTH, OURS], ids=["both", "ours"])
def test_what_is_listed_as_refused_is_refused(section: list[object]) -> None:
    assert [param.id for param in section if not problems(*param.values)] == []  # type: ignore[attr-defined]


def test_what_only_the_server_refuses_is_taken() -> None:
    assert [param.id for param in SERVER if problems(*param.values)] == []
