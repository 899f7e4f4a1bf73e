"""`gen status` on a real control plane: whether an environment is rolled out, and what keeps it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).resolve().parents[2]
Object = dict[str, Any]
Apply = Callable[..., None]
PATIENCE = 60  # seconds for what controllers do by themselves


def workload(kind: str, name: str, tag: str = "1", **container: Any) -> Object:
    """A workload of one pod, which the tag of its image decides about; see stages.yaml."""
    made = {"name": "server", "image": f"registry.test/app:{tag}", **container}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [made]}}
    spec: Object = {"selector": {"matchLabels": {"app": name}}, "template": template}
    spec |= {"serviceName": name} if kind == "StatefulSet" else {}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def apply(kubectl: Kubectl, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Apply:
    """Makes a project with the environment dev of these objects, the current folder, and applies it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(kubectl.kubeconfig))

    def made(*objects: Object, really: bool = True) -> None:
        for folder in ("schema", "values", "templates"):
            Path(folder).mkdir(exist_ok=True)
        Path("schema/values.schema.json").write_text('{"type": "object"}')
        Path("values/dev.yaml").write_text("{}\n")
        for one in objects:
            one["metadata"]["namespace"] = namespace
            Path(f"templates/{one['kind']}-{one['metadata']['name']}.yaml.j2").write_text(json.dumps(one))
        if really:
            kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(listed(objects)))

    return made


def listed(objects: tuple[Object, ...]) -> Object:
    return {"apiVersion": "v1", "kind": "List", "items": list(objects)}


def told(gen: Gen, complete: Callable[[dict[str, Object]], bool], *options: str) -> dict[str, Object]:
    """The objects by their names, as soon as they are as a test waits for."""
    deadline = time.monotonic() + PATIENCE
    while True:
        ran = gen("status", "--env", "dev", "--format", "json", *options)
        found = {one["object"].rpartition("/")[2]: one for one in json.loads(ran.out)["objects"]}
        if complete(found):
            return found
        assert time.monotonic() < deadline, json.dumps(found, indent=1)
        time.sleep(0.2)


def test_what_is_rolled_out_is_current(apply: Apply, gen: Gen, namespace: str) -> None:
    apply(
        workload("Deployment", "web"),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}},
    )
    ran = gen("status", "--env", "dev", "--wait", "60s")
    assert (ran.status, ran.err) == (0, "")
    headline, *rows = ran.out.splitlines()[-3:]
    assert headline.endswith(": 2 current")
    assert [row.split() for row in rows] == [
        ["current", "ConfigMap", f"{namespace}/settings"],
        ["current", "1/1", "Deployment", f"{namespace}/web"],
    ]
    once = gen("status", "--env", "dev")
    assert (once.status, once.out.splitlines()) == (0, [headline, *rows])


def event(kubectl: Kubectl, namespace: str, of: Object, reason: str, message: str) -> None:
    """A warning as the kubelet of a real node writes it."""
    metadata = of["metadata"]
    about = {"kind": "Pod", "namespace": namespace, "name": metadata["name"], "uid": metadata["uid"]}
    made = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.{reason.lower()}", "namespace": namespace},
        "involvedObject": about,
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }
    kubectl.must("create", "-f", "-", stdin=json.dumps(made))


def pod_of(kubectl: Kubectl, namespace: str, app: str) -> Object:
    found: list[Object] = json.loads(
        kubectl.must("get", "pods", "-n", namespace, "-l", f"app={app}", "-o", "json")
    )["items"]
    return found[0]


def text(found: Object) -> str:
    return "\n".join(found["reasons"])


def test_why_pods_wait(apply: Apply, gen: Gen, kubectl: Kubectl, namespace: str) -> None:
    secret = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}}
    apply(
        workload("Deployment", "pulling", "absent"),
        workload("Deployment", "large", resources={"requests": {"cpu": "65"}}),
        workload("StatefulSet", "crashing", "crashing"),
        workload("StatefulSet", "secretive", "crashing", env=[secret]),
        workload("DaemonSet", "unready", "unready"),
    )
    names = ("pulling", "large", "crashing", "secretive", "unready")
    told(gen, lambda found: all("pod " in text(found[name]) for name in names))
    answer = 'Failed to pull image "registry.test/app:absent": 401 Unauthorized \x1b[2J'
    event(kubectl, namespace, pod_of(kubectl, namespace, "pulling"), "Failed", answer)
    probe = "Readiness probe failed: HTTP probe failed with statuscode: 404"
    event(kubectl, namespace, pod_of(kubectl, namespace, "unready"), "Unhealthy", probe)
    killed = "Liveness probe failed: connection refused"
    event(kubectl, namespace, pod_of(kubectl, namespace, "crashing"), "Unhealthy", killed)
    expected = {
        "pulling": f"  Failed: {answer}",
        "large": "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu",
        "crashing": "restarting failed container; it last ended with exit code 1",
        "secretive": "its log may hold Secrets, and is not shown: kubectl logs secretive-0",
        "unready": f"  Unhealthy: {probe}",
    }
    found = told(gen, lambda found: all(expected[name] in text(found[name]) for name in names))
    assert f"  Unhealthy: {killed}" in found["crashing"]["reasons"]
    assert {one["state"] for one in found.values()} == {"in progress"}
    assert {name: one["pods"] for name, one in found.items()} == {
        name: {"ready": 0, "wanted": 1} for name in names
    }
    shown = gen("status", "--env", "dev")
    assert shown.status == 1
    assert "error[rollout/in-progress]: Deployment" in shown.err
    assert "templates/Deployment-pulling.yaml.j2:1" in shown.err
    assert "401 Unauthorized \\u001b[2J" in shown.err  # no text of a registry drives the terminal


def test_why_there_are_no_pods(apply: Apply, gen: Gen, kubectl: Kubectl, namespace: str) -> None:
    """Quotas, Pod Security and admission refuse pods, and not the workloads that make them."""
    kubectl.must("create", "quota", "few", "--hard=pods=0", "-n", namespace)
    apply(workload("Deployment", "web"), workload("StatefulSet", "kept"), workload("DaemonSet", "each"))
    quota = "exceeded quota: few"
    refused = told(gen, lambda found: all(quota in text(one) for one in found.values()))
    assert all(one["reasons"][0].startswith("FailedCreate: ") for one in refused.values())
    kubectl.must("delete", "quota", "few", "-n", namespace)
    level = "pod-security.kubernetes.io/enforce=restricted"
    kubectl("label", "namespace", namespace, level, "--overwrite")
    kubectl.must("delete", "deployment", "web", "-n", namespace)
    apply(workload("Deployment", "web"))
    told(gen, lambda found: 'violates PodSecurity "restricted:latest"' in text(found["web"]))
    kubectl("label", "namespace", namespace, level.replace("restricted", "privileged"), "--overwrite")
    refuse_pods(kubectl, namespace, "no pods on Mondays")
    kubectl.must("delete", "deployment", "web", "-n", namespace)
    apply(workload("Deployment", "web"))
    told(gen, lambda found: "no pods on Mondays" in text(found["web"]))


def refuse_pods(kubectl: Kubectl, namespace: str, why: str) -> None:
    """A policy of admission that refuses every pod of a namespace, and goes with it."""
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    here = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    head = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": namespace}}
    policy = {
        **head,
        "kind": "ValidatingAdmissionPolicy",
        "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [{"expression": "false", "message": why}],
        },
    }
    binding = {
        **head,
        "kind": "ValidatingAdmissionPolicyBinding",
        "spec": {"policyName": namespace, "validationActions": ["Deny"], "matchResources": here},
    }
    kubectl.must("create", "-f", "-", stdin=json.dumps(listed((policy, binding))))
    deadline = time.monotonic() + PATIENCE
    while kubectl("run", "try", "--image=a/b:1", "-n", namespace, "--dry-run=server").returncode == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_claims_and_load_balancers_wait_in_the_words_of_their_controllers(
    apply: Apply, gen: Gen, namespace: str
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "models"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "open"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}},
    }
    apply(claim, service)
    found = told(gen, lambda found: bool(found["models"]["reasons"]))
    assert "no persistent volumes available for this claim" in text(found["models"])
    assert found["open"]["message"] == "its load balancer has no address yet"


def test_what_is_absent_and_what_is_not_as_rendered(
    apply: Apply, gen: Gen, kubectl: Kubectl, namespace: str
) -> None:
    apply(workload("Deployment", "web", resources={"limits": {"memory": "1024Mi", "cpu": "1000m"}}))
    gen("status", "--env", "dev", "--wait", "60s")
    kubectl.must("set", "image", "deployment/web", "server=registry.test/app:2", "-n", namespace)
    changed = gen("status", "--env", "dev", "--wait", "60s")
    assert changed.status == 0
    assert "(not as rendered)" in changed.out
    assert "warning[rollout/differs]" in changed.err
    assert "found: spec.template.spec.containers[name=server].image" in changed.err
    kubectl.must("delete", "deployment", "web", "-n", namespace)
    gone = gen("status", "--env", "dev")
    assert (gone.status, "error[rollout/absent]" in gone.err) == (1, True)


def test_the_server_records_reads_alone(
    apply: Apply, gen: Gen, kubectl: Kubectl, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its audit log holds of an account that may do everything, while pods wait and crash."""
    kubectl.must("create", "serviceaccount", namespace)
    account = f"--serviceaccount=default:{namespace}"
    kubectl.must("create", "rolebinding", "all", "--clusterrole=cluster-admin", account, "-n", namespace)
    apply(workload("Deployment", "pulling", "absent"), workload("StatefulSet", "crashing", "crashing"))
    use(tmp_path, kubectl, kubectl.must("create", "token", namespace).strip(), monkeypatch)
    told(gen, lambda found: all(one["reasons"] for one in found.values()), "--wait", "3s")
    log = (kubectl.kubeconfig.parent / "audit.log").read_text().splitlines()
    user = f"system:serviceaccount:default:{namespace}"
    own = [event for event in map(json.loads, log) if event["user"]["username"] == user]
    assert {event["verb"] for event in own} == {"get", "list"}
    asked = {event["objectRef"]["resource"] for event in own if "objectRef" in event}
    assert asked == {"deployments", "statefulsets", "replicasets", "pods", "events"}


def use(folder: Path, kubectl: Kubectl, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be another account from now on."""
    config = json.loads(kubectl.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token}
    (folder / "kubeconfig").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(folder / "kubeconfig"))


def test_forms_that_the_server_does_not_keep_are_no_difference(apply: Apply, gen: Gen) -> None:
    limits: Object = {"cpu": 0.5, "memory": "1024Mi"}
    made = workload("Deployment", "web", env=[], args=[], resources={"limits": limits, "requests": {}})
    made["metadata"] |= {"labels": {}, "annotations": {}}
    made["spec"]["template"]["spec"] |= {"nodeSelector": {}, "tolerations": [], "imagePullSecrets": []}
    apply(made)
    found = told(gen, lambda found: found["web"]["state"] == "current")
    assert found["web"]["differs"] == []


def test_what_may_not_be_read_is_unknown(
    apply: Apply, gen: Gen, kubectl: Kubectl, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("-n", namespace)
    kubectl.must("create", "serviceaccount", "reader", *where)
    kubectl.must("create", "role", "reader", "--verb=get", "--resource=deployments.apps", *where)
    account = f"--serviceaccount={namespace}:reader"
    kubectl.must("create", "rolebinding", "reader", "--role=reader", account, *where)
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}}
    apply(workload("Deployment", "web", "absent"), settings)
    use(tmp_path, kubectl, kubectl.must("create", "token", "reader", *where).strip(), monkeypatch)
    ran = gen("status", "--env", "dev")
    assert ran.status == 1  # the Deployment is not current, whatever the other is
    assert "unknown, because you have no permission to read it: 403 pods is forbidden" in ran.err
    assert "error[rollout/unknown]" in ran.err
    Path("templates/Deployment-web.yaml.j2").unlink()
    assert gen("status", "--env", "dev").status == 3
    use(tmp_path, kubectl, "expired", monkeypatch)
    expired = gen("status", "--env", "dev", "--wait", "10m")
    assert (expired.status, "error[cluster/refused]" in expired.err) == (3, True)


COMMAND = [sys.executable, "-m", "generator", "status", "--env", "dev", "--wait", "10m"]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def test_ctrl_c_says_what_goes_on(apply: Apply) -> None:
    apply(workload("Deployment", "web", "absent"))
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, env=environment(), text=True, stdout=pipe, stderr=pipe) as run:
        assert run.stdout is not None
        assert "in progress" in run.stdout.readline()
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert "warning[rollout/interrupted]" in err
    assert "found: not current yet: Deployment" in err
    assert "Traceback" not in err


def test_a_terminal_shows_a_table_that_goes_away(apply: Apply, kubectl: Kubectl, namespace: str) -> None:
    apply(workload("Deployment", "web", "absent"))
    ours, theirs = pty.openpty()
    terminal = {**environment(), "TERM": "xterm"}
    shown = b""
    with subprocess.Popen(COMMAND, env=terminal, text=True, stdout=subprocess.PIPE, stderr=theirs) as run:
        while b"ImagePullBackOff" not in shown:
            shown += os.read(ours, 4096)
        kubectl.must("set", "image", "deployment/web", "server=registry.test/app:1", "-n", namespace)
        out, _ = run.communicate(timeout=PATIENCE)
    os.close(theirs)
    os.close(ours)
    assert b"1 in progress" in shown
    assert (run.returncode, "1 current" in out, "ImagePullBackOff" in out) == (0, True, False)
