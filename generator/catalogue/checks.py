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
            "Every object is validated against the schemas of the Kubernetes API, offline and strictly, and "
            "then against the other objects of its environment. The `check/api-…` rules cover the structure "
            "of an object and are named after the JSON Schema keyword that it violates."
        ),
        rules=(
            Rule(
                "check/identity",
                title="Missing apiVersion, kind or name",
                why="kubectl and the API server identify an object by these fields.",
                fix="Add the field to the template.",
            ),
            Rule(
                "check/list",
                title="List of objects",
                why=(
                    "gen writes one object per file; a list would hide its items from checks and reviews. "
                    "kubectl treats any object with an `items` field as a list, whatever its kind."
                ),
                fix="Write the items as separate documents, with `---` between them.",
            ),
            Rule(
                "check/duplicate",
                title="Duplicate object",
                why=(
                    "Two objects have the same group, kind, namespace and name. The second would overwrite "
                    "the first in the cluster."
                ),
                fix="Rename one of them, or remove a template.",
            ),
            *keywords.objects(),
            Rule(
                "check/api-version",
                title="API version that does not serve the kind",
                why="Kubernetes serves this kind under another API version, or no longer serves it.",
                fix="Use the API version named in the message.",
            ),
            Rule(
                "check/no-schema",
                title="Kind without a schema",
                why=(
                    "The kind is not part of Kubernetes, so gen cannot check its fields. Everything else "
                    "about the object is checked."
                ),
                fix="List the CustomResourceDefinition under `customResources` in gen.yaml.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/crd-invalid",
                title="Invalid CustomResourceDefinition",
                why="gen cannot check objects of this kind, and the API server rejects the definition too.",
                fix="Use the file as its operator publishes it; gen reads apiextensions.k8s.io/v1.",
            ),
            Rule(
                "check/crd-duplicate",
                title="Kind defined twice",
                why="The two definitions differ, so the one that was applied last takes effect.",
                fix="Keep one of the two files.",
            ),
            Rule(
                "check/cel-rules",
                title="CEL rules that gen does not evaluate",
                why=(
                    "A CustomResourceDefinition can contain rules in the Common Expression Language (CEL). "
                    "Only the API server evaluates them, so it may still reject the object. See "
                    "[custom-resources.md](custom-resources.md)."
                ),
                fix="No action is needed. Lower the rule in gen.yaml to silence the warning.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/deprecated",
                title="Deprecated custom resource version",
                why=(
                    "Its definition says that this version will be removed; the API server warns about it "
                    "too."
                ),
                fix="Use the version that the definition recommends.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/scope",
                title="Namespace on a cluster-scoped custom resource",
                why="The API server ignores the namespace, so the manifest says something that is not true.",
                fix="Remove `metadata.namespace`.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/name",
                title="Invalid object name",
                why=(
                    "Most names are DNS subdomains; some kinds have stricter rules. "
                    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
                ),
                fix="Change the name as the message says.",
            ),
            Rule(
                "check/data-key",
                title="Invalid ConfigMap or Secret key",
                why="Keys become file names, so they may contain only letters, digits, `-`, `_` and `.`.",
                fix="Rename the key.",
            ),
            Rule(
                "check/label-key",
                title="Invalid label or annotation key",
                why="A key is a name of at most 63 characters, optionally prefixed with a domain and `/`.",
                fix="Rename the key.",
                lowerable=True,
            ),
            Rule(
                "check/label-value",
                title="Invalid label value",
                why=(
                    "A label value consists of at most 63 letters, digits, `-`, `_` and `.`, and begins and "
                    "ends with a letter or digit."
                ),
                fix="Change the value, or use an annotation.",
                lowerable=True,
            ),
            Rule(
                "check/duplicate-name",
                title="Duplicate container, port or volume name",
                why="Names within a pod must be unique.",
                fix="Rename one of them.",
                lowerable=True,
            ),
            Rule(
                "check/selector",
                title="Selector that does not match its own pods",
                why=(
                    "The API server rejects a workload whose selector does not match the labels of its pod "
                    "template."
                ),
                fix="Give the selector and the pod template the same labels.",
                lowerable=True,
            ),
        ),
    ),
)
