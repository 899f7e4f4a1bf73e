"""Objects that are not yet, or not at all, as they were applied."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="gen status",
        scope="a live cluster",
        intro="See [status.md](../how-to/status.md).",
        rules=(
            Rule(
                "rollout/failed",
                title="Failed object",
                why=(
                    "Its controller has given up, for example on a rollout past its deadline or a Job that "
                    "failed too often."
                ),
                fix="Correct what the message names, and apply again.",
            ),
            Rule(
                "rollout/in-progress",
                title="Object not current yet",
                why=(
                    "Its controller has not yet brought it to the applied state. The message says what is "
                    "missing and what holds up its pods, in the words of the scheduler, the kubelet, the "
                    "registry or admission."
                ),
                fix="Correct what the message names, or allow more time with --wait.",
            ),
            Rule(
                "rollout/absent",
                title="Object missing from the cluster",
                why="It is rendered, but was not applied or has been deleted.",
                fix="Apply the environment, or choose its cluster with --context.",
            ),
            Rule(
                "rollout/unknown",
                title="Unknown object state",
                why="The API server does not let you read the object, or stopped answering.",
                fix="Request the verb get on its kind, or try again.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "rollout/differs",
                title="Object that differs from what is rendered",
                why=(
                    "A rendered field has a different value in the cluster: either what is rendered was not "
                    "applied, or someone has changed the object."
                ),
                fix="Compare with `gen diff`, and apply the environment.",
                severity=Severity.WARNING,
            ),
            Rule(
                "rollout/interrupted",
                title="Interrupted wait",
                why="Ctrl-C ends gen, but not what the controllers do with the applied objects.",
                fix="Wait again with `gen status --wait`; to go back, apply the earlier files.",
                severity=Severity.WARNING,
            ),
        ),
    ),
)
