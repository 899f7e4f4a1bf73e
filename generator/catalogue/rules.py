"""Rules of a project that cannot be evaluated."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Rules of the project",
        scope="the complete values of an environment",
        intro=(
            "What must hold between values is written in `schema/rules.yaml`; see [rules.md](rules.md). A "
            "broken rule is reported as `rule/NAME` with the project's own message. The file has a schema; "
            "errors in its form have the ids above."
        ),
        examples=("rule-broken", "rule-warning", "rule-default", "rules-form"),
        rules=(
            Rule(
                "rules/failed",
                title="Condition of a rule that cannot be evaluated",
                why=(
                    "The condition is not an expression of the template language, or its evaluation failed,"
                    " for example on a value that is not there."
                ),
                fix="Correct `assert` or `when` of the rule.",
            ),
            Rule(
                "rules/path",
                title="Rule that points at no value",
                why=("`at` is not a path such as service.port, so a finding could not show its position."),
                fix="Correct `at`.",
            ),
            Rule(
                "rules/example",
                title="Example that does not break its rule",
                why=(
                    "Laid over `values/base.yaml`, the example is not valid under the schema or the rule "
                    "holds. "
                    "Either the example or the rule is wrong. `gen schema --check` runs every example."
                ),
                fix="Correct the example, or the condition.",
            ),
        ),
    ),
)
