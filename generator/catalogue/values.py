"""Values that their schema does not accept."""

from __future__ import annotations

from typing import Final

from generator.catalogue import keywords
from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

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
                "schema/default",
                title="Default that its own schema refuses",
                why=(
                    "A `default`, completed by the defaults inside of it, is not valid under the subschema "
                    "that it stands in. It would fail in whatever environment needs it, and only there."
                ),
                fix="Correct the default, or what the subschema asks for.",
            ),
            Rule(
                "schema/draft",
                title="A schema of another draft",
                why=(
                    "gen reads JSON Schema 2020-12 only. Other drafts give some keywords another meaning, "
                    "and a metaschema of one's own would have to be fetched, which gen never does."
                ),
                fix="Convert the schema to draft 2020-12, and remove `$schema` or let it name that draft.",
            ),
            Rule(
                "schema/too-large",
                title="A schema beyond the bounds",
                why="The schema files of a project hold more subschemas or patterns than gen works with.",
                fix="Remove what is not used, and share what is written several times.",
            ),
            Rule(
                "schema/too-much",
                title="Values that take too long to validate",
                why=(
                    "References that lead to one subschema by several ways double the work at every step. "
                    "gen counts the work before it validates."
                ),
                fix="Let each subschema be referred to once on the way to a value.",
            ),
            Rule(
                "schema/too-many",
                title="More problems than are shown",
                why="The values break the schema in more than 100 places.",
                fix="Correct the problems that are shown first.",
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
                "schema/unknown-keyword",
                title="Keyword without effect in a schema",
                why="JSON Schema ignores what it does not know, so a misspelled keyword checks nothing.",
                fix="Correct the keyword. Names of your own begin with `x-`.",
                severity=Severity.WARNING,
            ),
            Rule(
                "schema/unknown-format",
                title="Format that is not checked",
                why="The format is none of those that JSON Schema 2020-12 defines.",
                fix="Correct the format, or describe the text with a pattern.",
                severity=Severity.WARNING,
            ),
            Rule(
                "schema/impossible",
                title="Schema that nothing can fulfil",
                why="Two keywords of one schema exclude each other.",
                fix="Correct one of the two.",
                severity=Severity.WARNING,
            ),
            Rule(
                "values/removed",
                title="Empty key that removes an inherited value",
                why=(
                    "A key with nothing after it is null in YAML, and null removes what a lower layer says. "
                    "That is easily done by accident."
                ),
                fix="Give the key a value, or write `null` to remove it on purpose.",
                severity=Severity.WARNING,
            ),
            Rule(
                "values/environment",
                title="Value that is called `environment`",
                why=(
                    "Templates and rules see the environment itself by that name: `environment.name` and "
                    "`environment.parts`."
                ),
                fix="Give the value another name.",
            ),
            Rule(
                "values/reserved",
                title="Escape of a reserved character",
                why="A value spells one of the characters that gen reserves for itself, with a YAML escape.",
                fix="Remove the escape.",
            ),
        ),
    ),
    Section(
        title="Editing values",
        scope="values files that `gen set` changes",
        intro="`gen set` changes what stands at a path and leaves all else as it is, or writes nothing.",
        rules=(
            Rule(
                "set/path",
                title="Path that does not fit the file",
                why="The path leads beyond a list, through a single value, or to what the file does not set.",
                fix="Correct the path. A list replaces the inherited one, so write all of it.",
            ),
            Rule(
                "set/layout",
                title="Value that cannot be changed by itself",
                why="It is shared by an anchor, or written in a form in which a change would reach further.",
                fix="Edit the file by hand.",
            ),
            Rule(
                "set/hidden",
                title="Value that a later file hides",
                why="Another values file of the environment sets the same path, and its value counts.",
                fix="Remove it there with the command in the help line, or set it there.",
                severity=Severity.WARNING,
            ),
        ),
    ),
)
