"""`gen diff` on a real API server: what would change, and nothing is changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def deployed(empty_cluster: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    """The environment dev, applied; the current folder is its project."""
    for folder in ("schema", "templates", "values"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "rendered" / "dev", tmp_path / "rendered" / "dev")
    shutil.copy(ROOT / "gen.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(empty_cluster.kubeconfig))
    empty_cluster.must("apply", "--server-side", "--field-manager=gen", "-f", "rendered/dev")
    return empty_cluster


def resource_versions(kubectl: Kubectl) -> list[str]:
    found = json.loads(kubectl.must("get", "svc,sa,networkpolicy", "-n", "gan-dev", "-o", "json"))
    return [one["metadata"]["resourceVersion"] for one in found["items"]]


def test_the_same_is_no_difference_and_a_change_names_its_source(deployed: Kubectl, gen: Gen) -> None:
    assert gen("diff", "--env", "dev").status == 0
    versions = resource_versions(deployed)
    values = Path("values/dev.yaml")
    deployed.must("label", "service/gan", "-n", "gan-dev", "app.kubernetes.io/name=other", "--overwrite")
    deployed.must("delete", "serviceaccount/gan", "-n", "gan-dev")
    changed = gen("diff", "--env", "dev")
    assert changed.status == 1
    assert "other → " in changed.out
    assert "object added  ServiceAccount gan" in changed.out
    assert "kubectl-label" in changed.err
    assert values.exists()
    assert (
        deployed.get("service", "gan", "gan-dev")["metadata"]["labels"]["app.kubernetes.io/name"] == "other"
    )
    assert len(resource_versions(deployed)) < len(versions)  # what was deleted has not come back


def authenticate(kubectl: Kubectl, token: str) -> None:
    config = json.loads(kubectl.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token}
    kubectl.kubeconfig.write_text(json.dumps(config))


def test_the_server_records_reads_and_dry_runs_alone(deployed: Kubectl, gen: Gen) -> None:
    """What the audit log of the API server holds of an account that may do everything."""
    deployed.must("create", "serviceaccount", "differ")
    deployed.must(
        "create",
        "clusterrolebinding",
        "differ",
        "--clusterrole=cluster-admin",
        "--serviceaccount=default:differ",
    )
    deployed.must("label", "service/gan", "-n", "gan-dev", "app.kubernetes.io/name=other", "--overwrite")
    deployed.must("delete", "serviceaccount/gan", "-n", "gan-dev")
    authenticate(deployed, deployed.must("create", "token", "differ").strip())
    shutil.copytree(ROOT / "rendered" / "kind", "rendered/kind")  # its namespace is not there
    assert [gen("diff", "--env", name).status for name in ("dev", "kind")] == [1, 1]
    log = (deployed.kubeconfig.parent / "audit.log").read_text().splitlines()
    events = [json.loads(line) for line in log]
    own = [e for e in events if e["user"]["username"] == "system:serviceaccount:default:differ"]
    writes = [e["requestURI"] for e in own if e["verb"] not in ("get", "list", "watch")]
    assert len(writes) >= len(list(Path("rendered").glob("*/*.yaml"))) > 0
    assert [uri for uri in writes if parse_qs(urlsplit(uri).query).get("dryRun") != ["All"]] == []


def test_stale_files_are_refused(deployed: Kubectl, gen: Gen) -> None:
    service = Path("rendered/dev/35-service-gan.yaml")
    service.write_text(service.read_text().replace("8500", "8599"))
    stale = gen("diff", "--env", "dev")
    assert (stale.status, "drift/changed" in stale.err) == (1, True)


def test_a_namespace_that_is_not_there_leaves_its_objects_unchecked(
    empty_cluster: Kubectl, deployed: Kubectl, gen: Gen
) -> None:
    shutil.copytree(ROOT / "rendered" / "kind", "rendered/kind")
    told = gen("diff", "--env", "kind")
    assert told.status == 1
    assert "would be created; not checked by the server" in told.err
    assert "object added  Namespace gan-kind" in told.out


def test_without_the_right_to_patch_the_answer_says_what_it_hides(deployed: Kubectl, gen: Gen) -> None:
    deployed.must("create", "serviceaccount", "reader")
    deployed.must(
        "create", "clusterrolebinding", "reader", "--clusterrole=view", "--serviceaccount=default:reader"
    )
    deployed.must("create", "clusterrole", "namespaces", "--verb=get", "--resource=namespaces")
    deployed.must(
        "create", "clusterrolebinding", "ns", "--clusterrole=namespaces", "--serviceaccount=default:reader"
    )
    token = deployed.must("create", "token", "reader").strip()
    authenticate(deployed, token)
    told = gen("diff", "--env", "dev")
    assert told.status == 3
    assert "you have no permission to patch" in told.err
    authenticate(deployed, "expired")
    assert gen("diff", "--env", "dev").status == 3
