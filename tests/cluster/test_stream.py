"""kubectl takes the stream that `gen render --output -` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen

pytestmark = pytest.mark.cluster


def test_a_stream_is_applied(
    empty_cluster: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gen: Gen
) -> None:
    monkeypatch.chdir(tmp_path)
    assert gen("init", "--starter", "web").status == 0
    manifests = gen("render", "--env", "azure", "--output", "-").out
    said = empty_cluster.must("apply", "-f", "-", stdin=manifests).splitlines()
    assert len(said) == manifests.count("\nkind: ")
    assert all(line.endswith(" created") for line in said)
    again = empty_cluster("diff", "-f", "-", stdin=manifests)
    assert (again.returncode, again.stdout) == (0, "")
