"""Wrong usage of the command line, and mistakes of gen."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit

SECTIONS: Final = (
    Section(
        title="The command line",
        scope="options and arguments",
        intro="",
        rules=(
            Rule(
                "usage/environment",
                title="Environment that was not chosen, or does not exist",
                why="The command works on environments, and needs to know which.",
                fix="Give --env NAME or --all. `gen list` shows the names.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/command",
                title="Command that does not exist",
                why="`gen help` shows the help of gen, or of one of its commands.",
                fix="Correct the name. `gen help` lists the commands.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/starter",
                title="Starter that does not exist",
                why="`gen init` begins a project from one of the starters that come with gen.",
                fix="Give one of the names in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/ci",
                title="CI system without pipelines",
                why="`gen ci` and `gen init --ci` write the pipelines of a CI system that gen knows.",
                fix="Give one of the names in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "init/exists",
                title="File that would be overwritten",
                why="`gen init` and `gen ci` overwrite nothing without --force, and then write nothing.",
                fix="Choose another folder, move the file away, or give --force.",
            ),
            Rule(
                "usage/from",
                title="Manifests that `gen init --from` cannot take",
                why=(
                    "--from takes a file, a folder or - for standard input, once for each environment, and "
                    "does not go with --starter."
                ),
                fix="Correct the option as the message says.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/impact",
                title="Impact that does not exist",
                why="--fail-on takes the names of impacts, separated by commas.",
                fix="Write --fail-on refused,outage,exposure.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/compare",
                title="Not two environments",
                why="`gen compare` shows two environments side by side, or one field over many.",
                fix="Write gen compare dev azure, or gen compare --all --field image.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/field",
                title="Field that no object has",
                why="--field takes the end of a field path, such as image or resources.limits.cpu.",
                fix="Correct the path.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/shard",
                title="Invalid share",
                why="--shard takes a share such as 3/10, the third of ten, and only together with --all.",
                fix="Write --all --shard 3/10.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/watch",
                title="Option that --watch does not have",
                why="`gen render --watch` goes on until it is interrupted, and a document has to end.",
                fix="Leave out --format, but for `--format concise`, and --output -.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/duration",
                title="Invalid duration",
                why="A duration is a number with an optional unit.",
                fix="Write 500ms, 10s or 5m.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/output",
                title="--output that does not fit the command",
                why=(
                    "--output writes the files of one environment straight into a folder. `--output -` is "
                    "standard output, for `gen render` alone, and takes neither a format that is a document "
                    "nor credentials."
                ),
                fix="Give one --env, or a folder.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-file",
                title="File that does not exist",
                why="`gen explain FILE:LINE` explains a line of a rendered file.",
                fix="Correct the path, or render first.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-line",
                title="Line that does not exist",
                why="The file has fewer lines.",
                fix="Correct the line number.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-environment",
                title="File outside of every environment",
                why="gen cannot tell which environment the file belongs to.",
                fix="Give --env and --output.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/not-rendered",
                title="File that is no longer rendered",
                why="The environment's sources do not render to this file any more.",
                fix="Run `gen check` for the environment.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-target",
                title="Nothing has this name",
                why="`gen explain` takes a rendered line, a field of an object, a value or the id of a rule.",
                fix="Correct the spelling; the help line names the nearest.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/credentials",
                title="Incomplete credentials",
                why=(
                    "`gen seal` needs credentials, and GEN_REGISTRY_USERNAME and GEN_REGISTRY_PASSWORD "
                    "belong together."
                ),
                fix="Give --registry-credentials FILE, or set both variables.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/assignment",
                title="Not an assignment",
                why="`gen set` takes PATH=VALUE, with the path of a value as `gen explain` writes it.",
                fix="Write gen set image.tag=1.4.0 --env dev.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/standard-input",
                title="Standard input used twice",
                why="Only one of the two files can come from standard input.",
                fix="Give one of them as a file.",
                status=Exit.USAGE,
            ),
            Rule(
                "install/extra",
                title="Package that is not installed",
                why="The command needs an optional package.",
                fix="Install it with the command in the help line.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
    Section(
        title="gen itself",
        scope="gen",
        intro="",
        rules=(
            Rule(
                "internal/bug",
                title="Bug in gen",
                why="gen failed. This is not a mistake in your project.",
                fix="Please report it with the command that you ran.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)
