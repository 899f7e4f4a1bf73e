"""What a change does to a cluster, as `gen review --fail-on` refuses it."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="Review",
        scope="what `gen review` finds, where `--fail-on` names it",
        intro="Each is an error at the line that causes the change (docs/how-to/review.md).",
        rules=(
            Rule(
                "review/refused",
                title="Change that the API server refuses as an update",
                why="The field cannot be changed in an existing object, so the deployment fails halfway.",
                fix="Undo the change, or plan to delete the object and create it again.",
            ),
            Rule(
                "review/outage",
                title="Change that takes a service away",
                why="Pods stop, lose their Service or cannot be moved, for a moment or for good.",
                fix="Follow the help of the message, or deploy in steps that keep the old pods running.",
            ),
            Rule(
                "review/exposure",
                title="Change that lets more in",
                why="Something can be reached from further away, or may do more, than before.",
                fix="Narrow it down, or have somebody who may decide it approve the change.",
            ),
            Rule(
                "review/data",
                title="Change that puts data at risk",
                why="A volume, a claim or a configuration that pods need goes away or is exchanged.",
                fix="Copy the data first, or keep the old object until nothing refers to it.",
            ),
            Rule(
                "review/restart",
                title="Change that restarts pods",
                why="Anything in a pod template replaces every pod of the workload.",
                fix="Deploy it when a rollout is welcome.",
            ),
            Rule(
                "review/removed",
                title="Object that is no longer rendered",
                why="`kubectl apply` leaves it in the cluster; Argo CD and Flux delete it if they prune.",
                fix="Delete it by hand, or keep rendering it.",
            ),
            Rule(
                "review/added",
                title="Object that is new",
                why="It is created at the next deployment.",
                fix="No action is needed if it is meant to be there.",
            ),
            Rule(
                "review/in-place",
                title="Change without a restart",
                why="The object is updated in place.",
                fix="No action is needed if it is meant to change.",
            ),
            Rule(
                "review/routine",
                title="New version of the same image",
                why="Only a tag or a digest of the same repository changes, or the version label.",
                fix="No action is needed if it is the version you expect.",
            ),
            Rule(
                "review/base",
                title="Base that does not render",
                why="What changes is unknown, because the revision to compare with has errors of its own.",
                fix="Choose another base, or review what the work tree renders.",
                severity=Severity.WARNING,
            ),
            Rule(
                "git/no-base",
                title="No revision to compare with",
                why="No default branch is known, or the clone does not hold the history up to it.",
                fix="Run `git fetch --unshallow`, or name a revision: gen review BASE.",
                status=Exit.USAGE,
            ),
        ),
    ),
)
