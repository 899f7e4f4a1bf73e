"""What stands between an environment and its cluster: refusals, conflicts, what was not asked."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="gen diff, gen deploy",
        scope="a live cluster",
        intro="See [diff.md](../how-to/diff.md) and [deploy.md](../how-to/deploy.md).",
        rules=(
            Rule(
                "live/refused",
                title="Object that the cluster refuses",
                why="Validation or admission fails, or a field cannot be updated.",
                fix="Correct what the server names. A field that cannot be updated needs a new object; "
                "`gen deploy --recreate KIND/NAME` makes one where that is safe.",
            ),
            Rule(
                "live/unchecked",
                title="Object that the server was not asked about",
                why="A dry run needs the namespace and the kind, and admission webhooks that support it. "
                "Without them defaults, admission and removed fields are not seen.",
                fix="Create the namespace or the CustomResourceDefinition first; or let `gen deploy` do so: "
                "it asks the server before it applies anything else.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/forbidden",
                title="Object that you may not patch",
                why="To apply an object, or to ask what that would change, takes the verb patch.",
                fix="Ask for the right; `kubectl auth can-i patch KIND` tells whether you have it.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/nowhere",
                title="Object whose namespace or kind is not there",
                why="The cluster does not have it, and the environment does not render it either.",
                fix="Create the namespace, or install the CustomResourceDefinition, first.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/conflict",
                title="Field that another manager owns",
                why="Somebody else, often a controller, sets the field to another value.",
                fix="Leave the field out of the template, or take it over: `gen deploy --force-conflicts`.",
            ),
            Rule(
                "live/handover",
                title="Replicas that an autoscaler takes over",
                why="gen has stated the number of pods so far. A field that nobody states falls back to its "
                "default, which is one pod; so another manager, gen-handover, holds the number until the "
                "autoscaler sets it.",
                fix="No action is needed with `gen deploy`.",
                severity=Severity.WARNING,
            ),
            Rule(
                "live/foreign",
                title="Object that somebody else made",
                why="It has the name of a rendered object, but neither gen nor `kubectl apply` ever applied "
                "it. Applying over it may take it from whoever needs it.",
                fix="Rename yours, or take it over with --adopt.",
            ),
            Rule(
                "live/deleting",
                title="Object that is being deleted",
                why="What is applied to it, or created in it, goes away with it.",
                fix="Wait until it is gone, and deploy again.",
            ),
            Rule(
                "live/gone",
                title="Object that is rendered no more",
                why="It was applied once, is in the inventory, and is still in the cluster.",
                fix="Remove it with `gen deploy --prune`, or render it again. Namespaces, claims, volumes "
                "and definitions are removed only by name.",
                severity=Severity.WARNING,
            ),
            Rule(
                "live/kept",
                title="Object that was not removed",
                why="It is not the one that gen applied, or the cluster refuses to delete it.",
                fix="Look at it, and delete it with kubectl if it is to go.",
            ),
            Rule(
                "live/prune-everything",
                title="Pruning that would remove everything",
                why="Nothing of what was applied is rendered any more, as after a new name or namespace.",
                fix="Deploy without --prune first, and delete the old objects when the new ones serve.",
                status=Exit.USAGE,
            ),
            Rule(
                "live/not-approved",
                title="Plan that nobody approved",
                why="`gen deploy` asks before it writes, and there is no terminal to ask on.",
                fix="Read the plan, and run it with --yes.",
                status=Exit.USAGE,
            ),
            Rule(
                "live/object",
                title="Option that names an object in vain",
                why="The option names no rendered object, or one that must not be deleted for a new one.",
                fix="Write KIND/NAME as the message of the plan does.",
                status=Exit.USAGE,
            ),
            Rule(
                "live/engine",
                title="Environment that a GitOps engine applies too",
                why="`gitops` in gen.yaml covers it. The engine undoes what differs from the branch that it "
                "reads.",
                fix="Commit and push rendered/, and let the engine deploy it; `gen status` follows it.",
                severity=Severity.WARNING,
            ),
            Rule(
                "live/changed",
                title="Cluster that changed after the plan was made",
                why="What would be applied now is not what was approved.",
                fix="Read the new plan, and run the command again.",
            ),
            Rule(
                "live/busy",
                title="Somebody else is deploying the environment",
                why="The inventory was written by another run after this one had made its plan.",
                fix="Wait for the other run, and start again.",
            ),
            Rule(
                "live/inventory",
                title="Inventory that cannot be read",
                why="Somebody has edited the ConfigMap that lists what was applied.",
                fix="Correct the line, or delete the ConfigMap; then nothing is known of earlier objects.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/failed",
                title="Inventory that cannot be written",
                why="Without it nobody knows what to remove later, so nothing else is applied.",
                fix="Ask for the rights get, create and patch on ConfigMaps in the namespace.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/stopped",
                title="Deployment that stopped halfway",
                why="The cluster could not be asked any more. Some objects are applied, and all are listed.",
                fix="Run the same command again: it goes on from there.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)
