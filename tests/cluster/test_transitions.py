"""What `gen review` says of an update, held against what a real API server makes of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from generator.core import paths
from generator.core.manifests import Manifest
from generator.core.review import review
from generator.core.review.effects import Impact
from generator.pipeline import Pipeline
from tests.cluster.broken import making
from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster

TABLE = yaml.safe_load(Path(__file__).with_name("transitions.yaml").read_text())
RESTARTING = {Impact.RESTART, Impact.ROUTINE, Impact.OUTAGE}
ROLLED = ("Deployment", "StatefulSet", "DaemonSet")


class Transition(NamedTuple):
    """An object before and after, with a name that tells it from all others."""

    label: str
    before: dict[str, Any]
    after: dict[str, Any]


def transitions() -> Iterator[Transition]:
    for kind, changes in TABLE["transitions"].items():
        for number, change in enumerate(changes):
            before = copy.deepcopy(TABLE["objects"][kind])
            before["metadata"]["name"] = f"{kind}-{number}"
            after = copy.deepcopy(before)
            for name, value in change.items():
                _set(after, name, value)
            yield Transition(f"{kind} {change}", before, after)


def _set(body: dict[str, Any], name: str, value: Any) -> None:
    path = paths.parse(name)
    assert path is not None
    for step in path[:-1]:
        body = body[step] if isinstance(step, int) else body.setdefault(step, {})  # type: ignore[index]
    if value is None:
        del body[path[-1]]  # type: ignore[arg-type]
    else:
        body[path[-1]] = value  # type: ignore[index]


ALL = list(transitions())


class Seen(NamedTuple):
    """What the server did: whether it refused, whether pods are replaced, and the replicas it then wants."""

    refused: str
    restarted: bool
    replicas: int | None


@pytest.fixture(scope="module", params=["client-side", "server-side"])
def seen(request: pytest.FixtureRequest, kubectl: Kubectl) -> Iterator[tuple[str, dict[str, Seen]]]:
    """Every transition, tried by one kind of apply in a namespace of its own."""
    how, space = request.param, f"transitions-{request.param}"
    flags = ["--server-side"] if how == "server-side" else []
    kubectl.must("create", "namespace", space)
    everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": [one.before for one in ALL]})
    kubectl.must("apply", *flags, "-n", space, "-f", "-", stdin=everything)
    _settle(kubectl, space)
    yield how, {one.label: _try(kubectl, space, flags, one) for one in ALL}
    kubectl("delete", "-n", space, "-f", "-", "--wait=false", stdin=everything)
    kubectl("delete", "namespace", space, "--wait=false")


def _settle(kubectl: Kubectl, space: str) -> None:
    """Wait until the controllers have seen every workload once."""
    for one in ALL:
        if one.before["kind"] in ROLLED:
            _observed(kubectl, space, one, 1)


def _observed(kubectl: Kubectl, space: str, one: Transition, generation: int) -> None:
    name = f"{one.before['kind'].lower()}/{one.before['metadata']['name']}"
    until = f"--for=jsonpath={{.status.observedGeneration}}={generation}"
    kubectl.must("wait", name, "-n", space, until, "--timeout=60s")


def _try(kubectl: Kubectl, space: str, flags: list[str], one: Transition) -> Seen:
    kind, name = one.before["kind"], one.before["metadata"]["name"]
    before = _revision(kubectl.get(kind, name, space)) if kind in ROLLED else ""
    answer = kubectl("apply", *flags, "-n", space, "-f", "-", stdin=json.dumps(one.after))
    refused = answer.stderr if answer.returncode else ""
    if kind not in ROLLED or refused:
        return Seen(refused, False, None)
    _observed(kubectl, space, one, kubectl.get(kind, name, space)["metadata"]["generation"])
    live = kubectl.get(kind, name, space)
    return Seen("", _revision(live) != before, live["spec"].get("replicas"))


def _revision(live: dict[str, Any]) -> str:
    """What changes where a controller makes new pods: the revision of the pod template."""
    if live["kind"] == "StatefulSet":
        return str(live["status"]["updateRevision"])
    notes = live["metadata"]["annotations"]
    return str(
        notes.get("deployment.kubernetes.io/revision", notes.get("deprecated.daemonset.template.generation"))
    )


def objects(body: dict[str, Any]) -> list[Manifest]:
    return [manifest for _, made in Pipeline(making(body)).made({}) for manifest in made]


def test_there_are_enough() -> None:
    assert len(ALL) >= 90


def test_what_the_server_refuses_is_what_review_says(seen: tuple[str, dict[str, Seen]]) -> None:
    how, answers = seen
    wrong = []
    for one in ALL:
        effects = [e for change in review(objects(one.before), objects(one.after)) for e in change.effects]
        refusals = [e for e in effects if e.impact is Impact.REFUSED]
        said = bool(refusals)
        if how == "client-side" and all(e.reason.startswith("server-side apply") for e in refusals):
            said = False
        if said is not bool(answers[one.label].refused):
            wrong.append((one.label, said, answers[one.label].refused[-300:]))
    assert wrong == [], "\n".join(map(str, wrong))


def test_pods_restart_where_review_says_so(seen: tuple[str, dict[str, Seen]]) -> None:
    _, answers = seen
    wrong = []
    for one in ALL:
        answer = answers[one.label]
        if one.before["kind"] not in ROLLED or answer.refused:
            continue
        effects = [e for change in review(objects(one.before), objects(one.after)) for e in change.effects]
        said = any("restart" in e.reason for e in effects)
        paused = one.after["spec"].get("paused") is True
        if said is not answer.restarted and not paused:
            wrong.append((one.label, said, answer.restarted))
    assert wrong == []


def test_replicas_that_nobody_states_fall_to_one(seen: tuple[str, dict[str, Seen]]) -> None:
    how, answers = seen
    dropped = next(one for one in ALL if one.label == "deployment {'spec.replicas': None}")
    assert answers[dropped.label].replicas == 1, how
    (change,) = review(objects(dropped.before), objects(dropped.after))
    assert change.impact is Impact.OUTAGE
    assert "takes 2 pods to 1" in change.effects[0].reason
