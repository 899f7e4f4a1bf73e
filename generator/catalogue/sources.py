"""What is wrong with the files of a project."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit

SECTIONS: Final = (
    Section(
        title="Reading files",
        scope="project files",
        intro="Every project file is read as UTF-8. Byte-order marks and CRLF line endings are ignored.",
        rules=(
            Rule(
                "file/name",
                title="Invisible character in a file name",
                why=(
                    "The name of a template, schema or values file contains a line break or another "
                    "invisible character. File names appear in messages, logs and rendered files."
                ),
                fix="Rename the file.",
            ),
            Rule(
                "file/not-utf-8",
                title="File not encoded as UTF-8",
                why="All sources are UTF-8, so that every tool reads the same text.",
                fix="Save the file as UTF-8.",
            ),
            Rule(
                "file/reserved",
                title="Reserved character",
                why=(
                    "gen marks bound values with twelve private-use characters (U+10FE00 to U+10FE0B). In a "
                    "source file, they could be used to forge a value."
                ),
                fix="Remove the character.",
            ),
            Rule(
                "file/unreadable",
                title="Unreadable file",
                why=(
                    "The file cannot be opened, is larger than 16 MiB, is not a regular file, or is reached "
                    "through a symbolic link that leads out of its folder: `values/` for a values file."
                ),
                fix="Check the file's permissions, or replace the link with the file it points to.",
            ),
            Rule(
                "project/ending",
                title="Wrong file extension",
                why="Values files end in .yaml; a file such as values/stage.yml would be silently skipped.",
                fix="Rename the file, or move it out of the folder.",
            ),
            Rule(
                "project/name",
                title="Non-portable environment name",
                why=(
                    "The name becomes a folder in rendered/, so it must be valid on every system. It may "
                    "have at most 240 characters: letters, digits, `-`, `_` and `.`. Windows device names, "
                    "such as `con`, are reserved."
                ),
                fix="Rename the values file.",
                status=Exit.USAGE,
            ),
            Rule(
                "project/alike",
                title="Environment names that differ only in case",
                why=(
                    "Some file systems treat their folders as the same one, so each render would overwrite "
                    "the other."
                ),
                fix="Rename one of them.",
                status=Exit.USAGE,
            ),
            Rule(
                "project/not-found",
                title="Project not found",
                why=(
                    "A project is a folder with templates/ and values/. Neither the given folder, nor the "
                    "current folder or any above it, is one."
                ),
                fix="Change to the project folder, or name it with --project DIR.",
                status=Exit.USAGE,
            ),
            Rule(
                "project/no-schema",
                title="Missing schema",
                why="gen renders only values that a schema describes.",
                fix="Add schema/values.schema.json.",
            ),
        ),
    ),
    Section(
        title="git",
        scope="the project's repository",
        intro=(
            "gen asks git whether a Secret is ignored, and for the sources of a revision. No setting of a "
            "repository can make git start a program ([decision "
            "42](../decisions/0042-git-is-not-trusted.md))."
        ),
        rules=(
            Rule(
                "git/failed",
                title="git gave no answer",
                why="Without an answer that it can trust, gen does not write a Secret or read a revision.",
                fix="Check that `git status` works in the folder named in the message.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "git/no-repository",
                title="Project outside a git repository",
                why="The sources of a revision are read from the project's git repository.",
                fix="Run the command in a clone of the repository.",
                status=Exit.USAGE,
            ),
            Rule(
                "git/no-revision",
                title="Unknown revision",
                why=(
                    "The repository has no branch, tag or commit of this name. A shallow clone has only a "
                    "few of them."
                ),
                fix="Check the name with `git log`, or fetch the revision first.",
                status=Exit.USAGE,
            ),
        ),
    ),
)
