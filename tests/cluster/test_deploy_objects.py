"""`gen deploy`: objects that are rendered no more, that cannot be updated, and replicas that change hands."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.cluster import projects
from tests.cluster.deploying import deploy, render
from tests.cluster.kubectl import Kubectl
from tests.cluster.projects import config_map
from tests.conftest import Gen

pytestmark = pytest.mark.cluster


def listed(kubectl: Kubectl, namespace: str) -> list[str]:
    """What the inventory lists, without versions and uids."""
    found = kubectl.get("configmap", "gen-inventory-dev", namespace)["data"]["objects"]
    return [" ".join(line.split()[1:3]) for line in found.splitlines()]


def is_there(kubectl: Kubectl, what: str, namespace: str) -> bool:
    return kubectl("get", what, "-n", namespace).returncode == 0


def test_what_is_rendered_no_more_is_named_and_removed_only_with_prune(
    here: Kubectl, gen: Gen, namespace: str
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": namespace},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
    }
    render(gen, [config_map("stays", namespace), config_map("goes", namespace), claim])
    deploy(gen)
    render(gen, [config_map("stays", namespace)])
    differs = gen("diff", "--env", "dev")
    assert differs.status == 1
    assert f"warning[live/gone]: the ConfigMap {namespace}/goes was applied" in differs.err
    out, err = deploy(gen)
    assert out.splitlines()[-1] == "dev: 1 unchanged"
    assert "--prune-also PersistentVolumeClaim/data" in err
    assert is_there(here, "configmap/goes", namespace)
    out, _ = deploy(gen, "--prune")
    assert "object removed  ConfigMap goes" in out
    assert f"removed ConfigMap {namespace}/goes" in out
    assert not is_there(here, "configmap/goes", namespace)
    assert is_there(here, "pvc/data", namespace)
    assert sorted(listed(here, namespace)) == [
        f"ConfigMap {namespace}/stays",
        f"PersistentVolumeClaim {namespace}/data",
    ]
    deploy(gen, "--prune", "--prune-also", "PersistentVolumeClaim/data")
    assert listed(here, namespace) == [f"ConfigMap {namespace}/stays"]
    assert here(
        "get", "pvc", "data", "-n", namespace, "-o", "jsonpath={.metadata.deletionTimestamp}"
    ).stdout or (not is_there(here, "pvc/data", namespace))


def test_an_object_made_anew_by_somebody_else_is_not_removed(here: Kubectl, gen: Gen, namespace: str) -> None:
    render(gen, [config_map("stays", namespace), config_map("theirs", namespace)])
    deploy(gen)
    here.must("delete", "configmap", "theirs", "-n", namespace)
    manager = ("--server-side", "--field-manager=gen")  # only the uid tells it from what gen applied
    here.must("apply", *manager, "-f", "-", stdin=json.dumps(config_map("theirs", namespace)))
    render(gen, [config_map("stays", namespace)])
    _, err = deploy(gen, "--prune")
    assert "somebody has deleted it and made another one of this name" in err
    assert is_there(here, "configmap/theirs", namespace)


def test_everything_is_never_removed(here: Kubectl, gen: Gen, namespace: str) -> None:
    render(gen, [config_map("old", namespace)])
    deploy(gen)
    render(gen, [config_map("new", namespace)])
    _, err = deploy(gen, "--prune", status=2)
    assert "error[live/prune-everything]" in err
    assert (is_there(here, "configmap/old", namespace), is_there(here, "configmap/new", namespace)) == (
        True,
        False,
    )


def test_a_frozen_field_is_refused_and_the_object_recreated_where_that_is_safe(
    here: Kubectl, gen: Gen, namespace: str
) -> None:
    render(gen, [projects.deployment("frozen", namespace, 1, app="one")])
    deploy(gen)
    before = here.get("deployment", "frozen", namespace)["metadata"]["uid"]
    render(gen, [projects.deployment("frozen", namespace, 1, app="two")])
    out, err = deploy(gen, status=1)
    assert "refused as an update" in out
    assert "error[live/refused]" in err
    assert "--recreate Deployment/frozen" in err
    out, _ = deploy(gen, "--recreate", "Deployment/frozen")
    assert f"recreated Deployment {namespace}/frozen" in out
    live = here.get("deployment", "frozen", namespace)
    assert live["metadata"]["uid"] != before
    assert live["spec"]["selector"]["matchLabels"] == {"app": "two"}
    again, _ = deploy(gen, "--recreate", "Deployment/frozen")
    assert again.splitlines()[-1] == "dev: 1 unchanged"
    _, err = deploy(gen, "--recreate", "Deployment/other", status=2)
    assert "error[live/object]" in err


def test_a_claim_is_never_recreated(here: Kubectl, gen: Gen, namespace: str) -> None:
    def claim(size: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data", "namespace": namespace},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
        }

    render(gen, [claim("2Mi")])
    deploy(gen)
    render(gen, [claim("1Mi")])
    _, err = deploy(gen, status=1)
    assert "error[live/refused]" in err
    assert "--recreate" not in err
    _, err = deploy(gen, "--recreate", "PersistentVolumeClaim/data", status=2)
    assert "error[live/object]" in err


def pods(kubectl: Kubectl, namespace: str) -> set[str]:
    """The uids of the pods that are not being deleted."""
    found = json.loads(kubectl.must("get", "pods", "-n", namespace, "-o", "json"))["items"]
    return {one["metadata"]["uid"] for one in found if "deletionTimestamp" not in one["metadata"]}


def observed(kubectl: Kubectl, namespace: str) -> None:
    """Wait until the controllers have acted on the newest Deployment, and all of its pods are there."""
    generation = kubectl.get("deployment", "scaled", namespace)["metadata"]["generation"]
    until = f"--for=jsonpath={{.status.observedGeneration}}={generation}"
    kubectl.must("wait", "deployment/scaled", "-n", namespace, until, "--timeout=60s")
    kubectl.roll_out("scaled", namespace)


@pytest.mark.parametrize("by", ["gen", "kubectl", "kubectl --server-side"])
def test_twenty_pods_stay_twenty_when_an_autoscaler_comes_and_goes(
    here: Kubectl, gen: Gen, namespace: str, by: str
) -> None:
    """In both directions, whoever has applied the first state."""
    stated = projects.deployment("scaled", namespace, 20)
    if by == "gen":
        render(gen, [stated])
        deploy(gen)
    else:
        here.must("apply", *by.split()[1:], "-f", "-", stdin=json.dumps(stated))
    observed(here, namespace)
    before = pods(here, namespace)
    assert len(before) == 20

    unstated, scaler = (
        projects.deployment("scaled", namespace, None),
        projects.autoscaler("scaled", namespace, 2, 30),
    )
    render(gen, [unstated, scaler])
    out, err = deploy(gen)
    assert "outage" not in out
    assert "the 20 replicas of the Deployment" in err
    observed(here, namespace)
    assert pods(here, namespace) == before
    assert deploy(gen)[0].splitlines()[-1] == "dev: 2 unchanged"  # the autoscaler has its number

    render(gen, [projects.deployment("scaled", namespace, 20)])
    deploy(gen, "--prune")
    observed(here, namespace)
    assert pods(here, namespace) == before
    assert not is_there(here, "hpa/scaled", namespace)
    assert deploy(gen)[0].splitlines()[-1] == "dev: 1 unchanged"

    render(gen, [projects.deployment("scaled", namespace, 19)])  # nobody is left to keep it from gen
    deploy(gen)
    assert here.get("deployment", "scaled", namespace)["spec"]["replicas"] == 19


def test_pods_that_an_autoscaler_has_added_stay_when_it_goes(here: Kubectl, gen: Gen, namespace: str) -> None:
    unstated = projects.deployment("scaled", namespace, None)
    render(gen, [unstated, projects.autoscaler("scaled", namespace, 20, 30)])
    deploy(gen)
    end = time.monotonic() + 90
    while here.get("deployment", "scaled", namespace)["spec"].get("replicas") != 20:
        assert time.monotonic() < end
        time.sleep(1)
    observed(here, namespace)
    before = pods(here, namespace)
    render(gen, [projects.deployment("scaled", namespace, 2)])
    out, err = deploy(gen, "--prune", status=1)
    assert "outage  Deployment scaled" in out
    assert "error[live/conflict]" in err
    assert "20 are wanted now" in err
    assert pods(here, namespace) == before
    render(gen, [projects.deployment("scaled", namespace, 20)])
    deploy(gen, "--prune")
    observed(here, namespace)
    assert pods(here, namespace) == before
