"""What a change does to a cluster, as `gen review --fail-on` refuses it."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="Review",
        scope="impacts that `gen review` finds and `--fail-on` names",
        intro=(
            "Each impact is reported as an error at the line that causes the change (docs/how-to/review.md)."
        ),
        rules=(
            Rule(
                "review/refused",
                title="Update that the API server rejects",
                why="The field cannot be changed on an existing object, so the deployment fails halfway.",
                fix="Undo the change, or plan to delete and recreate the object.",
            ),
            Rule(
                "review/outage",
                title="Change that causes an outage",
                why="Pods stop, lose their Service or cannot be moved, temporarily or for good.",
                fix="Follow the help in the message, or deploy in steps that keep the old pods running.",
            ),
            Rule(
                "review/exposure",
                title="Change that widens access",
                why="Something can be reached from further away, or may do more, than before.",
                fix="Restrict the change, or have someone with the authority approve it.",
            ),
            Rule(
                "review/data",
                title="Change that puts data at risk",
                why="A volume, a claim or a configuration that pods need is removed or replaced.",
                fix="Copy the data first, or keep the old object until nothing refers to it.",
            ),
            Rule(
                "review/restart",
                title="Change that restarts pods",
                why="Any change to a pod template replaces every pod of the workload.",
                fix="Deploy it when a rollout is acceptable.",
            ),
            Rule(
                "review/removed",
                title="Object no longer rendered",
                why="`kubectl apply` leaves it in the cluster; Argo CD and Flux delete it if they prune.",
                fix="Delete it by hand, or keep rendering it.",
            ),
            Rule(
                "review/added",
                title="New object",
                why="It is created at the next deployment.",
                fix="No action is needed if the object is intended.",
            ),
            Rule(
                "review/in-place",
                title="Change without a restart",
                why="The object is updated in place.",
                fix="No action is needed if the change is intended.",
            ),
            Rule(
                "review/routine",
                title="New version of the same image",
                why="Only the tag or digest of the same repository changes, or the version label.",
                fix="No action is needed if this is the version you expect.",
            ),
            Rule(
                "review/base",
                title="Base revision that does not render",
                why="What changes is unknown, because the revision to compare with has errors of its own.",
                fix="Choose another base, or review what the work tree renders.",
                severity=Severity.WARNING,
            ),
            Rule(
                "git/no-base",
                title="No revision to compare with",
                why="No default branch is known, or the clone lacks the history up to it.",
                fix="Run `git fetch --unshallow`, or name a revision: `gen review BASE`.",
                status=Exit.USAGE,
            ),
        ),
    ),
)
