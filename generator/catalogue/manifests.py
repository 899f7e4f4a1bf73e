"""What templates write that is not an object."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Manifests",
        scope="template output",
        intro="",
        rules=(
            Rule(
                "manifest/value",
                title="Value that cannot be inserted here",
                why=(
                    "A mapping, a list or null cannot be part of a longer string, and only a string can be a "
                    "key."
                ),
                fix="Put the expression on its own, or select the part of the value that is a string.",
            ),
            Rule(
                "manifest/not-an-object",
                title="Document that is not an object",
                why="A manifest is a mapping with apiVersion, kind and metadata.",
                fix="Correct the template; each document between `---` lines must be one object.",
            ),
        ),
    ),
)
