"""What is wrong with the files of a project."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit

SECTIONS: Final = (
    Section(
        title="Reading files",
        scope="files of the project",
        intro="Every file of a project is read as UTF-8. Byte-order marks and CRLF line endings are ignored.",
        rules=(
            Rule(
                "file/not-utf-8",
                title="File that is not UTF-8",
                why="All sources are UTF-8, so that every tool reads the same text.",
                fix="Save the file as UTF-8.",
            ),
            Rule(
                "file/reserved",
                title="Character that gen reserves",
                why=(
                    "gen marks bound values with twelve private-use characters (U+10FE00 to U+10FE0B). In a"
                    " source they could forge a value."
                ),
                fix="Remove the character.",
            ),
            Rule(
                "file/unreadable",
                title="File that cannot be read",
                why=(
                    "The file cannot be opened, is larger than 16 MiB, or is a symbolic link that leads "
                    "outside the project."
                ),
                fix="Check the file's permissions, or replace the link with the file that it points to.",
            ),
            Rule(
                "project/name",
                title="Environment whose name is not a folder name on every system",
                why=(
                    "The environment's name becomes a folder in rendered/. It may have at most 240 "
                    "characters: letters, digits, `-`, `_` and `.`; names of Windows devices, such as "
                    "`con`, are reserved."
                ),
                fix="Rename the values file.",
                status=Exit.USAGE,
            ),
            Rule(
                "project/alike",
                title="Environments whose names differ only in case",
                why=(
                    "Some file systems treat their folders as one, and each render would overwrite the other."
                ),
                fix="Rename one of them.",
                status=Exit.USAGE,
            ),
            Rule(
                "project/not-found",
                title="No project here",
                why=(
                    "A project is a folder with templates/ and values/. Neither the folder given nor the "
                    "current one and those above it is one."
                ),
                fix="Change to the project, or name it with --project DIR.",
                status=Exit.USAGE,
            ),
            Rule(
                "project/no-schema",
                title="Project without a schema",
                why="gen renders only values that a schema describes.",
                fix="Write schema/values.schema.json.",
            ),
        ),
    ),
)
