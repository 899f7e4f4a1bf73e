"""`gen deploy` on a real API server: the plan, its approval, and what is applied of it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import projects, proxy
from tests.cluster.deploying import deploy, render
from tests.cluster.kubectl import Kubectl
from tests.cluster.projects import config_map
from tests.cluster.proxy import Proxy
from tests.conftest import Gen

pytestmark = pytest.mark.cluster


def test_the_flagship_is_deployed_and_then_unchanged(
    empty_cluster: Kubectl, gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects.flagship(tmp_path, "dev")
    monkeypatch.chdir(tmp_path)
    with proxy.running(empty_cluster.kubeconfig) as running:
        monkeypatch.setenv("KUBECONFIG", str(running.kubeconfig))
        asked = gen("deploy", "--env", "dev")
        assert asked.status == 2
        assert "--yes" in asked.err
        assert running.writes == []
        out, _ = deploy(gen)
        assert out.startswith("dev goes to context ")
        assert "namespace gan-dev" in out.splitlines()[0]
        assert "created Deployment gan-dev/gan" in out
        assert out.splitlines()[-1] == "dev: 5 created"
        assert gen("diff", "--env", "dev").status == 0
        running.requests.clear()
        again, _ = deploy(gen)
        assert again.splitlines()[-1] == "dev: 5 unchanged"
        assert running.writes == []
        assert len(running.requests) <= 2 * 5 + 6
    inventory = empty_cluster.get("configmap", "gen-inventory-dev", "gan-dev")
    assert len(inventory["data"]["objects"].splitlines()) == 5
    live = empty_cluster.get("deployment", "gan", "gan-dev")
    assert live["metadata"]["uid"] in inventory["data"]["objects"]


def test_a_terminal_is_asked(here: Kubectl, gen: Gen, namespace: str) -> None:
    render(gen, [config_map("asked", namespace, a="1")])

    def answer(text: bytes) -> tuple[int, bytes]:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "generator", "deploy", "--env", "dev"]
        environment = {**os.environ, "PYTHONPATH": str(projects.ROOT)}
        process = subprocess.Popen(
            command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=environment
        )
        os.write(ours, text)
        out, _ = process.communicate(timeout=60)
        os.close(theirs)
        os.close(ours)
        return process.returncode, out

    status, out = answer(b"no\n")
    assert (status, b"created ConfigMap" in out) == (1, False)
    assert here("get", "configmap", "asked", "-n", namespace).returncode == 1
    status, out = answer(b"yes\n")
    assert (status, b"created ConfigMap" in out) == (0, True)


def test_an_engine_that_deploys_the_environment_too_is_named(here: Kubectl, gen: Gen, namespace: str) -> None:
    render(gen, [config_map("settings", namespace, a="1")])
    assert "live/engine" not in deploy(gen)[1]
    engine = "name: models, repository: 'https://git.example.com/models.git', flux: {}"
    Path("gen.yaml").write_text(f"gitops: {{ {engine} }}\n")
    assert "warning[live/engine]: Flux applies dev too" in deploy(gen)[1]


def test_another_cluster_stops_it(proxied: Proxy, gen: Gen, namespace: str) -> None:
    render(gen, [config_map("guarded", namespace)])
    Path("gen.yaml").write_text("environments: {dev: {cluster: {context: other-*}}}\n")
    _, err = deploy(gen, status=1)
    assert "error[cluster/other]" in err
    assert proxied.requests == []


def test_removed_entries_go_although_kubectl_applied_them(here: Kubectl, gen: Gen, namespace: str) -> None:
    """Client-side or server-side: gen takes over what `kubectl apply` owned, and nothing is left behind."""
    for flags in ([], ["--server-side"]):
        first = projects.deployment("taken", namespace, 1)
        second = json.loads(json.dumps(first))
        second["spec"]["template"]["spec"]["containers"].append(
            {**first["spec"]["template"]["spec"]["containers"][0], "name": "sidecar"}
        )
        second["metadata"]["labels"] = {"left": "over", "app.kubernetes.io/name": "taken"}
        here("delete", "deployment", "taken", "-n", namespace)
        here.must("apply", *flags, "-f", "-", stdin=json.dumps(second))
        render(gen, [first])
        differs = gen("diff", "--env", "dev")
        assert "sidecar" in differs.out
        out, _ = deploy(gen)
        assert "changed Deployment" in out
        live = here.get("deployment", "taken", namespace)
        assert [one["name"] for one in live["spec"]["template"]["spec"]["containers"]] == ["server"]
        assert "labels" not in live["metadata"]
        assert "kubectl.kubernetes.io/last-applied-configuration" not in live["metadata"]["annotations"]
        assert deploy(gen)[0].splitlines()[-1] == "dev: 1 unchanged"
        assert gen("diff", "--env", "dev").status == 0


def test_what_the_plan_shows_is_what_becomes_of_it(here: Kubectl, gen: Gen, namespace: str) -> None:
    """The fields that go with kubectl's ownership are in the plan, as the server then makes them."""
    first = projects.config_map("planned", namespace, kept="1", removed="2")
    here.must("apply", "-f", "-", stdin=json.dumps(first))
    render(gen, [projects.config_map("planned", namespace, kept="1")])
    out, _ = deploy(gen)
    assert "data.removed: 2 → absent" in out
    assert here.get("configmap", "planned", namespace)["data"] == {"kept": "1"}


def test_a_conflict_names_manager_field_and_line(here: Kubectl, gen: Gen, namespace: str) -> None:
    projects.write(Path(), [config_map("fought", namespace, a="{{ a }}")], {"a": "rendered"})
    assert gen("render", "--env", "dev").status == 0
    deploy(gen)
    theirs = json.dumps({**config_map("fought", namespace), "data": {"a": "theirs"}})
    manager = ("--field-manager=a-controller", "--force-conflicts")
    here.must("apply", "--server-side", *manager, "-f", "-", stdin=theirs)
    _, err = deploy(gen, status=1)
    assert "error[live/conflict]" in err
    assert "a-controller owns .data.a" in err
    assert "values/dev.yaml:1:7" in err
    assert here.get("configmap", "fought", namespace)["data"] == {"a": "theirs"}
    deploy(gen, "--force-conflicts")
    assert here.get("configmap", "fought", namespace)["data"] == {"a": "rendered"}


def test_an_object_that_somebody_else_made_is_asked_for(here: Kubectl, gen: Gen, namespace: str) -> None:
    here.must("create", "configmap", "theirs", "-n", namespace, "--from-literal=a=1")
    render(gen, [config_map("theirs", namespace, b="2")])
    _, err = deploy(gen, status=1)
    assert "error[live/foreign]" in err
    assert "kubectl-create" in err
    out, _ = deploy(gen, "--adopt")
    assert f"changed ConfigMap {namespace}/theirs" in out
    assert here.get("configmap", "theirs", namespace)["data"] == {"a": "1", "b": "2"}
    assert deploy(gen)[0].splitlines()[-1] == "dev: 1 unchanged"


def test_what_was_approved_is_what_is_applied(
    proxied: Proxy, here: Kubectl, gen: Gen, namespace: str
) -> None:
    """Somebody changes the object between the plan and the first write: nothing is written."""
    render(gen, [config_map("moving", namespace, a="1")])
    deploy(gen)
    render(gen, [config_map("moving", namespace, a="2")])
    proxied.requests.clear()
    planned: list[proxy.Request] = []

    def change(request: proxy.Request) -> None:
        if request.method == "PATCH" and not planned:
            planned.append(request)
            label = ("label", "configmap", "moving", "-n", namespace, "app.kubernetes.io/name=moved")
            here.must(*label, "--overwrite")

    proxied.after = change
    out, err = deploy(gen, status=1)
    assert "error[live/changed]" in err
    assert "moved → moving" in out
    assert proxied.writes == []
    assert here.get("configmap", "moving", namespace)["data"] == {"a": "1"}


def test_it_waits_until_everything_is_rolled_out(here: Kubectl, gen: Gen, namespace: str) -> None:
    render(gen, [projects.deployment("waited", namespace, 2)])
    ran = gen("deploy", "--env", "dev", "--yes", "--wait", "90s")
    assert ran.status == 0, ran.err
    assert "2/2" in ran.out
    assert here.get("deployment", "waited", namespace)["status"]["availableReplicas"] == 2
    unready = json.loads(json.dumps(projects.deployment("waited", namespace, 2)))
    unready["spec"]["template"]["spec"]["nodeSelector"] = {"no": "node"}
    render(gen, [unready])
    ran = gen("deploy", "--env", "dev", "--yes", "--wait", "3s")
    assert ran.status == 1
    assert "error[rollout/in-progress]" in ran.err
    assert "Unschedulable" in ran.err


def test_the_model_is_asked_where_the_values_say_what_to_expect(
    empty_cluster: Kubectl, gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulated node runs no server: the answer is that it cannot be reached, and never a success."""
    projects.flagship(tmp_path, "dev")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(empty_cluster.kubeconfig))
    with Path("values/dev.yaml").open("a") as file:
        file.write("verify: {minimumVersion: 1}\n")
    assert gen("render", "--env", "dev").status == 0
    asked = gen("deploy", "--env", "dev", "--yes", "--wait", "60s")
    assert asked.status != 0
    assert "failed to get pods/portforward" in asked.err
    assert gen("deploy", "--env", "dev", "--yes", "--no-verify").status == 0
