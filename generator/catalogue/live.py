"""What stands between an environment and its cluster: refusals, conflicts, what was not asked."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit

SECTIONS: Final = (
    Section(
        title="gen diff",
        scope="a live cluster",
        intro="See [diff.md](../how-to/diff.md).",
        rules=(
            Rule(
                "live/refused",
                title="Object that the cluster refuses",
                why="Validation, admission or a field that cannot be updated stands against it.",
                fix="Correct what the server names. A field that cannot be updated needs a new object.",
            ),
            Rule(
                "live/unchecked",
                title="Object that the server was not asked about",
                why="A dry run needs the namespace, the kind and the right to patch. Without them defaults, "
                "admission and removed fields are not seen.",
                fix="Create the namespace or the CustomResourceDefinition first, or ask for the verb patch.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "live/conflict",
                title="Field that another manager owns",
                why="Somebody else, often a controller, sets the field to another value.",
                fix="Leave the field out of the template, or take it over when you apply.",
            ),
        ),
    ),
)
