"""Templates that fail."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Templates",
        scope="files in templates/",
        intro="Templates are Jinja and run in a sandbox. See [templates.md](templates.md).",
        rules=(
            Rule(
                "template/undefined",
                title="Undefined name",
                why="The template reads a value that neither the values nor a schema default provides.",
                fix="Correct the name, add the value, or use `| default(…)`.",
            ),
            Rule(
                "template/syntax",
                title="Template syntax error",
                why="A tag, a bracket or a quote is missing or in the wrong place.",
                fix="Correct the template at the marked line.",
            ),
            Rule(
                "template/not-found",
                title="Template not found",
                why="`include`, `import` and `extends` can reach only files in templates/.",
                fix="Correct the name. It is relative to templates/.",
            ),
            Rule(
                "template/forbidden",
                title="Operation forbidden by the sandbox",
                why=(
                    "Templates come with pull requests, so they cannot access Python objects, the system or "
                    "the network."
                ),
                fix="Use a filter from docs/reference/templates.md, or move the value to the values files.",
            ),
            Rule(
                "template/too-much",
                title="Template limit exceeded",
                why=(
                    "Each template has a limited number of steps and amount of output, so that none can "
                    "exhaust a machine."
                ),
                fix="Shorten the loop or the text that it produces.",
            ),
            Rule(
                "template/recursion",
                title="Infinite recursion in a template",
                why="A macro or an include calls itself, directly or through others, and never stops.",
                fix="Add a condition that ends the recursion.",
            ),
            Rule(
                "template/value",
                title="Mapping or list used as text",
                why="A text filter was applied to captured text that contains a mapping or a list.",
                fix="Apply the filter to the value itself, before it is captured.",
            ),
            Rule(
                "template/failed",
                title="Expression error",
                why="The expression cannot be evaluated with these values.",
                fix=(
                    "Read the message at the marked line; often a value has a different type than the "
                    "expression expects."
                ),
            ),
        ),
    ),
)
