"""Output that cannot be written, or is not what the sources render to."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="Writing",
        scope="files below rendered/",
        intro="gen writes all files of a run or none, and touches only files that carry its header.",
        rules=(
            Rule(
                "output/taken",
                title="File that gen did not write in the place of an output file",
                why="gen would overwrite it, so nothing is written.",
                fix="Move the file away, or delete it.",
            ),
            Rule(
                "output/link",
                title="Link in the place of an output folder",
                why=(
                    "A commit can hold a link in the place of rendered/ or of a folder in it, and gen would "
                    "write and remove files where it leads."
                ),
                fix="Put a folder in its place, or write elsewhere with --output DIR.",
            ),
            Rule(
                "output/copy",
                title="Copy of a rendered file in rendered/",
                why=(
                    "gen puts links there for the selected environment. Some ways of copying a folder turn "
                    "them into files, which stay when another environment is selected; kubectl applies both."
                ),
                fix="Delete the file, and render the environment that you want to select.",
            ),
            Rule(
                "output/not-ignored",
                title="Selection that git would commit",
                why="The links in rendered/ say which environment is selected on this machine.",
                fix="Add the lines in the help to .gitignore.",
                severity=Severity.WARNING,
            ),
            Rule(
                "output/foreign",
                title="File that gen did not write beside its own",
                why=(
                    "gen leaves it alone, but `kubectl apply -f DIR` applies it together with the rendered "
                    "files."
                ),
                fix="Move the file out of the folder, or write a template for it.",
                severity=Severity.WARNING,
            ),
            Rule(
                "output/replicas-dropped",
                title="Replicas that an autoscaler takes over",
                why=(
                    "`kubectl apply` removes a field that is no longer rendered, and `replicas` defaults to "
                    "1. A live workload falls to one pod before the autoscaler adds any."
                ),
                fix="Remove the field from the record of the live object first, as the message says.",
                severity=Severity.WARNING,
            ),
            Rule(
                "output/failed",
                title="Output that cannot be written",
                why="The system refused to write. Every file is still whole, old or new.",
                fix="Free space or correct the permissions, then render again.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "output/stream",
                title="Standard stream that takes no more output",
                why=(
                    "Standard output or standard error is closed or its disk is full, so a part of the "
                    "result is lost."
                ),
                fix="Run the command again with another target.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "fleet/killed",
                title="Process of a large render that was killed",
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
        scope="files below rendered/",
        intro="`gen check` compares what is committed with what the sources render to.",
        rules=(
            Rule(
                "drift/changed",
                title="File that differs from what its sources render to",
                why="Somebody edited the file by hand, or changed a source without rendering.",
                fix="Run the command in the help line, and commit the result.",
            ),
            Rule(
                "drift/missing",
                title="File that is not there",
                why="The sources render to a file that is not on disk.",
                fix="Run the command in the help line, and commit the result.",
            ),
            Rule(
                "drift/stale",
                title="File that is no longer rendered",
                why="No template makes this file any more; `kubectl apply` would still apply it.",
                fix="Run the command in the help line, and commit the result.",
            ),
            Rule(
                "drift/interrupted",
                title="Render that was interrupted",
                why="A render was killed while it wrote. The next render completes it.",
                fix="Render again.",
            ),
        ),
    ),
)
