"""The policy that keeps the objects of one environment out of the cluster of another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

NAME: Final = "gen-environment"  # of the policy and its binding
LABEL: Final = "gen/environment"


def value(environment: str) -> str:
    """What the label says of an environment: its name, with a dot where it has a slash."""
    return environment.replace("/", ".")


def policy(environments: Sequence[str], label: str = LABEL) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A ValidatingAdmissionPolicy and its binding, which refuse what is labelled for other environments.

    The API server asks it about every request that creates or changes a labelled object, dry runs too.
    Objects without the label are left alone, and never cost an evaluation.
    """
    allowed = [value(name) for name in environments]
    found = f"object.metadata.labels[{json.dumps(label)}]"
    here = f"this is a cluster of {', '.join(allowed)}"
    metadata = {"name": NAME, "labels": {"app.kubernetes.io/managed-by": "gen"}}
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "objectSelector": {"matchExpressions": [{"key": label, "operator": "Exists"}]},
            "resourceRules": [
                {
                    "apiGroups": ["*"],
                    "apiVersions": ["*"],
                    "operations": ["CREATE", "UPDATE"],
                    "resources": ["*"],
                }
            ],
        },
        "validations": [
            {
                # The selector also matches an object that had the label and loses it.
                "expression": f"!has(object.metadata.labels) || !({json.dumps(label)} in "
                f"object.metadata.labels) || {found} in {json.dumps(allowed)}",
                "messageExpression": f"'rendered for ' + {found} + {json.dumps(f', {here}')}",
                "reason": "Forbidden",
            }
        ],
    }
    api = "admissionregistration.k8s.io/v1"
    return (
        {"apiVersion": api, "kind": "ValidatingAdmissionPolicy", "metadata": metadata, "spec": spec},
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": metadata,
            "spec": {"policyName": NAME, "validationActions": ["Deny"]},
        },
    )


def strangers(objects: Iterable[Mapping[str, Any]], label: str, wanted: str) -> tuple[list[str], list[str]]:
    """The objects that the policy would not protect, and those that it would refuse, as Kind/name."""
    without: list[str] = []
    other: list[str] = []
    for found in objects:
        labelled = (found["metadata"].get("labels") or {}).get(label)
        if labelled != wanted:
            named = f"{found['kind']}/{found['metadata'].get('name', '')}"
            (without if labelled is None else other).append(named)
    return without, other
