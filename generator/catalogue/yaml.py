"""What the strict reader of YAML refuses."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Reading YAML",
        scope="values files, gen.yaml, rules.yaml, template output",
        intro=(
            "Values files and template output are parsed strictly: anything that YAML parsers do not agree "
            "on is an error."
        ),
        rules=(
            Rule(
                "yaml/ambiguous",
                title="Ambiguous plain scalar",
                why=(
                    "YAML 1.1, YAML 1.2 and kubectl's parser read it differently, for example as a boolean "
                    "or as a string, so the value depends on which tool reads it."
                ),
                fix=(
                    "Quote it if it is a string. Otherwise write it in the plain form: true, false, 123, 1.5."
                ),
            ),
            Rule(
                "yaml/disputed",
                title="Non-portable YAML syntax",
                why=(
                    "YAML 1.2 forbids it, or reads it differently. Parsers that accept it do not agree on "
                    "its meaning: a comment without a space before it, `?x`, a lone dash, a continuation "
                    "line that is not indented."
                ),
                fix="Use the conventional form; the message shows it.",
            ),
            Rule(
                "yaml/conflict",
                title="Unresolved merge conflict",
                why="Git left both sides of the conflict in the file, between conflict markers.",
                fix="Choose between the two sides, and remove the marked lines.",
            ),
            Rule(
                "yaml/blank",
                title="Non-ASCII space character",
                why="YAML does not treat a no-break space, or any other Unicode space, as a separator.",
                fix="Replace it with an ordinary space.",
            ),
            Rule(
                "yaml/colon",
                title="Missing space after a colon",
                why="YAML reads `replicas:3` as a single string. A key ends with a colon and a space.",
                fix="Add a space after the colon.",
            ),
            Rule(
                "yaml/quote",
                title="Unclosed quote",
                why="Everything up to the next quote becomes part of the string, intended or not.",
                fix="Close the quote, or escape a quote that is part of the string.",
            ),
            Rule(
                "yaml/duplicate-key",
                title="Duplicate key in a mapping",
                why="Most parsers keep the last of the two without a warning, so one of the values is lost.",
                fix="Remove or rename one of them.",
            ),
            Rule(
                "yaml/key",
                title="Non-string key",
                why=(
                    "Keys in Kubernetes objects and in values must be strings. Numbers, booleans, lists and "
                    "mappings are not allowed."
                ),
                fix="Quote the key.",
            ),
            Rule(
                "yaml/tab",
                title="Tab where YAML requires spaces",
                why="YAML does not allow tabs for indentation or between tokens.",
                fix="Replace the tab with spaces.",
            ),
            Rule(
                "yaml/tag",
                title="YAML tag",
                why=(
                    "The type of a value follows from how it is written. Tags such as `!secret` or "
                    "`!!binary` have a meaning only to some parsers, and can make a parser run code. Only "
                    "`!!str` is accepted."
                ),
                fix="Remove the tag. Quote the value if it is a string.",
            ),
            Rule(
                "yaml/directive",
                title="`%YAML` or `%TAG` directive",
                why=(
                    "gen parses YAML the same way whatever a directive says, so a directive would only be "
                    "misleading."
                ),
                fix="Remove the line.",
            ),
            Rule(
                "yaml/second-document",
                title="Multiple documents in a values file",
                why="A values file holds one mapping. A second document would be ignored.",
                fix="Remove the `---` line and merge the two documents, or use two files.",
            ),
            Rule(
                "yaml/not-a-mapping",
                title="Top level is not a mapping",
                why=(
                    "Values, settings and rules are all keyed by name, so each of these files must be a "
                    "mapping."
                ),
                fix="Write `name: value` pairs.",
            ),
            Rule(
                "yaml/alias",
                title="Undefined alias",
                why=(
                    "An alias repeats a node that an anchor has named earlier in the same file. This alias "
                    "has no anchor before it, or is part of the node that its anchor names."
                ),
                fix="Define the anchor first, or write the value out in full.",
            ),
            Rule(
                "yaml/merge-key",
                title="YAML merge key",
                why=(
                    "`<<` is not part of YAML 1.2, and parsers differ in how they handle duplicates and "
                    "lists."
                ),
                fix="Write the keys out, or move the shared ones to base.yaml.",
            ),
            Rule(
                "yaml/character",
                title="Character not allowed in YAML",
                why=(
                    "YAML forbids most control characters, and some parsers treat others, such as U+2028, as "
                    "a line break. They are invisible in a review."
                ),
                fix="Write it as an escape sequence in double quotes.",
            ),
            Rule(
                "yaml/too-deep",
                title="Nesting deeper than 100 levels",
                why=(
                    "gen limits the resources that one file can use, so that a file in a pull request cannot "
                    "exhaust a machine."
                ),
                fix="Flatten the structure.",
            ),
            Rule(
                "yaml/too-large",
                title="More than a million nodes in one file",
                why=(
                    "gen limits the resources that one file can use. The nodes behind an alias count each "
                    "time the alias is used."
                ),
                fix="Split the file, or remove nested aliases.",
            ),
            Rule(
                "yaml/syntax",
                title="Invalid YAML",
                why="The parser cannot make sense of the text at this position.",
                fix=(
                    "Check the marked line and the one before it: often a quote, a bracket or a colon is "
                    "missing."
                ),
            ),
        ),
    ),
)
