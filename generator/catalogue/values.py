"""Values that their schema does not accept."""

from __future__ import annotations

from typing import Final

from generator.catalogue import keywords
from generator.catalogue.records import Rule, Section
from generator.diagnostics import Severity

SECTIONS: Final = (
    Section(
        title="Values and schema",
        scope="the complete values of an environment",
        intro=(
            "The complete values of an environment, with defaults filled in, are validated against "
            "`schema/values.schema.json`. Each rule is named after the JSON Schema keyword that the values "
            "violate."
        ),
        rules=(
            *keywords.values(),
            Rule(
                "schema/broken",
                title="Invalid schema",
                why="The schema is not JSON, is not a JSON Schema, or references something outside schema/.",
                fix="Correct the schema at the marked position.",
            ),
            Rule(
                "schema/default",
                title="Invalid default",
                why=(
                    "A `default`, completed with the defaults nested in it, is not valid under its own "
                    "subschema. It would fail only in the environments that use it."
                ),
                fix="Correct the default, or what the subschema requires.",
            ),
            Rule(
                "schema/draft",
                title="Unsupported JSON Schema draft",
                why=(
                    "gen supports JSON Schema 2020-12 only. Other drafts give some keywords a different "
                    "meaning, and a custom metaschema would have to be fetched, which gen never does."
                ),
                fix="Convert the schema to draft 2020-12, and remove `$schema` or let it name that draft.",
            ),
            Rule(
                "schema/too-large",
                title="Schema too large",
                why="The project's schema files contain more subschemas or patterns than gen supports.",
                fix="Remove what is unused, and share what is repeated.",
            ),
            Rule(
                "schema/too-much",
                title="Validation too expensive",
                why=(
                    "References that reach the same subschema in several ways double the work at every step. "
                    "gen calculates the work before it validates."
                ),
                fix="Reference each subschema only once on the way to a value.",
            ),
            Rule(
                "schema/too-many",
                title="Too many problems to show",
                why="The values violate the schema in more than 100 places.",
                fix="Correct the problems that are shown first.",
            ),
            Rule(
                "schema/stale",
                title="Outdated generated schema files",
                why=(
                    "`gen schema --check` found that overlay.schema.json or README.md in schema/ does not "
                    "match the schema and the rules."
                ),
                fix="Run `gen schema` and commit the result.",
            ),
            Rule(
                "schema/unknown-keyword",
                title="Unknown schema keyword",
                why="JSON Schema ignores unknown keywords, so a misspelled keyword checks nothing.",
                fix="Correct the keyword. Start the names of your own keywords with `x-`.",
                severity=Severity.WARNING,
            ),
            Rule(
                "schema/unknown-format",
                title="Unknown format",
                why="JSON Schema 2020-12 does not define this format, so it is not checked.",
                fix="Correct the format, or describe the string with a pattern.",
                severity=Severity.WARNING,
            ),
            Rule(
                "schema/impossible",
                title="Unsatisfiable schema",
                why="Two keywords of the same schema contradict each other.",
                fix="Correct one of them.",
                severity=Severity.WARNING,
            ),
            Rule(
                "values/removed",
                title="Inherited value removed by an empty key",
                why=(
                    "A key with nothing after it is null in YAML, and null removes what a lower layer sets. "
                    "This is easily done by accident."
                ),
                fix="Give the key a value, or write `null` to remove it on purpose.",
                severity=Severity.WARNING,
            ),
            Rule(
                "values/environment",
                title="Value named `environment`",
                why=(
                    "In templates and rules, this name stands for the environment itself: `environment.name` "
                    "and `environment.parts`."
                ),
                fix="Rename the value.",
            ),
            Rule(
                "values/reserved",
                title="Escaped reserved character",
                why="A YAML escape in the value produces one of the characters that gen reserves for itself.",
                fix="Remove the escape.",
            ),
        ),
    ),
    Section(
        title="Editing values",
        scope="values files that `gen set` changes",
        intro="`gen set` changes the value at a path and leaves everything else as it is, or writes nothing.",
        rules=(
            Rule(
                "set/path",
                title="Path not found in the file",
                why=(
                    "The path goes past the end of a list, through a scalar, or into something that the file "
                    "does not set."
                ),
                fix="Correct the path. A list replaces the inherited one, so write it in full.",
            ),
            Rule(
                "set/layout",
                title="Value that cannot be changed on its own",
                why=(
                    "It is shared through an anchor, or written in a form where a change would affect more "
                    "than this value."
                ),
                fix="Edit the file by hand.",
            ),
            Rule(
                "set/hidden",
                title="Value overridden by a later file",
                why="Another values file of the environment sets the same path and takes precedence.",
                fix="Remove it there with the command in the help line, or set it there.",
                severity=Severity.WARNING,
            ),
        ),
    ),
)
