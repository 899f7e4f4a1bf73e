"""`gen guard`: what it writes, and that a real API server refuses by it, dry runs too."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen

ROOT = Path(__file__).resolve().parents[2]


def config_map(namespace: str, **labels: str) -> str:
    """A ConfigMap as JSON; `env` stands for the label of the policy."""
    named = {"gen/environment" if key == "env" else key: value for key, value in labels.items()}
    metadata = {"name": "c", "namespace": namespace, "labels": named}
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})


def test_objects_without_the_label_are_named(gen: Gen) -> None:
    ran = gen("guard", "--env", "azure", "--project", ROOT)
    assert ran.status == 0
    assert "warning[cluster/guard-unlabelled]" in ran.err
    assert "Deployment/gan" in ran.err
    policy, binding = yaml.safe_load_all(ran.out)
    assert binding["spec"] == {"policyName": policy["metadata"]["name"], "validationActions": ["Deny"]}
    document = json.loads(gen("guard", "--env", "azure", "--project", ROOT, "--format", "json").out)
    assert document["objects"] == [policy, binding]


def test_an_environment_labelled_as_another_is_refused(gen: Gen) -> None:
    ran = gen("guard", "--env", "azure", "--project", ROOT, "--label", "app.kubernetes.io/instance")
    assert ran.status == 1
    assert "error[cluster/guard-mismatch]" in ran.err
    assert ran.out == ""


def test_a_label_that_cannot_be_one(gen: Gen) -> None:
    ran = gen("guard", "--env", "azure", "--project", ROOT, "--label", "'] || true")
    assert ran.status == 2
    assert "error[cluster/guard-label]" in ran.err


@pytest.mark.cluster
def test_a_cluster_refuses_other_environments(empty_cluster: Kubectl, gen: Gen) -> None:
    written = gen("guard", "--env", "azure", "--env", "kind", "--project", ROOT).out
    empty_cluster.must("apply", "-f", "-", stdin=written)

    def apply(*options: str, **labels: str) -> Any:
        options = ("apply", "--server-side", "-f", "-", *options)
        return empty_cluster(*options, stdin=config_map("default", **labels))

    deadline = time.monotonic() + 60
    while apply("--dry-run=server", env="dev").returncode == 0:  # until the server has compiled the policy
        assert time.monotonic() < deadline
        time.sleep(0.2)
    refused = apply(env="dev")
    assert refused.returncode == 1
    assert "rendered for dev, this is a cluster of azure, kind" in refused.stderr
    for labels in ({"env": "azure"}, {"env": "kind"}, {"other": "dev"}, {}):
        assert apply(**labels).returncode == 0, labels
    patch = '{"metadata":{"labels":{"gen/environment":"dev"}}}'
    assert empty_cluster("patch", "configmap", "c", "--patch", patch).returncode == 1
    assert empty_cluster("delete", "configmap", "c").returncode == 0
