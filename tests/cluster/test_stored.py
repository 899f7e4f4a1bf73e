"""Forms that the API server does not keep: gen warns of each, for every later apply would see a change."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from generator.core import paths
from generator.core.checks.quantities import canonical
from generator.pipeline import Pipeline
from tests.cluster.broken import GOOD, making
from tests.cluster.kubectl import Kubectl

pytestmark = pytest.mark.cluster

POD = "spec.template.spec."
MAIN = f"{POD}containers[0]."
KEPT = [
    ("Deployment", "metadata.labels", {"a": ""}),
    ("Deployment", f"{MAIN}resources", {}),
    ("Deployment", f"{MAIN}securityContext", {}),
    ("Deployment", f"{POD}affinity", {}),
    ("Deployment", f"{POD}volumes[0].emptyDir", {}),
    ("Deployment", f"{MAIN}resources.limits.memory", "2147483648"),
    ("Deployment", f"{MAIN}resources.limits.memory", "2e9"),
    ("NetworkPolicy", "spec.podSelector", {}),
    ("NetworkPolicy", "spec.ingress", [{}]),
]
NOT_KEPT = [
    ("Deployment", "metadata.labels", {}),
    ("Deployment", f"{POD}nodeSelector", {}),
    ("Deployment", f"{POD}tolerations", []),
    ("Deployment", f"{POD}imagePullSecrets", []),
    ("Deployment", f"{MAIN}args", []),
    ("Deployment", f"{MAIN}env", []),
    ("Deployment", f"{MAIN}resources.limits", {}),
    ("Deployment", f"{MAIN}resources.requests.cpu", "0.5"),
    ("Deployment", f"{MAIN}resources.requests.cpu", 0.5),
    ("Deployment", f"{MAIN}resources.requests.memory", "1024Mi"),
    ("Deployment", f"{MAIN}resources.limits.cpu", 1),
    ("Deployment", f"{MAIN}resources.limits.memory", "1.5Gi"),
    ("Deployment", f"{POD}volumes[0].emptyDir.sizeLimit", "1024Ki"),
    ("Service", "spec.loadBalancerSourceRanges", []),
    ("ConfigMap", "data", {}),
    ("NetworkPolicy", "spec.ingress", []),
    ("ServiceAccount", "imagePullSecrets", []),
]


def applied(kubectl: Kubectl, namespace: str, kind: str, path: str, value: Any) -> tuple[str, list[str]]:
    """What a second apply says of a good object with one field set, and the forms that gen warns of."""
    manifest: dict[str, Any] = copy.deepcopy(GOOD[kind])
    manifest["metadata"]["namespace"] = namespace
    steps = paths.parse(path)
    assert steps is not None
    paths.get(manifest, steps[:-1])[steps[-1]] = value
    text = json.dumps(manifest)
    kubectl.must("apply", "-f", "-", stdin=text)
    second = kubectl.must("apply", "-f", "-", stdin=text)
    kubectl.must("delete", "-f", "-", stdin=text)
    warnings = Pipeline(making(manifest)).render("any", []).warnings
    forms = [warning.rule for warning in warnings if warning.rule in ("check/empty", "check/quantity")]
    return second.split()[-1], forms


@pytest.mark.parametrize(("kind", "path", "value"), KEPT)
def test_what_gen_is_content_with_is_unchanged(
    kubectl: Kubectl, namespace: str, kind: str, path: str, value: Any
) -> None:
    assert applied(kubectl, namespace, kind, path, value) == ("unchanged", [])


@pytest.mark.parametrize(("kind", "path", "value"), NOT_KEPT)
def test_what_gen_warns_of_changes_for_ever(
    kubectl: Kubectl, namespace: str, kind: str, path: str, value: Any
) -> None:
    rule = "check/empty" if value in ([], {}) else "check/quantity"
    assert applied(kubectl, namespace, kind, path, value) == ("configured", [rule])


NUMBERS = (
    "0 0.0 1 7 1000 1024 1536 100000 2147483648 0.5 1.2345 0.001 0.0001 123456789.5 1e3 2E9 5e-3".split()
)
SUFFIXES = "n u m k M G T P Ki Mi Gi Ti Pi".split()
QUANTITIES = [
    *NUMBERS,
    *(f"{n}{suffix}" for n in ("1", "0.5", "1000", "1024", "2048", "1500") for suffix in SUFFIXES),
]


def test_quantities_are_stored_in_the_form_that_gen_asks_for(kubectl: Kubectl, namespace: str) -> None:
    """Asked with one volume for each; a pod that is not made may have as many as it likes."""
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "quantities", "namespace": namespace},
        "spec": {
            "containers": [{"name": "main", "image": "a/b:1"}],
            "volumes": [
                {"name": f"v{index}", "emptyDir": {"sizeLimit": quantity}}
                for index, quantity in enumerate(QUANTITIES)
            ],
        },
    }
    told = kubectl.must("create", "--dry-run=server", "-o", "json", "-f", "-", stdin=json.dumps(pod))
    volumes = json.loads(told)["spec"]["volumes"]
    kept = [v["emptyDir"]["sizeLimit"] for v in volumes if v["name"].startswith("v")]
    assert dict(zip(QUANTITIES, kept, strict=True)) == {one: canonical(one) for one in QUANTITIES}
