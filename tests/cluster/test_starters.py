"""What every starter renders is accepted by a real API server, as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("starter", ["bare", "tensorflow-serving", "web"])
def test_every_environment_is_applied(
    starter: str, empty_cluster: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gen: Gen
) -> None:
    monkeypatch.chdir(tmp_path)
    assert gen("init", "--starter", starter).status == 0
    assert gen("render", "--all").status == 0
    for environment in ("dev", "kind", "azure"):
        said = empty_cluster.must("apply", "-f", f"rendered/{environment}/").splitlines()
        assert len(said) == len(list(Path("rendered", environment).glob("*.yaml")))
        assert all(line.endswith(" created") for line in said)
        empty_cluster.must("delete", "-f", f"rendered/{environment}/", "--wait=false")
