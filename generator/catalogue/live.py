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
                title="Object rejected by the cluster",
                why="Validation or admission fails, or a field cannot be updated.",
                fix=(
                    "Correct what the server names. A field that cannot be updated needs a new object; `gen "
                    "deploy --recreate KIND/NAME` creates one where that is safe."
                ),
            ),
            Rule(
                "live/unchecked",
                title="Object not checked by the server",
                why=(
                    "A dry run needs the namespace and the kind to exist, and admission webhooks that "
                    "support it. Without them, defaults, admission and removed fields are not visible."
                ),
                fix=(
                    "Create the namespace or the CustomResourceDefinition first, or let `gen deploy` do so: "
                    "it asks the server before it applies anything else."
                ),
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/forbidden",
                title="Missing permission to patch",
                why="Applying an object, or asking what that would change, requires the verb patch.",
                fix="Request the permission; `kubectl auth can-i patch KIND` shows whether you have it.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/nowhere",
                title="Missing namespace or kind",
                why="The cluster does not have it, and the environment does not render it either.",
                fix="First create the namespace, or install the CustomResourceDefinition.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/conflict",
                title="Field owned by another manager",
                why="Another manager, often a controller, sets the field to a different value.",
                fix=(
                    "Leave the field out of the template, or take it over with `gen deploy "
                    "--force-conflicts`."
                ),
            ),
            Rule(
                "live/handover",
                title="Replicas handed over to an autoscaler",
                why=(
                    "gen has set the number of pods so far. A field that no manager sets falls back to its "
                    "default, which is one pod, so another manager, gen-handover, holds the number until the "
                    "autoscaler sets it."
                ),
                fix="No action is needed with `gen deploy`.",
                severity=Severity.WARNING,
            ),
            Rule(
                "live/foreign",
                title="Object created by someone else",
                why=(
                    "It has the name of a rendered object, but neither gen nor `kubectl apply` ever applied "
                    "it. Applying over it may take it away from whoever needs it."
                ),
                fix="Rename yours, or take it over with --adopt.",
            ),
            Rule(
                "live/deleting",
                title="Object being deleted",
                why="Whatever is applied to it, or created in it, is deleted with it.",
                fix="Wait until it is gone, then deploy again.",
            ),
            Rule(
                "live/gone",
                title="Object no longer rendered",
                why="It was applied before, is in the inventory, and is still in the cluster.",
                fix=(
                    "Remove it with `gen deploy --prune`, or render it again. Namespaces, claims, volumes "
                    "and definitions are removed only if you name them."
                ),
                severity=Severity.WARNING,
            ),
            Rule(
                "live/kept",
                title="Object not removed",
                why="It is not the object that gen applied, or the cluster refuses to delete it.",
                fix="Inspect it, and delete it with kubectl if it should go.",
            ),
            Rule(
                "live/prune-everything",
                title="Pruning that would remove everything",
                why=(
                    "Nothing that was applied before is rendered any more, as after a change of name or "
                    "namespace."
                ),
                fix="Deploy without --prune first, and delete the old objects once the new ones are serving.",
                status=Exit.USAGE,
            ),
            Rule(
                "live/not-approved",
                title="Plan not approved",
                why="`gen deploy` asks for approval before it writes, but there is no terminal to ask on.",
                fix="Read the plan, then run the command with --yes.",
                status=Exit.USAGE,
            ),
            Rule(
                "live/object",
                title="Invalid object in an option",
                why=(
                    "The option names an object that is not rendered, or one that must not be deleted and "
                    "recreated."
                ),
                fix="Write KIND/NAME as it appears in the plan.",
                status=Exit.USAGE,
            ),
            Rule(
                "live/engine",
                title="Environment also applied by a GitOps engine",
                why=(
                    "`gitops` in gen.yaml covers it. The engine undoes whatever differs from the branch that "
                    "it reads."
                ),
                fix=(
                    "Commit and push rendered/, and let the engine deploy it; `gen status` follows the "
                    "rollout."
                ),
                severity=Severity.WARNING,
            ),
            Rule(
                "live/changed",
                title="Cluster changed after planning",
                why="What would be applied now is not what was approved.",
                fix="Read the new plan, and run the command again.",
            ),
            Rule(
                "live/busy",
                title="Concurrent deployment",
                why="Another run wrote the inventory after this one had made its plan.",
                fix="Wait for the other run to finish, then start again.",
            ),
            Rule(
                "live/inventory",
                title="Unreadable inventory",
                why="Someone has edited the ConfigMap that lists what was applied.",
                fix=(
                    "Correct the line, or delete the ConfigMap; gen then knows nothing about earlier objects."
                ),
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/failed",
                title="Failed to write the inventory",
                why="Without it, nobody knows what to remove later, so nothing else is applied.",
                fix="Request the verbs get, create and patch on ConfigMaps in the namespace.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/stopped",
                title="Interrupted deployment",
                why="The cluster stopped answering. Some objects are applied, and all of them are listed.",
                fix="Run the same command again; it continues from there.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)
