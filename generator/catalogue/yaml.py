"""What the strict reader of YAML refuses."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Reading YAML",
        scope="values files, gen.yaml, rules.yaml, text that templates write",
        intro=(
            "Values files and the text that templates write are read strictly: what readers of YAML do not "
            "agree on is refused."
        ),
        rules=(
            Rule(
                "yaml/ambiguous",
                title="Plain scalar that YAML readers disagree on",
                why=(
                    "YAML 1.1, YAML 1.2 and kubectl's parser read it differently, for example as a boolean "
                    "and as a string, so the value depends on the tool that reads it."
                ),
                fix="Put it in quotes if it is a string. Otherwise write it plainly: true, false, 123, 1.5.",
            ),
            Rule(
                "yaml/disputed",
                title="Syntax that YAML 1.2 forbids, or reads differently",
                why=(
                    "Some readers accept it, and do not all read the same: a comment without a space "
                    "before it, `?x`, a lone dash, a continuation that is not indented."
                ),
                fix="Write it in the common way; the message says how.",
            ),
            Rule(
                "yaml/conflict",
                title="Unresolved merge conflict",
                why="Git left the lines of both sides in the file, with its marks around them.",
                fix="Decide between the two sides, and remove the marked lines.",
            ),
            Rule(
                "yaml/blank",
                title="Character that looks like a space",
                why="A no-break space or another Unicode space does not separate anything in YAML.",
                fix="Replace it with an ordinary space.",
            ),
            Rule(
                "yaml/colon",
                title="Colon without a space after it",
                why="To YAML, `replicas:3` is a single string. A key ends with a colon and a space.",
                fix="Write a space after the colon.",
            ),
            Rule(
                "yaml/quote",
                title="Quote that is not closed",
                why="Everything up to the next quote belongs to the text, whatever was meant.",
                fix="Close the quote, or escape a quote that is part of the text.",
            ),
            Rule(
                "yaml/duplicate-key",
                title="Key that appears twice in a mapping",
                why=(
                    "Most readers keep the last of the two without a warning, so one of the values is lost."
                ),
                fix="Remove one of the two, or rename it.",
            ),
            Rule(
                "yaml/key",
                title="Key that is not a string",
                why=(
                    "Kubernetes objects and values have only strings as keys. Numbers, booleans, lists and "
                    "mappings are not allowed."
                ),
                fix="Put the key in quotes.",
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
                    "Types follow from how a value is written. Tags such as `!secret` or `!!binary` mean "
                    "something only to some readers, and can make a reader run code. Only `!!str` is "
                    "accepted."
                ),
                fix="Remove the tag. Quote the value if it is a string.",
            ),
            Rule(
                "yaml/directive",
                title="`%YAML` or `%TAG` directive",
                why=(
                    "gen reads YAML the same way whatever a directive says, so a directive would only "
                    "mislead."
                ),
                fix="Remove the line.",
            ),
            Rule(
                "yaml/second-document",
                title="More than one document in a values file",
                why="A values file holds one mapping. A second document would be ignored.",
                fix="Remove the `---` line and merge the two documents, or use two files.",
            ),
            Rule(
                "yaml/not-a-mapping",
                title="File whose content is not a mapping",
                why="Values, settings and rules are mappings of names to what they hold.",
                fix="Write `name: value` pairs.",
            ),
            Rule(
                "yaml/alias",
                title="Alias without an anchor",
                why=(
                    "An alias repeats a node that was named with an anchor earlier in the same file. This "
                    "one has no anchor before it, or is part of what its anchor names."
                ),
                fix="Define the anchor first, or write the value out.",
            ),
            Rule(
                "yaml/merge-key",
                title="YAML merge key",
                why=(
                    "`<<` is not part of YAML 1.2, and readers differ on what it does with duplicates and "
                    "lists."
                ),
                fix="Write the keys out, or move what is shared to base.yaml.",
            ),
            Rule(
                "yaml/character",
                title="Character that is not allowed in YAML",
                why=(
                    "YAML forbids most control characters, and some readers take others, such as U+2028, "
                    "for a line break. Nobody can see them in a review."
                ),
                fix="Write it as an escape inside double quotes.",
            ),
            Rule(
                "yaml/too-deep",
                title="Nesting deeper than 100 levels",
                why=(
                    "gen limits what one file can ask for, so that a file in a pull request cannot exhaust "
                    "a machine."
                ),
                fix="Flatten the structure.",
            ),
            Rule(
                "yaml/too-large",
                title="More than a million nodes in one file",
                why="gen limits what one file can ask for. Aliases count as often as they are used.",
                fix="Split the file, or remove nested aliases.",
            ),
            Rule(
                "yaml/syntax",
                title="Text that is not YAML",
                why="The parser cannot make sense of the text at this position.",
                fix=(
                    "Look at the marked line and the one before it: often a quote, a bracket or a colon is "
                    "missing."
                ),
            ),
        ),
    ),
)
