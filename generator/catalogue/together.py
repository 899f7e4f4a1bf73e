"""Objects that a cluster would accept and that would not work, or not as they are meant."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Checks of what objects do together",
        scope="rendered objects",
        intro="These hold the fields of an object, and the objects of an environment, against one another.",
        rules=(
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
                "check/unused-value",
                title="Value that nothing depends on",
                why="`gen check --unused-values` looks for values that no output, rule or command reads.",
                fix="Remove the value, or use it in a template.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/gitops-secret",
                title="Secret that the GitOps engine does not find",
                why="The engine applies what is in git, and no Secret with bytes in it is ever committed.",
                fix="Seal it, have it made in the cluster, or apply it by hand and accept the finding.",
                severity=Severity.WARNING,
                lowerable=True,
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
