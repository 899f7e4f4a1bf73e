"""Objects that the API server or a cluster would not take as they are meant."""

from __future__ import annotations

from typing import Final

from generator.catalogue import keywords
from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Checks",
        scope="rendered objects",
        intro=(
            "Every object is validated against the schemas of the Kubernetes API, offline and strictly, and"
            " then against the other objects of its environment. The rules `check/api-…` report the shape "
            "of an object and are named after the JSON Schema keyword that is broken."
        ),
        rules=(
            Rule(
                "check/identity",
                title="Object without apiVersion, kind or name",
                why="kubectl and the API server identify an object by these.",
                fix="Add the field to the template.",
            ),
            Rule(
                "check/list",
                title="List of objects",
                why=(
                    "gen writes one object to a file; a list would hide its items from checks and reviews. "
                    "kubectl takes any object with a field `items` for a list, whatever its kind."
                ),
                fix="Write the items as documents of their own, separated by `---`.",
            ),
            Rule(
                "check/duplicate",
                title="Two objects with the same identity",
                why=(
                    "They have the same group, kind, namespace and name. The second would overwrite the "
                    "first in the cluster."
                ),
                fix="Rename one of them, or remove a template.",
            ),
            *keywords.objects(),
            Rule(
                "check/api-version",
                title="API version that does not serve the kind",
                why="Kubernetes serves this kind under another API version, or no longer serves it.",
                fix="Use the API version that the message names.",
            ),
            Rule(
                "check/no-schema",
                title="Kind without a schema",
                why=(
                    "The kind is not part of Kubernetes, so gen cannot check its fields. Everything else "
                    "about it is checked."
                ),
                fix="Give the CustomResourceDefinition in gen.yaml under `customResources`.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/crd-invalid",
                title="CustomResourceDefinition that cannot be used",
                why="Objects of its kind cannot be checked, and the API server refuses it too.",
                fix="Take the file as its operator publishes it; gen reads apiextensions.k8s.io/v1.",
            ),
            Rule(
                "check/crd-duplicate",
                title="Kind that is defined twice",
                why="The two definitions differ, so which of them holds depends on who applied last.",
                fix="Keep one of the two files.",
            ),
            Rule(
                "check/cel-rules",
                title="Custom resource with rules that gen does not evaluate",
                why=(
                    "A CustomResourceDefinition may hold rules in the Common Expression Language. Only "
                    "the API server evaluates them, so it may still refuse the object. See "
                    "[custom-resources.md](custom-resources.md)."
                ),
                fix="Nothing is wrong. Lower the rule in gen.yaml where the warning is not wanted.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/deprecated",
                title="Deprecated version of a custom resource",
                why="Its definition says that this version will be removed; the API server warns too.",
                fix="Use the version that the definition recommends.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/scope",
                title="Namespace on a custom resource of the whole cluster",
                why="The API server ignores it, so it says something that does not hold.",
                fix="Remove `metadata.namespace`.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/name",
                title="Name that the API server refuses",
                why=(
                    "Most names are DNS subdomains; some kinds have stricter rules. "
                    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
                ),
                fix="Change the name as the message says.",
            ),
            Rule(
                "check/data-key",
                title="Key of a ConfigMap or Secret that the API server refuses",
                why="Keys become file names, so they consist of letters, digits, `-`, `_` and `.`.",
                fix="Rename the key.",
            ),
            Rule(
                "check/label-key",
                title="Key of a label or annotation that the API server refuses",
                why="A key is a name of at most 63 characters, optionally after a domain and `/`.",
                fix="Rename the key.",
                lowerable=True,
            ),
            Rule(
                "check/label-value",
                title="Label value that the API server refuses",
                why=(
                    "A label's value has at most 63 letters, digits, `-`, `_` and `.`, and begins and ends "
                    "with a letter or digit."
                ),
                fix="Change the value, or use an annotation.",
                lowerable=True,
            ),
            Rule(
                "check/duplicate-name",
                title="Two containers, ports or volumes with the same name",
                why="Names within a pod must be unique.",
                fix="Rename one of them.",
                lowerable=True,
            ),
            Rule(
                "check/selector",
                title="Selector that does not match its own pods",
                why=(
                    "The API server refuses a workload whose selector does not match the labels of its pod "
                    "template."
                ),
                fix="Give the selector and the pod template the same labels.",
                lowerable=True,
            ),
        ),
    ),
)
