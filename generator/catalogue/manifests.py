"""What templates write that is not an object."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section

SECTIONS: Final = (
    Section(
        title="Manifests",
        scope="text that templates write",
        intro="",
        rules=(
            Rule(
                "manifest/value",
                title="Value that cannot be written here",
                why=(
                    "A mapping, a list or null cannot be part of a longer text, and only a string can be a "
                    "key."
                ),
                fix=(
                    "Write the expression alone in its place, or choose the part of the value that is a "
                    "string."
                ),
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
