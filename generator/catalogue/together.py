"""Objects that a cluster would accept and that would not work, or not as they are meant."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Checks across fields and objects",
        scope="rendered objects",
        intro=(
            "These rules compare the fields of an object, and the objects of an environment, with one "
            "another."
        ),
        rules=(
            Rule(
                "check/volume-mount",
                title="Mount of an undefined volume",
                why="The API server rejects the pod.",
                fix="Add the volume, or correct the name.",
                lowerable=True,
            ),
            Rule(
                "check/port-name",
                title="Undefined port name",
                why=(
                    "A probe or a Service refers to a container port by a name that does not exist, so it "
                    "never reaches anything."
                ),
                fix="Correct the name, or name the container's port.",
                lowerable=True,
            ),
            Rule(
                "check/service-selector",
                title="Service that selects no rendered pods",
                why=(
                    "The Service would have no endpoints, unless the pods are created by something outside "
                    "this environment."
                ),
                fix="Correct the selector, or accept the finding in gen.yaml.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/exclusive",
                title="Mutually exclusive fields",
                why="The API server rejects the combination, or ignores one of the fields.",
                fix="Remove one of the fields.",
                lowerable=True,
            ),
            Rule(
                "check/required",
                title="Missing field that the API server requires",
                why=(
                    "The published schema marks the field as optional, or accepts it empty, but the API "
                    "server rejects the object without it."
                ),
                fix="Add the field.",
                lowerable=True,
            ),
            Rule(
                "check/value",
                title="Invalid field value",
                why="The value has the right type, but the field accepts only other values, or another form.",
                fix="Write what the message expects.",
                lowerable=True,
            ),
            Rule(
                "check/range",
                title="Number or length out of range",
                why="The API server rejects numbers, quantities and lengths beyond these bounds.",
                fix="Choose a value within the bounds named in the message.",
                lowerable=True,
            ),
            Rule(
                "check/expression",
                title="Invalid CEL expression",
                why=(
                    "The API server compiles the expressions of admission policies and webhooks when they "
                    "are applied. gen checks their tokens, brackets and names, and leaves types to the "
                    "server."
                ),
                fix="Correct the expression.",
                lowerable=True,
            ),
            Rule(
                "check/image",
                title="Invalid image reference",
                why=(
                    "The API server accepts any string as an image; the kubelet then reports "
                    "InvalidImageName. Often the registry appears twice, or a tag is appended to a name that "
                    "already has one."
                ),
                fix="Write the registry once in the values, and the tag in its own field.",
                lowerable=True,
            ),
            Rule(
                "check/whole-number",
                title="Decimal where an integer is required",
                why=(
                    "A division gives `2.0`, which the API server rejects in JSON where it expects an "
                    "integer."
                ),
                fix="Append `| int` to the expression, or divide with `//`.",
                lowerable=True,
            ),
            Rule(
                "check/replicas",
                title="Replicas also set by an autoscaler",
                why="Each `kubectl apply` resets the number, and the autoscaler changes it again.",
                fix="Leave `replicas` out of an object that an autoscaler scales.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/absent-key",
                title="Key missing from a rendered ConfigMap or Secret",
                why="The container does not start until the object has the key.",
                fix="Correct the key, add it to the object, or mark the reference as optional.",
                lowerable=True,
            ),
            Rule(
                "check/status",
                title="Status in a manifest",
                why="The API server maintains an object's status itself, and ignores one that is applied.",
                fix="Leave `status` out.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/duplicate-entry",
                title="Duplicate list entry",
                why=(
                    "The API server tells the entries of this list apart by the fields in the message. "
                    "Server-side apply rejects duplicates."
                ),
                fix="Remove one of the entries, or make them different.",
                lowerable=True,
            ),
            Rule(
                "check/empty",
                title="Empty list or map",
                why=(
                    "The API server does not store it, so each `kubectl apply` reports a change even though "
                    "nothing changes."
                ),
                fix="Use a condition in the template to leave the field out when it is empty.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/quantity",
                title="Non-canonical quantity",
                why=(
                    "The API server stores it in an equivalent form, so each `kubectl apply` reports a "
                    "change even though nothing changes."
                ),
                fix="Use the canonical form shown in the message.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/probe",
                title="Success threshold not allowed for this probe",
                why="Only a readiness probe may require more than one success in a row.",
                fix="Leave out `successThreshold`.",
                lowerable=True,
            ),
            Rule(
                "check/resources",
                title="Inconsistent resource requests and limits",
                why=(
                    "The API server rejects a request that is larger than its limit, and devices that are "
                    "requested in fractions or without a limit."
                ),
                fix="Change the request or the limit.",
                lowerable=True,
            ),
            Rule(
                "check/rollout",
                title="Rollout that cannot make progress",
                why=(
                    "With these numbers, no pod can be replaced, or the rollout fails before a pod can be "
                    "ready."
                ),
                fix="Change the fields named in the message.",
                lowerable=True,
            ),
            Rule(
                "check/lifetime",
                title="preStop hook longer than the grace period",
                why="The pod is killed before its preStop hook ends.",
                fix="Raise terminationGracePeriodSeconds, or shorten the hook.",
                lowerable=True,
            ),
            Rule(
                "check/pod-security",
                title="Pod Security violation",
                why=(
                    "The API server enforces Pod Security on pods, not on the objects that create them: it "
                    "accepts a Deployment and then rejects each of its pods, so the rollout never ends. "
                    "Where the namespace only audits or warns, this is a warning. See "
                    "[pod-security.md](pod-security.md)."
                ),
                fix="Change the field named in the message, or the level of the namespace.",
                lowerable=True,
            ),
            Rule(
                "check/security-level",
                title="Unknown Pod Security level or version",
                why="The API server rejects a namespace with such a label.",
                fix="Use privileged, baseline or restricted; for a version, `latest` or one such as v1.35.",
                lowerable=True,
            ),
            Rule(
                "check/secret",
                title="Invalid typed Secret",
                why=(
                    "The API server rejects a typed Secret that lacks its required keys, and a docker "
                    "configuration that is not JSON."
                ),
                fix="Add the key, or change the type.",
            ),
            Rule(
                "check/size",
                title="Object too large",
                why=(
                    "The API server accepts at most 1 MiB of data in a ConfigMap or Secret, and 256 KiB of "
                    "annotations. Plain `kubectl apply` keeps a copy of the object in an annotation, so gen "
                    "warns about an object that is larger than that."
                ),
                fix="Make the object smaller, or apply it with `kubectl apply --server-side`.",
            ),
            Rule(
                "check/tool-file",
                title="Multiple documents in a tool file",
                why=(
                    "A template with a name such as kind-cluster.config.j2 writes one file with one document."
                ),
                fix="Split the template in two.",
            ),
            Rule(
                "check/unused-value",
                title="Unused value",
                why="`gen check --unused-values` reports values that no output, rule or command reads.",
                fix="Remove the value, or use it in a template.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/gitops-secret",
                title="Secret unavailable to the GitOps engine",
                why="The engine applies what is in git, and a Secret with data in it is never committed.",
                fix="Seal it, have it created in the cluster, or apply it by hand and accept the finding.",
                severity=Severity.WARNING,
                lowerable=True,
            ),
            Rule(
                "check/absent",
                title="Reference to an object that is not rendered",
                why="The pod starts only if someone else creates the object in the cluster.",
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
