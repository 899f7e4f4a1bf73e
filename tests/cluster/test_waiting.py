"""Waiting for objects, against an API that a test plays and a clock that it moves."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from generator.cluster import waiting
from generator.cluster.kstatus import State
from generator.cluster.objects import Objects
from generator.cluster.waiting import Found, Limits
from generator.core.manifests import Manifest
from generator.diagnostics import DiagnosticError, unknown
from generator.project import find
from generator.report.live_table import table
from tests.cluster.played import Api, Json
from tests.conftest import write


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def manifests(tmp_path: Path) -> list[Manifest]:
    """A ConfigMap and a Deployment of two pods."""
    container = "{name: server, image: 'registry.test/app:1'}"
    write(
        tmp_path,
        {
            "schema/values.schema.json": '{"type": "object"}',
            "values/dev.yaml": "{}\n",
            "templates/a.yaml.j2": "apiVersion: v1\nkind: ConfigMap\n"
            "metadata: {name: settings, namespace: one}\ndata: {a: b}\n",
            "templates/b.yaml.j2": "apiVersion: apps/v1\nkind: Deployment\n"
            "metadata: {name: web, namespace: one}\n"
            "spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: "
            f"{{labels: {{app: web}}}}, spec: {{containers: [{container}]}}}}}}\n",
        },
    )
    project = find(tmp_path)
    rendering = project.line.render("dev", project.layers("dev"))
    return [file.manifest for file in rendering.files]


SETTINGS = "/api/v1/namespaces/one/configmaps/settings"
WEB = "/apis/apps/v1/namespaces/one/deployments/web"
PODS = "/api/v1/namespaces/one/pods"


def live(manifest: Manifest, **status: Any) -> Json:
    return {**manifest.body, "metadata": {**manifest.body["metadata"], "uid": "u", "generation": 1}} | (
        {"status": {"observedGeneration": 1, **status}} if status else {}
    )


def ready(manifest: Manifest, count: int) -> Json:
    return live(manifest, replicas=2, updatedReplicas=2, readyReplicas=count, availableReplicas=count)


def deployed(api: Api, manifests: list[Manifest], count: int) -> None:
    for path, manifest in zip((SETTINGS, WEB), manifests, strict=True):
        api.objects[path] = live(manifest) if path == SETTINGS else ready(manifest, count)


def states(found: list[Found]) -> dict[str, State]:
    return {one.manifest.identity.name: one.status.state for one in found}


def test_waiting_ends_when_all_are_current_and_shows_every_look(api: Api, manifests: list[Manifest]) -> None:
    deployed(api, manifests, 0)
    api.then = {3: lambda: deployed(api, manifests, 1), 5: lambda: deployed(api, manifests, 2)}
    shown: list[tuple[int | None, int | None]] = []
    found = waiting.wait(
        Objects(api), manifests, Limits(600), lambda now: shown.append(now[1].status[2:]), api
    )
    assert set(states(found).values()) == {State.CURRENT}
    assert shown == [(0, 2), (0, 2), (1, 2), (2, 2)]
    assert api.asked.count(SETTINGS) == 1  # what is current is not asked about again


def test_the_whole_time_is_bounded(api: Api, manifests: list[Manifest]) -> None:
    deployed(api, manifests, 1)
    found = waiting.wait(Objects(api), manifests, Limits(7), clock=api)
    assert [one.given_up for one in found] == ["", "not within 7 s"]
    assert (api.now, states(found)["web"]) == (7, State.IN_PROGRESS)


def test_an_object_without_progress_is_given_up_and_one_with_progress_is_not(
    api: Api, manifests: list[Manifest]
) -> None:
    deployed(api, manifests, 0)
    api.then = {8: lambda: deployed(api, manifests, 1)}
    found = waiting.wait(Objects(api), manifests, Limits(600, 10), clock=api)
    assert (api.now, found[1].given_up) == (18, "no progress for 10 s")


def test_what_has_failed_is_waited_for_no_more(api: Api, manifests: list[Manifest]) -> None:
    deployed(api, manifests, 0)
    late = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
    api.objects[WEB] = live(manifests[1], replicas=2, updatedReplicas=2, conditions=late)
    found = waiting.wait(Objects(api), manifests, Limits(600), clock=api)
    assert (states(found)["web"], found[1].given_up, api.now) == (State.FAILED, "", 0)


def test_an_api_server_that_goes_is_waited_for(api: Api, manifests: list[Manifest]) -> None:
    deployed(api, manifests, 2)
    api.error = unknown("cluster/unreachable", "the cluster played cannot be reached")
    api.then = {5: lambda: setattr(api, "error", None)}
    found = waiting.wait(Objects(api), manifests, Limits(600), clock=api)
    assert set(states(found).values()) == {State.CURRENT}
    api.error = unknown("cluster/unreachable", "the cluster played cannot be reached")
    found = waiting.wait(Objects(api), manifests, Limits(60), clock=api)
    assert set(states(found).values()) == {State.UNKNOWN}
    api.error = unknown("cluster/refused", "the cluster played does not accept your credentials")
    with pytest.raises(DiagnosticError, match="does not accept your credentials"):
        waiting.wait(Objects(api), manifests, Limits(60), clock=api)


def crashing(name: str, **spec: Any) -> Json:
    """A pod whose container ends again and again."""
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 40s"}
    status = {"name": "server", "state": {"waiting": waiting}, "lastState": {"terminated": {"exitCode": 1}}}
    return {
        "metadata": {"name": name, "namespace": "one", "uid": name},
        "spec": {"containers": [{"name": "server", "image": "app:1", **spec.pop("container", {})}], **spec},
        "status": {"phase": "Running", "containerStatuses": [status]},
    }


def test_a_terminal_is_shown_what_is_not_current(api: Api, manifests: list[Manifest]) -> None:
    deployed(api, manifests, 0)
    late = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
    for name, conditions in (("in progress", []), ("failed", late)):
        api.objects[WEB] = live(manifests[1], replicas=2, updatedReplicas=1, conditions=conditions)
        api.forbidden = {"pods"}
        screen = StringIO()
        Console(file=screen, width=200).print(table(waiting.look(Objects(api), manifests)))
        title, *rows = map(str.strip, screen.getvalue().splitlines())
        assert title == f"1 current, 1 {name}"
        assert "settings" not in screen.getvalue()
        assert any(row.startswith(name) and "Deployment one/web" in row for row in rows)
        assert any("403 pods is forbidden" in row for row in rows)


LOG = f"{PODS}/web-1/log?container=server&tailLines=5&limitBytes=8192&previous=true"


def reasons(api: Api, manifests: list[Manifest], *pods: Json) -> tuple[str, ...]:
    deployed(api, manifests, 0)
    for path in (PODS, "/apis/apps/v1/namespaces/one/replicasets", "/api/v1/namespaces/one/events"):
        api.objects[path] = {"items": list(pods) if path == PODS else []}
    return waiting.look(Objects(api), manifests)[1].reasons


def test_the_last_lines_of_a_log_are_bounded(api: Api, manifests: list[Manifest]) -> None:
    api.logs[LOG] = "one\n" + "x" * 300 + "\n"
    told = reasons(api, manifests, *(crashing(f"web-{number}") for number in range(1, 6)))
    assert told[0] == "pod web-1 (app:1): CrashLoopBackOff: back-off 40s; it last ended with exit code 1"
    assert told[1:3] == ("  log: one", f"  log: {'x' * 200}…")
    assert told[-1] == "and 2 more pods"


@pytest.mark.parametrize(
    "spec",
    [
        {"container": {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}},
        {"container": {"envFrom": [{"secretRef": {"name": "s"}}]}},
        {"container": {"volumeMounts": [{"name": "v"}]}, "volumes": [{"name": "v", "secret": {}}]},
        {
            "container": {"volumeMounts": [{"name": "v"}]},
            "volumes": [{"name": "v", "projected": {"sources": [{"configMap": {}}, {"secret": {}}]}}],
        },
        {"container": {"volumeMounts": [{"name": "v"}]}, "volumes": [{"name": "v", "csi": {}}]},
    ],
)
def test_the_log_of_a_container_with_a_secret_is_not_shown(
    api: Api, manifests: list[Manifest], spec: Json
) -> None:
    api.logs[LOG] = "password=hunter2"
    told = reasons(api, manifests, crashing("web-1", **spec))
    assert "hunter2" not in "\n".join(told)
    command = "kubectl logs web-1 --container server --namespace one --previous"
    assert told[1:] == (f"  its log may hold Secrets, and is not shown: {command}",)


def test_a_secret_that_another_container_has_hides_nothing(api: Api, manifests: list[Manifest]) -> None:
    api.logs[LOG] = "no such model"
    told = reasons(api, manifests, crashing("web-1", volumes=[{"name": "v", "secret": {}}]))
    assert told[1:] == ("  log: no such model",)


def test_rights_that_are_missing_are_said_once(api: Api, manifests: list[Manifest]) -> None:
    api.forbidden = {"events", "pods"}
    told = reasons(api, manifests)
    assert told == (
        "unknown, because you have no permission to read it: 403 pods is forbidden",
        "unknown, because you have no permission to read it: 403 events is forbidden",
    )
