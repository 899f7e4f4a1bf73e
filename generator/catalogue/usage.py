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
                title="Missing or unknown environment",
                why="The command works on environments and needs to know which.",
                fix="Pass --env NAME or --all. `gen list` shows the names.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/command",
                title="Unknown command",
                why="`gen help` shows help for gen or for one of its commands.",
                fix="Correct the name. `gen help` lists the commands.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/starter",
                title="Unknown starter",
                why="`gen init` creates a project from one of the starters that come with gen.",
                fix="Use one of the names in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/ci",
                title="Unknown CI system",
                why="`gen ci` and `gen init --ci` write pipelines for the CI systems that gen supports.",
                fix="Use one of the names in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "init/exists",
                title="File already exists",
                why=(
                    "Without --force, `gen init` and `gen ci` overwrite nothing: if a file exists, they "
                    "write no files at all."
                ),
                fix="Choose another folder, move the file away, or pass --force.",
            ),
            Rule(
                "usage/from",
                title="Invalid use of `--from`",
                why=(
                    "--from takes a file, a folder or - for standard input, once per environment, and cannot "
                    "be combined with --starter."
                ),
                fix="Correct the option as the message says.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/impact",
                title="Unknown impact",
                why="--fail-on takes a comma-separated list of impacts.",
                fix="Write, for example, `--fail-on refused,outage,exposure`.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/compare",
                title="Wrong number of environments",
                why="`gen compare` shows two environments side by side, or one field across many.",
                fix="Write, for example, `gen compare dev azure` or `gen compare --all --field image`.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/field",
                title="Unknown field",
                why="--field takes the end of a field path, such as image or resources.limits.cpu.",
                fix="Correct the path.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/shard",
                title="Invalid shard",
                why="--shard takes a share such as 3/10, the third of ten, and works only with --all.",
                fix="Write, for example, `--all --shard 3/10`.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/watch",
                title="Option incompatible with `--watch`",
                why="`gen render --watch` runs until it is interrupted, but a document has to end.",
                fix="Leave out `--output -` and --format; `--format concise` is allowed.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/duration",
                title="Invalid duration",
                why="A duration is a number with an optional unit.",
                fix="Write, for example, 500ms, 10s or 5m.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/output",
                title="Invalid use of `--output`",
                why=(
                    "--output writes the files of one environment directly into a folder. `--output -` "
                    "writes to standard output; it works only in `gen render`, and not with credentials or a "
                    "document format."
                ),
                fix="Pass one --env, or a folder.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-file",
                title="File not found",
                why="`gen explain FILE:LINE` explains a line of a rendered file.",
                fix="Correct the path, or render first.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-line",
                title="Line not found",
                why="The file has fewer lines than that.",
                fix="Correct the line number.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-environment",
                title="File outside any environment",
                why="gen cannot tell which environment the file belongs to.",
                fix="Pass --env and --output.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/not-rendered",
                title="File no longer rendered",
                why="The environment's sources no longer render to this file.",
                fix="Run `gen check` for the environment.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/no-target",
                title="Unknown name",
                why=(
                    "`gen explain` takes a rendered line, a field of an object, a value or the id of a rule, "
                    "and nothing has this name."
                ),
                fix="Correct the spelling; the help line shows the closest match.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/credentials",
                title="Incomplete credentials",
                why=(
                    "`gen seal` needs credentials, and GEN_REGISTRY_USERNAME and GEN_REGISTRY_PASSWORD must "
                    "be set together."
                ),
                fix="Pass --registry-credentials FILE, or set both variables.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/assignment",
                title="Invalid assignment",
                why="`gen set` takes PATH=VALUE, with the path of a value as `gen explain` prints it.",
                fix="Write, for example, `gen set image.tag=1.4.0 --env dev`.",
                status=Exit.USAGE,
            ),
            Rule(
                "usage/standard-input",
                title="Standard input used twice",
                why="Only one of the two files can be read from standard input.",
                fix="Pass one of them as a file.",
                status=Exit.USAGE,
            ),
            Rule(
                "install/extra",
                title="Optional package not installed",
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
                why="gen itself failed. This is not a mistake in your project.",
                fix="Please report it, with the command that you ran.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)
