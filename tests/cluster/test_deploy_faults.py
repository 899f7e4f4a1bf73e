"""`gen deploy` and `gen diff` where the API server, its parts and other people do not do as they should."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from urllib3.exceptions import HTTPError

from tests.cluster import control_plane, projects, proxy
from tests.cluster.deploying import deploy, render
from tests.cluster.kubectl import Kubectl
from tests.cluster.process import Server
from tests.cluster.projects import config_map
from tests.cluster.proxy import Proxy, Reply, Request
from tests.cluster.webhook import Webhook
from tests.conftest import Gen

pytestmark = pytest.mark.cluster


def three(namespace: str, value: str = "1") -> list[projects.Object]:
    return [config_map(name, namespace, a=value) for name in ("a", "b", "c")]


def data(kubectl: Kubectl, namespace: str) -> dict[str, str]:
    """What the ConfigMaps of a test hold."""
    found = json.loads(kubectl.must("get", "configmap", "-n", namespace, "-o", "json"))["items"]
    return {one["metadata"]["name"]: one["data"].get("a") for one in found if "a" in one.get("data", {})}


def test_an_environment_of_1000_objects(proxied: Proxy, gen: Gen, here: Kubectl, namespace: str) -> None:
    render(gen, [config_map(f"c{number}", namespace, a="1") for number in range(1000)])
    out, _ = deploy(gen)
    assert out.splitlines()[-1] == "dev: 1000 created"
    proxied.requests.clear()
    assert deploy(gen)[0].splitlines()[-1] == "dev: 1000 unchanged"
    assert len(proxied.requests) <= 2 * 1000 + 6
    assert proxied.writes == []
    here.must("delete", "configmap", "--all", "-n", namespace, "--wait=false")


def test_a_busy_server_is_asked_again_when_it_says(
    proxied: Proxy, gen: Gen, here: Kubectl, namespace: str
) -> None:
    render(gen, three(namespace))
    busy = iter(
        [Reply(429, {"Retry-After": "1"}, "too many requests"), Reply(503, {"Retry-After": "1"}, "no")]
    )
    said: list[float] = []

    def hook(request: Request) -> Reply | None:
        said.append(time.monotonic())
        return next(busy, None) if "configmaps/b" in request.path else None

    proxied.hook = hook
    assert gen("diff", "--env", "dev").status == 1
    asked = [n for n, request in enumerate(proxied.requests) if request.path.endswith("/b")]
    assert said[asked[1]] - said[asked[0]] >= 1
    busy = iter(
        [Reply(429, {"Retry-After": "1"}, "too many requests"), Reply(503, {"Retry-After": "1"}, "no")]
    )
    deploy(gen)
    assert data(here, namespace) == {"a": "1", "b": "1", "c": "1"}


def test_a_server_that_fails_is_not_a_missing_right(proxied: Proxy, gen: Gen, namespace: str) -> None:
    render(gen, three(namespace))
    proxied.hook = lambda request: Reply(500, {}, "etcd is ill") if "configmaps/b" in request.path else None
    for command in (("diff",), ("deploy", "--yes")):
        ran = gen(*command, "--env", "dev")
        assert ran.status == 3
        assert "failed to" in ran.err
        assert "etcd is ill" in ran.err
        assert "Role" not in ran.err


def test_a_token_that_expires_halfway(proxied: Proxy, gen: Gen, here: Kubectl, namespace: str) -> None:
    render(gen, three(namespace))
    expired: list[bool] = []

    def hook(request: Request) -> Reply | None:
        if request.writes and request.path.endswith("/b"):
            expired.append(True)
        return Reply(401, {}, "Unauthorized") if expired else None

    proxied.hook = hook
    _, err = deploy(gen, status=3)
    assert "does not accept your credentials" in err
    assert "1 object was written before this" in err
    assert data(here, namespace) == {"a": "1"}
    proxied.hook = lambda request: None
    out, _ = deploy(gen)
    assert out.splitlines()[-1] == "dev: 2 created, 1 unchanged"


def test_a_missing_right_for_one_kind_stops_it_before_the_first_write(
    here: Kubectl, gen: Gen, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.must("create", "serviceaccount", "deployer", "-n", namespace)
    rights = ("--verb=get,create,patch", "--resource=configmaps")
    here.must("create", "role", "deployer", "-n", namespace, *rights)
    who = f"--serviceaccount={namespace}:deployer"
    here.must("create", "rolebinding", "deployer", "-n", namespace, "--role=deployer", who)
    here.must("create", "role", "reader", "-n", namespace, "--verb=get", "--resource=services")
    here.must("create", "rolebinding", "reader", "-n", namespace, "--role=reader", who)
    token = here.must("create", "token", "deployer", "-n", namespace).strip()
    config = yaml.safe_load(here.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token}
    authority = config["clusters"][0]["cluster"]["certificate-authority"]
    config["clusters"][0]["cluster"]["certificate-authority"] = str(here.kubeconfig.parent / authority)
    Path("kubeconfig").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", "kubeconfig")
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s", "namespace": namespace},
        "spec": {"selector": {"app": "s"}, "ports": [{"port": 80}]},
    }
    render(gen, [config_map("a", namespace, a="1"), service])
    _, err = deploy(gen, status=3)
    assert "error[live/forbidden]: Service" in err
    assert data(here, namespace) == {}
    render(gen, [config_map("a", namespace, a="1")])
    deploy(gen)
    assert data(here, namespace) == {"a": "1"}


def test_a_namespace_that_is_being_deleted(here: Kubectl, gen: Gen, namespace: str) -> None:
    held = f"{namespace}-held"
    here.must("create", "namespace", held)
    here.must("create", "configmap", "holds", "-n", held)
    patch = '{"metadata": {"finalizers": ["example.com/held"]}}'
    here.must("patch", "configmap", "holds", "-n", held, "--type=merge", "-p", patch)
    here.must("delete", "namespace", held, "--wait=false")
    try:
        render(gen, [projects.namespace(held), config_map("a", held)])
        _, err = deploy(gen, "--adopt", status=1)
        assert f"error[live/deleting]: the Namespace {held} is being deleted" in err
        assert "being terminated" in err
        assert "kubectl wait --for=delete namespace/" in err
    finally:
        here.must(
            "patch",
            "configmap",
            "holds",
            "-n",
            held,
            "--type=merge",
            "-p",
            '{"metadata":{"finalizers":null}}',
        )


def definition(group: str) -> projects.Object:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    }
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [version]},
    }


def test_a_definition_and_an_object_of_its_kind_in_a_new_namespace(
    here: Kubectl, gen: Gen, namespace: str
) -> None:
    group, space = f"{namespace}.example.com", f"{namespace}-new"
    widget = {
        "apiVersion": f"{group}/v1",
        "kind": "Widget",
        "metadata": {"name": "one", "namespace": space},
        "spec": {"size": 1},
    }
    objects = [projects.namespace(space), definition(group), widget, config_map("a", space, a="1")]
    render(gen, objects)
    differs = gen("diff", "--env", "dev")
    assert differs.status == 1
    assert "Widget" in differs.err
    try:
        out, _ = deploy(gen)
        assert out.splitlines()[-1] == "dev: 4 created"
        assert here.get(f"widgets.{group}", "one", space)["spec"] == {"size": 1}
        assert deploy(gen)[0].splitlines()[-1] == "dev: 4 unchanged"
    finally:
        here("delete", "namespace", space, "--wait=false")
        here("delete", "crd", f"widgets.{group}", "--wait=false")


def test_a_kind_and_a_namespace_that_nobody_makes(here: Kubectl, gen: Gen, namespace: str) -> None:
    widget = {
        "apiVersion": "nowhere.example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "namespace": namespace},
    }
    for missing in (widget, config_map("a", f"{namespace}-nowhere")):
        render(gen, [config_map("a", namespace, a="1"), missing])
        assert "live/nowhere" in gen("diff", "--env", "dev").err
        _, err = deploy(gen, status=3)
        assert "error[live/nowhere]" in err
        assert data(here, namespace) == {}


def test_what_the_server_refuses_stops_it_before_the_first_write(
    here: Kubectl, gen: Gen, namespace: str
) -> None:
    template = projects.deployment("p", namespace, 1)["spec"]["template"]["spec"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": namespace},
        "spec": {**template, "priorityClassName": "nowhere"},
    }
    render(gen, [config_map("a", namespace, a="1"), pod])
    differs = gen("diff", "--env", "dev")
    assert "error[live/refused]: the cluster would refuse the Pod" in differs.err
    assert differs.status == 1
    document = json.loads(gen("diff", "--env", "dev", "--format", "json").out)
    assert {one["rule"] for one in document["diagnostics"]} == {"live/refused"}
    assert {one["name"] for one in document["environments"][0]["objects"]} == {"a", "p"}
    _, err = deploy(gen, status=1)
    assert "no PriorityClass" in err
    assert data(here, namespace) == {}


def test_an_admission_webhook_that_changes_what_it_gets(here: Kubectl, gen: Gen, namespace: str) -> None:
    patch = base64.b64encode(
        b'[{"op": "add", "path": "/metadata/annotations", "value": {"seen": "yes"}}]'
    ).decode()
    with Webhook.running(here, namespace, {"allowed": True, "patchType": "JSONPatch", "patch": patch}):
        render(gen, three(namespace))
        out, _ = deploy(gen)
        assert out.splitlines()[-1] == "dev: 3 created"
        assert here.get("configmap", "a", namespace)["metadata"]["annotations"] == {"seen": "yes"}
        assert deploy(gen)[0].splitlines()[-1] == "dev: 3 unchanged"
        assert gen("diff", "--env", "dev").status == 0


def test_an_admission_webhook_that_refuses(here: Kubectl, gen: Gen, namespace: str) -> None:
    refusal = {"allowed": False, "status": {"message": "not on a Friday"}}
    with Webhook.running(here, namespace, refusal):
        render(gen, three(namespace))
        _, err = deploy(gen, status=1)
        assert "not on a Friday" in err
    assert data(here, namespace) == {}


def test_an_admission_webhook_that_does_not_answer(here: Kubectl, gen: Gen, namespace: str) -> None:
    with Webhook.running(here, namespace, {"allowed": True}, delay=3, timeout=1):
        render(gen, three(namespace))
        _, err = deploy(gen, status=3)
        assert "failed to patch" in err
        assert "failed calling webhook" in err
        assert "Role" not in err
    assert data(here, namespace) == {}
    deploy(gen)


def test_two_deployments_at_once(proxied: Proxy, gen: Gen, here: Kubectl, namespace: str) -> None:
    """The one that has made its plan before the other began writes nothing."""
    render(gen, three(namespace))
    deploy(gen)
    render(gen, three(namespace, "2"))
    other: list[subprocess.CompletedProcess[str]] = []

    def hook(request: Request) -> None:
        if request.writes and not other:
            command = [sys.executable, "-m", "generator", "deploy", "--env", "dev", "--yes", "--wait", "0s"]
            environment = {**os.environ, "PYTHONPATH": str(projects.ROOT), "KUBECONFIG": str(here.kubeconfig)}
            other.append(subprocess.run(command, env=environment, capture_output=True, text=True))

    proxied.hook = hook
    _, err = deploy(gen, status=1)
    assert "error[live/busy]" in err
    assert other[0].returncode == 0, other[0].stderr
    assert data(here, namespace) == {"a": "2", "b": "2", "c": "2"}


def test_a_controller_that_writes_at_the_same_time(
    proxied: Proxy, gen: Gen, here: Kubectl, namespace: str
) -> None:
    """A change of something else between reading and writing is a 409, and no reason to stop."""
    render(gen, three(namespace))
    deploy(gen)
    render(gen, three(namespace, "2"))
    written: list[Request] = []

    def hook(request: Request) -> None:
        if request.writes and request.path.endswith("/b") and not written:
            written.append(request)
            here.must("annotate", "configmap", "b", "-n", namespace, "example.com/touched=yes")

    proxied.hook = hook
    out, _ = deploy(gen)
    assert out.splitlines()[-1] == "dev: 3 changed"
    assert len(written) == 1
    assert data(here, namespace) == {"a": "2", "b": "2", "c": "2"}


def test_a_change_before_the_last_moment_is_not_overwritten(
    proxied: Proxy, gen: Gen, here: Kubectl, namespace: str
) -> None:
    """What was approved says nothing of a value that somebody sets just before the object is written."""
    render(gen, three(namespace))
    deploy(gen)
    render(gen, three(namespace, "2"))
    moved: list[Request] = []

    def hook(request: Request) -> None:
        if request.writes and request.path.endswith("/b") and not moved:
            moved.append(request)
            label = "app.kubernetes.io/name=moved"
            here.must("label", "configmap", "b", "-n", namespace, label, "--overwrite")

    proxied.hook = hook
    out, err = deploy(gen, "--force-conflicts", status=1)
    assert "error[live/changed]" in err
    assert "1 object was written before this" in err
    assert "moved → b" in out
    assert here.get("configmap", "b", namespace)["metadata"]["labels"]["app.kubernetes.io/name"] == "moved"
    assert data(here, namespace) == {"a": "2", "b": "1", "c": "1"}


def killed(folder: Path, proxied: Proxy, at: int, when: str) -> tuple[bool, Callable[[Request], None]]:
    """Run a deployment that is killed at its write number `at`, before the server gets it or after."""
    command = [
        sys.executable,
        "-m",
        "generator",
        "deploy",
        "--env",
        "dev",
        "--yes",
        "--wait",
        "0s",
        "--prune",
    ]
    environment = {**os.environ, "PYTHONPATH": str(projects.ROOT)}
    proxied.requests.clear()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def kill(request: Request) -> Reply | None:
        if request.writes and len(proxied.writes) == at:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return Reply(503) if when == "before" else None
        return None

    setattr(proxied, "hook" if when == "before" else "after", kill)
    _, err = process.communicate(timeout=120)
    proxied.hook = proxied.after = lambda request: None
    assert process.returncode in (0, -signal.SIGKILL), err.decode()
    return process.returncode == 0, lambda request: None


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_between_any_two_writes_and_started_again(
    proxied: Proxy, gen: Gen, here: Kubectl, namespace: str, tmp_path: Path, when: str
) -> None:
    """Wherever it is killed, the inventory lists all that is there, and the same command ends well."""
    at = 0
    whole = False
    while not whole:
        at += 1
        space = f"{namespace}-{when}-{at}"
        old = [projects.namespace(space), *three(space), config_map("gone", space, a="1")]
        render(gen, old)
        deploy(gen)
        render(gen, [projects.namespace(space), *three(space, "2"), config_map("d", space, a="2")])
        whole, _ = killed(tmp_path, proxied, at, when)
        lines = here.get("configmap", "gen-inventory-dev", space)["data"]["objects"]
        for name in data(here, space):
            assert f"ConfigMap {space}/{name} " in lines, f"write {at}"
        deploy(gen, "--prune")
        assert data(here, space) == {"a": "2", "b": "2", "c": "2", "d": "2"}
        lines = here.get("configmap", "gen-inventory-dev", space)["data"]["objects"]
        assert len(lines.splitlines()) == 5
        assert " -" not in lines
        here.must("delete", "namespace", space, "--wait=false")
    assert at == len(("begin", "a", "b", "c", "d", "gone", "end")) + 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_first_deployment(
    proxied: Proxy, gen: Gen, here: Kubectl, namespace: str, tmp_path: Path, when: str
) -> None:
    for at in range(1, 5):
        space = f"{namespace}-first-{when}-{at}"
        render(gen, [projects.namespace(space), *three(space)])
        killed(tmp_path, proxied, at, when)
        deploy(gen)
        assert data(here, space) == {"a": "1", "b": "1", "c": "1"}
        assert deploy(gen)[0].splitlines()[-1] == "dev: 4 unchanged"
        here.must("delete", "namespace", space, "--wait=false")


@contextmanager
def own_server(kubectl: Kubectl, program: Callable[[str], Path], port: int) -> Iterator[Callable[[], Server]]:
    """A second API server of the same cluster, which can be stopped and started; ends with the block."""
    folder = kubectl.kubeconfig.parent
    address = ("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={port}")
    running: list[Server] = []

    def start() -> Server:
        logs = folder / "second"
        logs.mkdir(exist_ok=True)
        files = [
            argument.replace("=", f"={folder}/", 1)
            if argument.partition("=")[2] in _FILES
            else argument.replace("unix://etcd:1", f"unix://{folder}/etcd:1")
            for argument in control_plane._API_SERVER
        ]
        found = Server([program("kube-apiserver"), *files, *address, "--audit-log-path=second.log"], logs)
        running.append(found)
        return found

    try:
        yield start
    finally:
        for server in running:
            server.stop()


_FILES = ("certificates", "service-account.pem", "tokens.csv", "audit.json")


def test_an_api_server_that_stops_halfway_and_comes_back(
    empty_cluster: Kubectl,
    gen: Gen,
    program: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    port = control_plane.free_port()
    with (
        own_server(empty_cluster, program, port) as start,
        proxy.running(empty_cluster.kubeconfig) as proxied,
    ):
        servers = [start()]
        over = threading.Event()

        def again() -> None:
            time.sleep(3)
            start()
            over.wait()  # the kernel ends a server with the thread that started it

        later = threading.Thread(target=again)
        proxied.server = f"https://127.0.0.1:{port}"
        monkeypatch.setenv("KUBECONFIG", str(proxied.kubeconfig))
        render(gen, three("default"))
        wait_for(lambda: b"ok" in proxied.ask(Request("GET", "/readyz"), {}, None)[1])

        def stop(request: Request) -> None:
            if request.writes and request.path.endswith("/b") and len(servers) == 1:
                servers[0].stop()
                servers.append(servers[0])
                later.start()

        proxied.hook = stop
        out, _ = deploy(gen)
        assert out.splitlines()[-1] == "dev: 3 created"
        assert len(servers) == 2
        over.set()
        later.join()
    assert data(empty_cluster, "default") == {"a": "1", "b": "1", "c": "1"}


def wait_for(there: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            if there():
                return
        except (OSError, HTTPError):
            pass
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_live_secret_is_masked(here: Kubectl, gen: Gen, namespace: str) -> None:
    """What is live and what is rendered: neither is shown, nor what kubectl has recorded of it."""
    sealed = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "hidden", "namespace": namespace},
        "stringData": {"password": "live-and-hidden"},
    }
    here.must("apply", "-f", "-", stdin=json.dumps(sealed))
    empty = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hidden", "namespace": namespace}}
    render(gen, [empty])
    for command in (("diff",), ("diff", "--format", "json"), ("deploy",)):
        ran = gen(*command, "--env", "dev")
        assert "password" in ran.out
        for hidden in ("live-and-hidden", base64.b64encode(b"live-and-hidden").decode()):
            assert hidden not in ran.out + ran.err
