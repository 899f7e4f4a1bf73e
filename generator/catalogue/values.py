"""Values that their schema does not accept."""

from __future__ import annotations

from typing import Final

from generator.catalogue import keywords
from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Values and their schema",
        scope="the complete values of an environment",
        intro=(
            "The complete values of an environment, with defaults filled in, are validated against "
            "`schema/values.schema.json`. Each rule is named after the JSON Schema keyword that is broken."
        ),
        rules=(
            *keywords.values(),
            Rule(
                "schema/broken",
                title="Broken schema",
                why="The schema is not JSON, is not a JSON Schema, or refers to something outside schema/.",
                fix="Correct the schema at the marked place.",
            ),
            Rule(
                "schema/stale",
                title="Derived schema files that are out of date",
                why=(
                    "`gen schema --check` found that overlay.schema.json or README.md in schema/ is not "
                    "what the schema and the rules give."
                ),
                fix="Run `gen schema`, and commit the result.",
            ),
            Rule(
                "values/reserved",
                title="Escape of a reserved character",
                why="A value spells one of the characters that gen reserves for itself, with a YAML escape.",
                fix="Remove the escape.",
            ),
        ),
    ),
)
