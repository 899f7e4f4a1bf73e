"""A real API server takes all that this project renders, and restricted Pod Security warns of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.cluster.kubectl import Kubectl
from tests.product.conftest import CASES, ROOT, built_in

FOLDERS = [*sorted(ROOT.glob("rendered/*/")), *(case / "expected" for case in CASES)]
RESTRICTED = ("pod-security.kubernetes.io/warn=restricted", "pod-security.kubernetes.io/enforce=restricted")


def admit(kubectl: Kubectl, folder: Path) -> str:
    """Server-side dry run of a folder in its namespace, which warns of what is not restricted."""
    (path,) = folder.glob("40-deployment-*.yaml")
    namespace = yaml.safe_load(path.read_text())["metadata"]["namespace"]
    kubectl("create", "namespace", namespace)
    kubectl.must("label", "--overwrite", "namespace", namespace, *RESTRICTED)
    return kubectl.must("apply", "--dry-run=server", *(f"--filename={path}" for path in files(folder)))


def files(folder: Path) -> list[Path]:
    """What is applied: not the Namespace, which has just been made without `kubectl apply`."""
    return [path for path in built_in(folder) if not path.name.startswith("00-")]


@pytest.mark.cluster
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_it_is_admitted(folder: Path, kubectl: Kubectl) -> None:
    assert len(admit(kubectl, folder).splitlines()) == len(files(folder))


@pytest.mark.cluster
def test_what_is_not_restricted_would_be_told(kubectl: Kubectl, tmp_path: Path) -> None:
    text = next(ROOT.glob("rendered/dev/40-*.yaml")).read_text()
    (tmp_path / "40-deployment-bad.yaml").write_text(
        text.replace("runAsNonRoot: true", "runAsNonRoot: false")
    )
    with pytest.raises(AssertionError, match="would violate PodSecurity"):
        admit(kubectl, tmp_path)
