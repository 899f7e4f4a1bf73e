"""Rules of a project that cannot be evaluated."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Project rules",
        scope="the complete values of an environment",
        intro=(
            "`schema/rules.yaml` states what must hold between values; see [rules.md](rules.md). A broken "
            "rule is reported as `rule/NAME` with the project's own message. The file itself is validated "
            "against a schema; those errors use the ids above."
        ),
        examples=("rule-broken", "rule-warning", "rule-default", "rules-form"),
        rules=(
            Rule(
                "rules/failed",
                title="Rule condition that cannot be evaluated",
                why=(
                    "The condition is not an expression of the template language, or its evaluation failed, "
                    "for example because a value is missing."
                ),
                fix="Correct the rule's `assert` or `when`.",
            ),
            Rule(
                "rules/path",
                title="Invalid rule path",
                why="`at` is not a path such as service.port, so a finding would have no position.",
                fix="Correct `at`.",
            ),
            Rule(
                "rules/example",
                title="Example that does not break its rule",
                why=(
                    "With the example merged over `values/base.yaml`, the values are not valid under the "
                    "schema, or the rule holds. Either the example or the rule is wrong. `gen schema "
                    "--check` runs every example."
                ),
                fix="Correct the example, or the condition.",
            ),
        ),
    ),
)
