"""Templates that fail."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Templates",
        scope="files below templates/",
        intro="Templates are Jinja, in a sandbox. See [templates.md](templates.md).",
        rules=(
            Rule(
                "template/undefined",
                title="Name that is not in the values",
                why="The template reads a value that neither the values nor a default of the schema gives.",
                fix="Correct the name, add the value, or use `| default(…)`.",
            ),
            Rule(
                "template/syntax",
                title="Template that Jinja cannot parse",
                why="A tag, a bracket or a quote is missing or in the wrong place.",
                fix="Correct the template at the marked line.",
            ),
            Rule(
                "template/not-found",
                title="Template that does not exist",
                why="`include`, `import` and `extends` reach files below templates/ and nothing else.",
                fix="Correct the name. It is relative to templates/.",
            ),
            Rule(
                "template/forbidden",
                title="Something that the sandbox does not allow",
                why=(
                    "Templates come with pull requests, so they cannot reach Python objects, the system or "
                    "the network."
                ),
                fix="Use a filter from docs/reference/templates.md, or put the value into the values files.",
            ),
            Rule(
                "template/too-much",
                title="Template that asks for too much",
                why=(
                    "Each template has limits on its steps and its output, so that none can exhaust a "
                    "machine."
                ),
                fix="Reduce the loop or the text that it makes.",
            ),
            Rule(
                "template/recursion",
                title="Template that calls itself without end",
                why="A macro or an include calls itself, directly or through others, and never stops.",
                fix="Add a condition that ends the recursion.",
            ),
            Rule(
                "template/value",
                title="Value used as text that has no text form",
                why="A filter for text was given captured text that holds a mapping or a list.",
                fix="Apply the filter to the value itself, before it is captured.",
            ),
            Rule(
                "template/failed",
                title="Expression that failed",
                why="The expression cannot be evaluated with these values.",
                fix=(
                    "Read the message at the marked line; often a value has another type than the "
                    "expression expects."
                ),
            ),
        ),
    ),
)
