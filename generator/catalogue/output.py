"""Output that cannot be written, or is not what the sources render to."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="Writing output",
        scope="files in rendered/",
        intro="gen writes all files of a run or none, and touches only files that carry its header.",
        rules=(
            Rule(
                "output/taken",
                title="Foreign file in place of an output file",
                why="gen did not write this file and would overwrite it, so nothing is written.",
                fix="Move the file away, or delete it.",
            ),
            Rule(
                "output/link",
                title="Link in place of an output folder",
                why=(
                    "A commit can replace rendered/, or a folder in it, with a link, and gen would write and "
                    "remove files at the link's target."
                ),
                fix="Replace it with a folder, or write elsewhere with --output DIR.",
            ),
            Rule(
                "output/copy",
                title="Copy of a rendered file in rendered/",
                why=(
                    "gen puts links there for the selected environment. Some ways of copying a folder turn "
                    "them into files, which stay when another environment is selected; kubectl then applies "
                    "both."
                ),
                fix="Delete the file, and render the environment that you want to select.",
            ),
            Rule(
                "output/not-ignored",
                title="Selection not ignored by git",
                why="The links in rendered/ record which environment is selected on this machine.",
                fix="Add the lines from the help to .gitignore.",
                severity=Severity.WARNING,
            ),
            Rule(
                "output/foreign",
                title="Foreign file among the rendered files",
                why=(
                    "gen leaves it alone, but `kubectl apply -f DIR` applies it together with the rendered "
                    "files."
                ),
                fix="Move the file out of the folder, or write a template for it.",
                severity=Severity.WARNING,
            ),
            Rule(
                "output/replicas-dropped",
                title="Replicas handed over to an autoscaler",
                why=(
                    "`kubectl apply` removes a field that is no longer rendered, and `replicas` defaults to "
                    "1. A live workload drops to one pod before the autoscaler adds any."
                ),
                fix=(
                    "First remove the field from the last-applied configuration of the live object, as the "
                    "message says."
                ),
                severity=Severity.WARNING,
            ),
            Rule(
                "output/failed",
                title="Failed to write output",
                why="The system refused the write. Every file is intact, either old or new.",
                fix="Free space or correct the permissions, then render again.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "output/stream",
                title="Failed to write to a standard stream",
                why=(
                    "Standard output or standard error is closed, or its disk is full, so part of the result "
                    "is lost."
                ),
                fix="Run the command again with another target.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "fleet/killed",
                title="Render process killed",
                why=(
                    "The system ended one of the processes that render a fleet, usually because memory ran "
                    "out. Nothing was written."
                ),
                fix="Run it again with more memory, or render in parts with --shard.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
    Section(
        title="Drift",
        scope="files in rendered/",
        intro="`gen check` compares the committed files with what the sources render to.",
        rules=(
            Rule(
                "drift/changed",
                title="File differs from its sources",
                why="Someone edited the file by hand, or changed a source without rendering.",
                fix="Run the command in the help line, and commit the result.",
            ),
            Rule(
                "drift/missing",
                title="Missing file",
                why="The sources render to a file that is not on disk.",
                fix="Run the command in the help line, and commit the result.",
            ),
            Rule(
                "drift/stale",
                title="Stale file",
                why="No template produces this file any more, but `kubectl apply` would still apply it.",
                fix="Run the command in the help line, and commit the result.",
            ),
            Rule(
                "drift/interrupted",
                title="Interrupted render",
                why="A render was killed while it was writing. The next render completes it.",
                fix="Render again.",
            ),
        ),
    ),
)
