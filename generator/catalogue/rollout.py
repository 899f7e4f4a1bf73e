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
                title="Object that has failed",
                why="Its controller has given up, as with a rollout past its deadline or a Job that failed "
                "too often.",
                fix="Correct what the message names, and apply again.",
            ),
            Rule(
                "rollout/in-progress",
                title="Object that is not current yet",
                why="Its controller has not brought it to what was applied. The message says what it lacks, "
                "and what keeps its pods, in the words of the scheduler, the kubelet, the registry or "
                "admission.",
                fix="Correct what the message names, or give it time with --wait.",
            ),
            Rule(
                "rollout/absent",
                title="Object that is not in the cluster",
                why="It is rendered, and was not applied or has been deleted.",
                fix="Apply the environment, or choose its cluster with --context.",
            ),
            Rule(
                "rollout/unknown",
                title="Object whose state could not be found out",
                why="The API server does not let you read it, or could not be reached any more.",
                fix="Ask for the verb get on its kind, or try again.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "rollout/differs",
                title="Object that is not as it is rendered",
                why="The cluster has another value in a rendered field: what is rendered was not applied, or "
                "somebody has changed the object.",
                fix="Look with `gen diff`, and apply the environment.",
                severity=Severity.WARNING,
            ),
            Rule(
                "rollout/interrupted",
                title="Waiting that was interrupted",
                why="Ctrl-C ends gen, and not what controllers do with the objects that were applied.",
                fix="Wait again with `gen status --wait`; to go back, apply the earlier files.",
                severity=Severity.WARNING,
            ),
        ),
    ),
)
