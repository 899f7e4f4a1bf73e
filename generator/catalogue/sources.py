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
                "file/name",
                title="File name that hides something",
                why=(
                    "The name of a template, schema or values file holds a line break or another character "
                    "that cannot be seen. Names appear in messages, logs and rendered files."
                ),
                fix="Rename the file.",
            ),
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
                    "The file cannot be opened, is larger than 16 MiB, is not a regular file, or is reached "
                    "by a symbolic link that leads out of its folder: `values/` for a values file."
                ),
                fix="Check the file's permissions, or replace the link with the file that it points to.",
            ),
            Rule(
                "project/ending",
                title="File that is not read because of its name",
                why="Values files end in .yaml; a file like values/stage.yml would silently be left out.",
                fix="Rename the file, or move it out of the folder.",
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
    Section(
        title="git",
        scope="the repository of a project",
        intro=(
            "gen asks git whether it ignores a Secret, and for the sources of a revision. No setting of a "
            "repository can make it start a program ([decision 42](../decisions/0042-git-is-not-trusted.md))."
        ),
        rules=(
            Rule(
                "git/failed",
                title="Question that git could not answer",
                why="Without an answer that can be trusted, gen does not write a Secret or read a revision.",
                fix="Check that `git status` works in the folder that the message names.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "git/no-repository",
                title="Revision of a project that is in no repository",
                why="The sources of a revision are read from the git repository of the project.",
                fix="Run the command in a clone of the repository.",
                status=Exit.USAGE,
            ),
            Rule(
                "git/no-revision",
                title="Revision that the repository does not have",
                why="No branch, tag or commit has this name here. A shallow clone has only a few of them.",
                fix="Check the name with `git log`, or fetch it first.",
                status=Exit.USAGE,
            ),
        ),
    ),
)
