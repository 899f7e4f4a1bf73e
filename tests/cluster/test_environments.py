"""Every environment on a real API server: applied as a user does it, and stored as it was rendered."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.core import paths
from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).resolve().parent.parent.parent
FULL = Path(__file__).with_name("full.yaml")
COMMITTED = sorted(path.stem for path in (ROOT / "values").glob("*.yaml") if path.name != "base.yaml")
ENVIRONMENTS = [*COMMITTED, "full"]

# kubectl sends the selector of a PodDisruptionBudget each time it applies one, because the API marks it as
# replaced rather than merged. It says `configured` then, though nothing changes.
ALWAYS_CONFIGURED = "poddisruptionbudget"

# The volume that `full` takes for granted; without it the scheduler would wait.
CLAIM = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: models}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadOnlyMany]
  storageClassName: ""
  hostPath: {path: /models}
  claimRef: {namespace: gan-full, name: models}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models, namespace: gan-full}
spec:
  accessModes: [ReadOnlyMany]
  storageClassName: ""
  volumeName: models
  resources: {requests: {storage: 1Gi}}
"""


def untracked(folder: str, names: list[str]) -> list[str]:
    """What a render leaves on this machine only: links to the selected environment, and filled Secrets."""
    return [name for name in names if (Path(folder) / name).is_symlink() or "-secret-" in name]


@pytest.fixture(params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An environment of this repository, and the current folder a copy of its project."""
    for folder in ("schema", "templates", "values", "rendered"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=untracked)
    shutil.copy(ROOT / "gen.yaml", tmp_path)
    shutil.copy(FULL, tmp_path / "values")
    monkeypatch.chdir(tmp_path)
    name: str = request.param
    return name


@pytest.fixture
def folder(environment: str, gen: Gen) -> Path:
    """Its folder below `rendered/`: as it is committed, but for `full`, which is rendered now."""
    if environment == "full":
        assert gen("render", "--env", "full").status == 0
    return Path("rendered") / environment


def manifests(folder: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yaml"))]


def the(kind: str, folder: Path) -> dict[str, Any]:
    return next(one for one in manifests(folder) if one["kind"] == kind)


def words(told: str) -> dict[str, str]:
    """`deployment.apps/gan unchanged`, by object."""
    return dict(line.split(maxsplit=1) for line in told.splitlines())


def roll_out(kubectl: Kubectl, folder: Path) -> None:
    """Wait until the Deployment is as it should be."""
    name, namespace = (the("Deployment", folder)["metadata"][key] for key in ("name", "namespace"))
    if folder.name == "full":
        kubectl.must("apply", "-f", "-", stdin=CLAIM)
    kubectl.roll_out(name, namespace)


def assert_no_difference(kubectl: Kubectl, *arguments: str) -> None:
    """`kubectl diff` has nothing to say.

    It asks for each object twice, so a status that a controller writes in between looks like a difference.
    One between what is stored and what we rendered would stay; this one is gone at the next look.
    """
    deadline = time.monotonic() + 30
    while (answer := kubectl("diff", *arguments)).returncode != 0 and time.monotonic() < deadline:
        time.sleep(1)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_it_is_applied_at_the_first_try_and_then_unchanged(empty_cluster: Kubectl, folder: Path) -> None:
    first = words(empty_cluster.must("apply", "-f", f"{folder}/"))
    assert len(first) == len(manifests(folder))
    assert set(first.values()) == {"created"}
    second = words(empty_cluster.must("apply", "-f", f"{folder}/"))
    changed = [one for one, word in second.items() if word != "unchanged"]
    assert [one for one in changed if not one.startswith(ALWAYS_CONFIGURED)] == []
    roll_out(empty_cluster, folder)
    assert_no_difference(empty_cluster, "-f", f"{folder}/")
    assert "\n".join(sorted(differences(empty_cluster, folder))) == ""
    assert_restricted(empty_cluster, folder)
    gone = empty_cluster.must("delete", "-f", f"{folder}/", "--timeout=60s")
    assert gone.count("deleted") == len(manifests(folder))


def test_it_is_rolled_out(
    empty_cluster: Kubectl, folder: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every object of every kind becomes current, and none is taken for another than it is rendered."""
    monkeypatch.setenv("KUBECONFIG", str(empty_cluster.kubeconfig))
    absent = gen("status", "--env", folder.name, "--format", "json")
    found = json.loads(absent.out)["objects"]
    assert (absent.status, {one["state"] for one in found}) == (1, {"absent"})
    empty_cluster.must("apply", "-f", f"{folder}/")
    for _, namespace, name in (one["object"].split("/") for one in found if "Secret/" in one["object"]):
        login = ("--docker-username=u", "--docker-password=p")  # nobody has filled it here
        empty_cluster.must("create", "secret", "docker-registry", name, "-n", namespace, *login)
    roll_out(empty_cluster, folder)
    for service in (one for one in manifests(folder) if one.get("spec", {}).get("type") == "LoadBalancer"):
        waits = gen("status", "--env", folder.name)
        assert (waits.status, "its load balancer has no address yet" in waits.err) == (1, True)
        balance(empty_cluster, service)
    ran = gen("status", "--env", folder.name, "--wait", "60s", "--format", "json")
    found = json.loads(ran.out)["objects"]
    assert [one for one in found if one["state"] != "current"] == []
    differing = {one["object"]: one["differs"] for one in found if one["differs"]}
    assert {name: differs for name, differs in differing.items() if not name.startswith("Secret/")} == {}
    assert ran.status == 0


def balance(kubectl: Kubectl, service: dict[str, Any]) -> None:
    """Give a Service an address, as a cloud would."""
    ingress = json.dumps({"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}})
    name, namespace = (service["metadata"][key] for key in ("name", "namespace"))
    patch = ("--subresource=status", "--type=merge", "-p", ingress)
    kubectl.must("patch", "service", name, "-n", namespace, *patch)


def test_it_is_applied_by_the_server_too(empty_cluster: Kubectl, program: Any, folder: Path) -> None:
    """With the kubectl of the server's own version."""
    kubectl = Kubectl(program("kubectl"), empty_cluster.kubeconfig)
    for _ in range(2):
        told = words(kubectl.must("apply", "--server-side", "--field-manager=gen", "-f", f"{folder}/"))
        assert set(told.values()) == {"serverside-applied"}
        roll_out(kubectl, folder)
        assert_no_difference(kubectl, "--server-side", "--field-manager=gen", "-f", f"{folder}/")
    assert "\n".join(sorted(differences(kubectl, folder))) == ""


def test_plain_rendered_is_the_environment_that_was_rendered_last(
    kubectl: Kubectl, environment: str, gen: Gen
) -> None:
    assert gen("render", "--env", environment).status == 0
    named = kubectl.must("apply", "--dry-run=client", "-f", f"rendered/{environment}/", "-o", "name")
    assert kubectl.must("apply", "--dry-run=client", "-f", "rendered/", "-o", "name") == named


def assert_restricted(kubectl: Kubectl, folder: Path) -> None:
    """Its pods run where the restricted Pod Security Standard is enforced, and others are refused."""
    namespace = the("Namespace", folder)["metadata"]["name"]
    labels = kubectl.get("namespace", namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    answer = kubectl("run", "other", "--image=a/b:1", "-n", namespace)
    assert answer.returncode == 1
    assert 'violates PodSecurity "restricted' in answer.stderr


# What the server adds by itself: identities, allocations, bookkeeping. `[]` stands for any index.
OF_THE_SERVER = re.compile(
    r"metadata\.(uid|resourceVersion|generation|creationTimestamp)"
    r"|metadata\.managedFields\b.*|status\b.*"
    r'|metadata\.annotations\["(kubectl|deployment)\.kubernetes\.io/[a-z-]+"\]'
    r'|metadata\.labels\["kubernetes\.io/metadata\.name"\]'
    r"|spec\.clusterIPs?(\[\])?|spec\.ports\[\]\.nodePort|spec\.healthCheckNodePort"
)
POD, MAIN = "spec.template.spec.", "spec.template.spec.containers[]."
# What the server puts where nothing is said; `...` for any value.
DEFAULTS = {
    "Namespace spec.finalizers[]": "kubernetes",
    "Service spec.allocateLoadBalancerNodePorts": True,
    "Service spec.externalTrafficPolicy": "Cluster",
    "Service spec.internalTrafficPolicy": "Cluster",
    "Service spec.ipFamilies[]": "IPv4",
    "Service spec.ipFamilyPolicy": "SingleStack",
    "Service spec.ports[].protocol": "TCP",
    "Service spec.sessionAffinity": "None",
    "Service spec.type": "ClusterIP",
    "HorizontalPodAutoscaler spec.behavior.scaleDown.policies[].periodSeconds": 15,
    "HorizontalPodAutoscaler spec.behavior.scaleDown.policies[].type": "Percent",
    "HorizontalPodAutoscaler spec.behavior.scaleDown.policies[].value": 100,
    "HorizontalPodAutoscaler spec.behavior.scaleDown.selectPolicy": "Max",
    **{
        f"HorizontalPodAutoscaler spec.behavior.scaleUp.{field}": ...
        for field in (
            "policies[].periodSeconds",
            "policies[].type",
            "policies[].value",
            "selectPolicy",
            "stabilizationWindowSeconds",
        )
    },
    "Deployment spec.replicas": ...,  # the autoscaler's, where a Deployment names none
    f"Deployment {POD}dnsPolicy": "ClusterFirst",
    f"Deployment {POD}restartPolicy": "Always",
    f"Deployment {POD}schedulerName": "default-scheduler",
    f"Deployment {POD}serviceAccount": ...,
    f"Deployment {POD}volumes[].configMap.defaultMode": 0o644,
    f"Deployment {POD}volumes[].secret.defaultMode": 0o644,
    f"Deployment {MAIN}ports[].protocol": "TCP",
    f"Deployment {MAIN}terminationMessagePath": "/dev/termination-log",
    f"Deployment {MAIN}terminationMessagePolicy": "File",
    **{
        f"Deployment {MAIN}{probe}.{field}": default
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
        for field, default in {"httpGet.scheme": "HTTP", "successThreshold": 1, "timeoutSeconds": 1}.items()
    },
}


def differences(kubectl: Kubectl, folder: Path) -> Iterator[str]:
    """What is stored otherwise than it was rendered, or added and neither a default nor the server's own."""
    for path in sorted(folder.glob("*.yaml")):
        wanted = dict(paths.leaves(yaml.safe_load(path.read_text())))
        stored = dict(paths.leaves(json.loads(kubectl.must("get", "-f", path, "-o", "json"))))
        kind = wanted["kind",]
        for field in wanted.keys() | stored.keys():
            name = re.sub(r"\[[0-9]+\]", "[]", paths.show(field))
            if field in wanted:
                expected = wanted[field]
            elif OF_THE_SERVER.fullmatch(name) or DEFAULTS.get(f"{kind} {name}") is ...:
                continue
            else:
                expected = DEFAULTS.get(f"{kind} {name}", "nothing")
            if stored.get(field, "nothing") != expected:
                yield f"{kind} {paths.show(field)}: {stored.get(field, 'nothing')!r}, expected {expected!r}"
