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
            Rule(
                "check/volume-mount",
                title="Mount of a volume that the pod does not have",
                why="The API server refuses the pod.",
                fix="Add the volume, or correct the name.",
                lowerable=True,
            ),
            Rule(
                "check/port-name",
                title="Port name that no container has",
                why=(
                    "A probe or a Service refers to a container port by a name that does not exist, so it "
                    "never reaches anything."
                ),
                fix="Correct the name, or name the container's port.",
                lowerable=True,
            ),
            Rule(
                "check/service-selector",
                title="Service that selects none of the rendered pods",
                why=(
                    "The Service would have no endpoints, unless something outside this environment creates"
                    " the pods."
                ),
                fix="Correct the selector, or accept the finding in gen.yaml.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/exclusive",
                title="Fields that exclude each other",
                why="The API server refuses the combination, or ignores one of the fields.",
                fix="Remove one of the fields.",
                lowerable=True,
            ),
            Rule(
                "check/required",
                title="Field that the API server asks for",
                why=(
                    "The published schema calls the field optional, or takes an empty one, but the API "
                    "server refuses the object without it."
                ),
                fix="Add the field.",
                lowerable=True,
            ),
            Rule(
                "check/value",
                title="Value that the API server refuses",
                why="The value has the right type, but the field takes other values, or another form.",
                fix="Write what the message expects.",
                lowerable=True,
            ),
            Rule(
                "check/range",
                title="Number or length out of range",
                why="The API server refuses numbers, quantities and lengths beyond these bounds.",
                fix="Choose a value within the bounds that the message names.",
                lowerable=True,
            ),
            Rule(
                "check/expression",
                title="CEL expression that cannot be compiled",
                why=(
                    "The API server compiles the expressions of admission policies and webhooks when they "
                    "are applied. gen reads their words, brackets and names; types are left to the server."
                ),
                fix="Correct the expression.",
                lowerable=True,
            ),
            Rule(
                "check/image",
                title="Image that no node can pull",
                why=(
                    "The API server takes any text as an image, and the kubelet then reports "
                    "InvalidImageName. Often a registry stands twice, or a tag is appended to a name that "
                    "has one."
                ),
                fix="Write the registry once in the values, and the tag in its own field.",
                lowerable=True,
            ),
            Rule(
                "check/whole-number",
                title="Whole number with a fraction",
                why="A division gives `2.0`, which the API server refuses in JSON where it wants an integer.",
                fix="Append `| int` to the expression, or divide with `//`.",
                lowerable=True,
            ),
            Rule(
                "check/replicas",
                title="Number of replicas that an autoscaler sets too",
                why="Each `kubectl apply` sets the number back, and the autoscaler changes it again.",
                fix="Leave `replicas` out of an object that is scaled automatically.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/absent-key",
                title="Key that a rendered ConfigMap or Secret does not have",
                why="The container does not start until the object has the key.",
                fix="Correct the key, add it to the object, or mark the reference as optional.",
                lowerable=True,
            ),
            Rule(
                "check/status",
                title="Status in a manifest",
                why="The API server keeps an object's status itself and ignores what is applied there.",
                fix="Leave `status` out.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/duplicate-entry",
                title="Two entries of a list with the same key",
                why=(
                    "The API server tells the entries of this list apart by the named fields. Server-side "
                    "apply refuses duplicates."
                ),
                fix="Remove one of the entries, or make them different.",
                lowerable=True,
            ),
            Rule(
                "check/empty",
                title="Empty list or map",
                why=(
                    "The API server does not store it, so each `kubectl apply` reports a change although "
                    "nothing changes."
                ),
                fix="Leave the field out when it is empty, with a condition in the template.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/quantity",
                title="Quantity that is not in canonical form",
                why=(
                    "The API server stores another form with the same meaning, so each `kubectl apply` "
                    "reports a change although nothing changes."
                ),
                fix="Write the canonical form that the message shows.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/probe",
                title="Probe that asks for more successes than it may",
                why="Only a readiness probe may ask for more than one success in a row.",
                fix="Leave `successThreshold` out.",
                lowerable=True,
            ),
            Rule(
                "check/resources",
                title="Requests and limits that do not fit together",
                why=(
                    "The API server refuses a request that is larger than its limit, and devices that are "
                    "requested in fractions or without a limit."
                ),
                fix="Change the request or the limit.",
                lowerable=True,
            ),
            Rule(
                "check/rollout",
                title="Rollout that cannot make progress",
                why=(
                    "With these numbers no pod can be replaced, or the rollout fails before a pod can be "
                    "ready."
                ),
                fix="Change the fields that the message names.",
                lowerable=True,
            ),
            Rule(
                "check/lifetime",
                title="preStop hook that outlasts the pod",
                why="The pod is killed before its preStop hook ends.",
                fix="Raise terminationGracePeriodSeconds, or shorten the hook.",
                lowerable=True,
            ),
            Rule(
                "check/pod-security",
                title="Pod that violates the Pod Security level of its namespace",
                why=(
                    "The API server judges pods, not what makes them: it accepts a Deployment and then "
                    "refuses each of its pods, so the rollout never ends. Where the namespace only audits or "
                    "warns, "
                    "this is a warning. See [pod-security.md](pod-security.md)."
                ),
                fix="Change the field that the message names, or the level of the namespace.",
                lowerable=True,
            ),
            Rule(
                "check/security-level",
                title="Unknown Pod Security level or version",
                why="The API server refuses a namespace with such a label.",
                fix="Use privileged, baseline or restricted; for a version, `latest` or one such as v1.35.",
                lowerable=True,
            ),
            Rule(
                "check/secret",
                title="Secret that lacks what its type requires",
                why=(
                    "The API server refuses a typed Secret without its keys, and a docker configuration "
                    "that is not JSON."
                ),
                fix="Add the key, or change the type.",
            ),
            Rule(
                "check/size",
                title="Object that is too large",
                why=(
                    "The API server takes at most 1 MiB of data in a ConfigMap or Secret, and 256 KiB of "
                    "annotations. Plain `kubectl apply` keeps a copy of the object in an annotation, so gen "
                    "warns where an object is larger than that."
                ),
                fix="Make the object smaller, or apply it with `kubectl apply --server-side`.",
            ),
            Rule(
                "check/tool-file",
                title="Two documents for one tool file",
                why=(
                    "A template with a name such as kind-cluster.config.j2 writes one file with one document."
                ),
                fix="Split the template in two.",
            ),
            Rule(
                "check/absent",
                title="Reference to an object that is not rendered",
                why="The pod starts only when somebody else creates the object in the cluster.",
                fix=(
                    "Add a template for it, mark the reference as optional, or accept the finding in "
                    "gen.yaml."
                ),
                severity=Severity.WARNING,
                lowerable=True,
            ),
        ),
    ),
)
