"""From credentials to scores: the files rendered for azure, unchanged, on machines that really run them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.node.deployed import Deployed, pods, scores, verified
from tests.node.running import Node

pytestmark = pytest.mark.node


def test_what_azure_renders_is_pulled_runs_and_answers(node: Node, azure: Deployed, models: Path) -> None:
    sample = models / "samples/image_0.jpg"
    command = ("verify", "--env", "azure", sample, "--signature", "predict_images", "--format", "json")
    balanced, forwarded = azure.gen(*command), azure.gen(*command, "--port-forward")
    assert verified(balanced) == pytest.approx(scores(models, 1), rel=1e-6)
    assert verified(forwarded) == pytest.approx(scores(models, 1), rel=1e-6)
    assert json.loads(balanced.stdout)["way"].endswith("by its load balancer")
    assert re.search(
        r"pod gan-\S+ \(ganregistry\.azurecr\.io/gan-serving:1\.0\.0\)", json.loads(forwarded.stdout)["way"]
    )
    look_at_the_process(node, azure)


def look_at_the_process(node: Node, azure: Deployed) -> None:
    """What the server really has, by its entry in /proc and by what it may write."""
    (pod, *others) = pods(azure)
    assert others, "two replicas"
    inside = (
        "import os\n"
        "text = open('/proc/1/status').read()\n"
        "kept = ('Uid', 'Gid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp')\n"
        "fields = (line.split(':', 1) for line in text.splitlines())\n"
        "print({name: values.split() for name, values in fields if name in kept})\n"
        "for place in ('/tmp/probe', '/models/probe', '/etc/probe'):\n"
        "    try: open(place, 'w').close(); print('wrote', place)\n"
        "    except OSError as error: print(error.strerror, place)\n"
        "print(os.path.exists('/var/run/secrets/kubernetes.io'))\n"
    )
    exec_ = ("exec", pod["metadata"]["name"], "-n", "gan", "--", "/usr/local/bin/python3", "-c", inside)
    status, *rest = node.kubectl.must(*exec_).splitlines()
    found = eval(status)
    assert found["Uid"] == found["Gid"] == ["10001"] * 4
    assert {found["CapEff"][0], found["CapBnd"][0]} == {"0" * 16}
    assert (found["NoNewPrivs"], found["Seccomp"]) == (["1"], ["2"])
    assert rest == [
        "wrote /tmp/probe",
        "Read-only file system /models/probe",
        "Read-only file system /etc/probe",
        "False",
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({'tag: "1.0.0"': 'tag: "9.9.9"'}, r"gan-serving:9\.9\.9\): ErrImagePull: .*not found"),
        (
            {"memory: 2Gi": "memory: 2000Gi", "memory: 1Gi": "memory: 1000Gi"},
            "Unschedulable: 0/2 nodes are available: 2 Insufficient memory",
        ),
    ],
    ids=["unknown tag", "too large a request"],
)
def test_why_a_pod_does_not_start(azure: Deployed, change: dict[str, str], reason: str) -> None:
    azure.change("values/base.yaml", change)
    azure.apply()
    found = told_of(azure, reason)
    assert (found.returncode, "error[verify/rollout]" in found.stderr) == (1, True), found.stderr
    assert "model gan at" not in found.stdout  # the pods of the release before are not asked in their place
    status = azure.gen("status", "--env", "azure")
    assert (status.returncode, re.search(reason, status.stderr) is not None) == (1, True), status.stderr
    assert "error[rollout/in-progress]: Deployment gan/gan is in progress" in status.stderr


def test_a_wrong_password_is_named_with_the_registrys_answer(node: Node, tree: Path, tmp_path: Path) -> None:
    """The tag is one that no machine holds, or nobody would ask the registry."""
    other = Deployed(node, tree, "azure", "gan-refused")
    other.change("values/base.yaml", {"namespace:\n  name: gan": "namespace:\n  name: gan-refused"})
    other.change("values/azure.yaml", {"registry:\n": "image:\n  tag: 7.7.7\nregistry:\n"})
    other.apply("--registry-credentials", node.credentials(tmp_path / "token.json", "not-the-password"))
    found = told_of(other, "(ErrImagePull|ImagePullBackOff): .*401 Unauthorized")
    assert found.returncode == 1
    status = other.gen("status", "--env", "azure", "--format", "json")
    (waits,) = [one for one in json.loads(status.stdout)["objects"] if one["object"].startswith("Deployment")]
    assert (status.returncode, waits["pods"]) == (1, {"ready": 0, "wanted": 2})
    assert "401 Unauthorized" in waits["reasons"][0]
    assert "not-the-password" not in found.stderr + found.stdout + status.stdout
    node.kubectl.must("delete", "namespace", "gan-refused", "--wait=false")


def test_a_server_that_crashes_is_told_with_the_end_of_its_log(azure: Deployed) -> None:
    azure.change("values/base.yaml", {"gan: {}": "gan: {basePath: /nowhere}"})
    azure.apply()
    status = azure.gen("status", "--env", "azure")
    for _ in range(60):
        if "  log: " in status.stderr and "CrashLoopBackOff" in status.stderr:
            break
        status = azure.gen("status", "--env", "azure", "--wait", "5s")
    assert "it last ended with exit code 1" in status.stderr
    assert re.search("log: .*/nowhere", status.stderr), status.stderr


def test_a_new_release_is_what_is_asked_once_it_is_rolled_out(azure: Deployed, models: Path) -> None:
    """Also while pods of the one before still serve their last requests."""
    azure.change("values/base.yaml", {'tag: "1.0.0"': 'tag: "1.1.0"'})
    azure.apply()
    sample = models / "samples/image_0.jpg"
    command = ("verify", "--env", "azure", sample, "--signature", "predict_images", "--format", "json")
    found = azure.gen(*command, "--port-forward", "--wait", "10m", "--record", "record.json")
    assert verified(found) == pytest.approx(scores(models, 2), rel=1e-6)
    assert "gan-serving:1.1.0" in json.loads(found.stdout)["way"]
    assert [version["version"] for version in json.loads(found.stdout)["versions"]] == [2]
    kept = json.loads((azure.project / "record.json").read_text())
    assert kept["rendered"] == ["ganregistry.azurecr.io/gan-serving:1.1.0"]
    digest = azure.node.digest("1.1.0")
    assert kept["running"] == {kept["rendered"][0]: [f"ganregistry.azurecr.io/gan-serving@{digest}"]}
    assert (kept["version"], kept["answers"][0]["outputs"]["scores"]["values"][0]) == (2, verified(found))


def test_kind_is_reached_by_a_node_port(node: Node, azure: Deployed, tree: Path, models: Path) -> None:
    """The machines hold the image from the registry, which stands for a loaded one: hence the changes."""
    kind = Deployed(node, tree, "kind", "gan-kind")
    kind.change("values/kind.yaml", {"pullPolicy: Never": "pullPolicy: IfNotPresent"})
    login = (
        "registry:\n  loginServer: ganregistry.azurecr.io\n  pullSecret: {mode: secret, name: acr}\nkind:\n"
    )
    kind.change("values/kind.yaml", {"kind:\n": login})
    kind.apply("--registry-credentials", node.credentials(tree.parent / "token.json"))
    sample = models / "samples/image_0.jpg"
    command = ("verify", "--env", "kind", sample, "--signature", "predict_images", "--format", "json")
    found = kind.gen(*command, "--wait", "10m", "--context", "gen-test")
    assert verified(found) == pytest.approx(scores(models, 1), rel=1e-6)
    assert json.loads(found.stdout)["way"].endswith("by a node's port")


def told_of(deployed: Deployed, reason: str) -> subprocess.CompletedProcess[str]:
    """What `gen verify` says once the machines have met the trouble."""
    command = ("verify", "--env", deployed.environment)
    found = deployed.gen(*command)
    for _ in range(30):
        if re.search(reason, found.stderr):
            return found
        found = deployed.gen(*command, "--wait", "2s")
    raise AssertionError(found.stderr)
