"""gen's verdict beside the API server's, on thousands of objects with one mistake each.

`valid.yaml` holds valid objects of every kind that people write; `mutations.py` breaks one field at a time.
Each object goes to a real server as a dry run, with the strict validation that kubectl asks for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from generator.core import paths
from tests.cluster.kubectl import Kubectl
from tests.cluster.verdict import judge, mutations
from tests.cluster.verdict.mistakes import VALID, mistakes
from tests.cluster.verdict.mutations import Mutation
from tests.cluster.verdict.server import Server, Verdict

pytestmark = pytest.mark.cluster

MUTATIONS, MISTAKES = 15_000, 150
OVERALL, EACH = 0.98, 0.97
EACH_OF = (
    *("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Service", "Ingress"),
    *("HorizontalPodAutoscaler", "NetworkPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    "PersistentVolumeClaim",
)
# What gen refuses although a dry run of one object passes: the rule, the field, and why.
STRICTER = (
    ("duplicate-entry", r".*", "server-side apply refuses two entries with one key"),
    ("port-name", r".*\.(ports|port)\b.*", "no kubelet can call a probe on a port that there is not"),
    (
        "label-value",
        r".*(jobTemplate|volumeClaimTemplates).*",
        "refused when the controller makes the object",
    ),
    ("label-value", r".*metrics.*selector.*", "the metrics API refuses the selector when it is asked"),
    ("api", r"spec\.ports\[\d\]\.nodePort", "a dry run does not allocate node ports"),
    ("image", r".*[cC]ontainers\[\d\](\.image)?", "no node can pull it"),
    ("identity", r"metadata(\.name)?", "kubectl apply needs a name, although a LimitRange is given one"),
)


class Asked(NamedTuple):
    mutation: Mutation
    server: Verdict
    ours: list[str]


@pytest.fixture(scope="module")
def asked(kubectl: Kubectl) -> Iterator[list[Asked]]:
    """Every mutation, with both verdicts."""
    kubectl.must("create", "namespace", "verdict")
    kubectl.must("wait", "--for=create", "serviceaccount/default", "-n", "verdict", "--timeout=30s")
    made = [mutation for body in VALID for mutation in mutations.of(body)]
    with Server(kubectl.kubeconfig) as server:
        said = server.dry_runs(mutation.body for mutation in made)
    yield [
        Asked(mutation, verdict, judge.rules(mutation.body))
        for mutation, verdict in zip(made, said, strict=True)
        if not _of_the_cluster(verdict)
    ]
    kubectl.must("delete", "namespace", "verdict", "--wait=false")


def _of_the_cluster(verdict: Verdict) -> bool:
    """Whether the server refuses for what is or is not in the cluster, which no other can know."""
    return verdict.status == 403 and "error looking up service account" in verdict.message


def test_the_valid_objects_are_valid(asked: list[Asked], kubectl: Kubectl) -> None:
    with Server(kubectl.kubeconfig) as server:
        assert [str(verdict) for verdict in server.dry_runs(VALID) if not verdict.taken] == []
    assert [(body["kind"], rules) for body in VALID if (rules := judge.rules(body))] == []


def test_the_server_refuses_the_mistakes_of_the_table(asked: list[Asked], kubectl: Kubectl) -> None:
    rows = list(mistakes())
    with Server(kubectl.kubeconfig) as server:
        said = server.dry_runs(row.body for row in rows)
    assert [row.name for row, verdict in zip(rows, said, strict=True) if verdict.taken] == []
    assert len(rows) > MISTAKES


def test_gen_refuses_what_the_server_refuses(asked: list[Asked]) -> None:
    refused = [one for one in asked if not one.server.taken]
    missed = [one for one in refused if not one.ours]
    report = "\n".join(f"{one.mutation}: {one.server.message[:200]}" for one in missed)
    assert len(asked) > MUTATIONS
    assert len(missed) <= (1 - OVERALL) * len(refused), report
    every = Counter(one.mutation.body["kind"] for one in refused)
    lost = Counter(one.mutation.body["kind"] for one in missed)
    assert {kind for kind in EACH_OF if lost[kind] > (1 - EACH) * every[kind]} == set(), report


def test_gen_takes_what_the_server_takes(asked: list[Asked]) -> None:
    strict = [one for one in asked if one.server.taken and one.ours and not _stricter(one)]
    assert [(str(one.mutation), one.ours) for one in strict] == []


def _stricter(one: Asked) -> bool:
    field = paths.show(one.mutation.path)
    return all(
        any(rule == known and re.fullmatch(fields, field) for known, fields, _ in STRICTER)
        for rule in one.ours
    )
