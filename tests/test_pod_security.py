"""Which level holds for which pod: labels of namespaces, gen.yaml, versions, and every kind that makes pods.

What each control forbids is held against the data of its own project in tests/cluster/test_pod_security.py.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from generator.core.tree import Texts
from generator.diagnostics import DiagnosticError
from generator.pipeline import Pipeline

ENFORCE, WARN, AUDIT = (f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "warn", "audit"))
PROBE: Final = {"httpGet": {"port": 80, "host": "example.com"}}  # forbidden from v1.34 on
ROOT: Final = {"runAsUser": 0}  # forbidden by restricted, but not in a user namespace from v1.35 on
ERROR: Final = ("error", "check/pod-security")
WARNING: Final = ("warning", "check/pod-security")


def pod(context: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A pod that restricted admits, but for what is given."""
    hardened = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, **(context or {})}
    container = {"name": "server", "image": "example.azurecr.io/gan:1", "securityContext": hardened}
    container |= {key: spec.pop(key) for key in ("livenessProbe",) if key in spec}
    whole = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    return {"restartPolicy": "Always", "securityContext": whole, "containers": [container], **spec}


def of_kind(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """An object of a kind that makes such pods."""
    labels = {"app": "gan"}
    template = {"metadata": {"labels": labels}, "spec": spec}
    selector = {"selector": {"matchLabels": labels}, "template": template}
    once = {"template": {"spec": {**spec, "restartPolicy": "Never"}}}
    bodies: dict[str, dict[str, Any]] = {
        "v1 Pod": {"spec": spec},
        "v1 PodTemplate": {"template": template},
        "v1 ReplicationController": {"spec": {"selector": labels, "template": template}},
        "apps/v1 Deployment": {"spec": selector},
        "apps/v1 ReplicaSet": {"spec": selector},
        "apps/v1 DaemonSet": {"spec": selector},
        "apps/v1 StatefulSet": {"spec": {**selector, "serviceName": "gan"}},
        "batch/v1 Job": {"spec": once},
        "batch/v1 CronJob": {"spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": once}}},
    }
    api_version, name = kind.split(" ")
    metadata = {"name": "gan", "namespace": "gan"}
    return {"apiVersion": api_version, "kind": name, "metadata": metadata, **bodies[kind]}


KINDS: Final = [
    *("v1 Pod", "v1 PodTemplate", "v1 ReplicationController", "batch/v1 Job", "batch/v1 CronJob"),
    *("apps/v1 Deployment", "apps/v1 ReplicaSet", "apps/v1 DaemonSet", "apps/v1 StatefulSet"),
]


def found(body: dict[str, Any], labels: dict[str, str] | None, settings: str = "") -> set[tuple[str, str]]:
    """The severity and the rule of what Pod Security says of an object in a namespace with these labels."""
    texts = {"schema/values.schema.json": '{"type": "object"}', "gen.yaml": settings}
    texts["templates/20.yaml"] = json.dumps(body)
    if labels is not None:
        metadata = {"name": "gan", "labels": labels}
        texts["templates/10.yaml"] = json.dumps(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        )
    try:
        diagnostics = Pipeline(Texts(texts)).render("dev", []).warnings
    except DiagnosticError as error:
        diagnostics = error.diagnostics
    said = {(one.severity.value, one.rule) for one in diagnostics}
    assert not {rule for severity, rule in said if severity == "error"} - {"check/pod-security"}, said
    return {one for one in said if one[1] == "check/pod-security"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_makes_pods_is_looked_at(kind: str) -> None:
    assert found(of_kind(kind, pod()), {ENFORCE: "restricted"}) == set()
    assert found(
        of_kind(kind, pod({"privileged": True, "allowPrivilegeEscalation": True})), {ENFORCE: "baseline"}
    ) == {ERROR}


LABELS: Final = [
    ({}, set()),
    ({ENFORCE: "privileged"}, set()),
    ({ENFORCE: "baseline"}, set()),
    ({ENFORCE: "restricted"}, {ERROR}),
    ({WARN: "restricted"}, {WARNING}),
    ({AUDIT: "restricted"}, {WARNING}),
    ({ENFORCE: "baseline", WARN: "restricted"}, {WARNING}),
    ({ENFORCE: "restricted", WARN: "privileged"}, {ERROR}),
    ({ENFORCE: "restricted", f"{ENFORCE}-version": "v1.22"}, set()),  # the control is younger
    ({ENFORCE: "restricted", f"{ENFORCE}-version": "v1.22", WARN: "restricted"}, {WARNING}),
    ({ENFORCE: "restricted", f"{ENFORCE}-version": "v1.99"}, {ERROR}),
]


@pytest.mark.parametrize(("labels", "said"), LABELS, ids=lambda value: str(value))
def test_the_labels_say_what_holds(labels: dict[str, str], said: set[tuple[str, str]]) -> None:
    assert found(of_kind("v1 Pod", pod(ROOT)), labels) == said


def test_gen_yaml_says_what_holds_in_a_namespace_made_elsewhere() -> None:
    settings = "podSecurity: { gan: restricted }"
    assert found(of_kind("v1 Pod", pod(ROOT)), None) == set()
    assert found(of_kind("v1 Pod", pod(ROOT)), None, settings) == {ERROR}
    assert found(of_kind("v1 Pod", pod(ROOT)), {}, settings) == set(), "the namespace's own labels win"


@pytest.mark.parametrize(("kubernetes", "said"), [("1.33", set()), ("1.34", {ERROR}), ("1.37", {ERROR})])
def test_the_latest_version_is_that_of_the_server(kubernetes: str, said: set[tuple[str, str]]) -> None:
    body = of_kind("v1 Pod", pod(livenessProbe=PROBE))
    assert found(body, {ENFORCE: "baseline"}, f'kubernetes: "{kubernetes}"') == said
    assert (
        found(body, {ENFORCE: "baseline", f"{ENFORCE}-version": "v1.36"}, f'kubernetes: "{kubernetes}"')
        == said
    )


@pytest.mark.parametrize(("kubernetes", "said"), [("1.34", {ERROR}), ("1.35", set())])
def test_root_in_a_user_namespace_is_nobody(kubernetes: str, said: set[tuple[str, str]]) -> None:
    body = of_kind("v1 Pod", pod(ROOT, hostUsers=False))
    assert found(body, {ENFORCE: "restricted"}, f'kubernetes: "{kubernetes}"') == said
