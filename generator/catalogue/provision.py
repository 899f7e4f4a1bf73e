"""What keeps an environment from being provisioned, and models from going into an image."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="Provisioning",
        scope="what `gen provision` builds",
        intro=(
            "`gen provision` prints a script. These problems are found before it is printed, or while it "
            "runs."
        ),
        rules=(
            Rule(
                "usage/provision",
                title="Conflicting `gen provision` options",
                why="--check only checks, --run runs the script, and --yes answers the prompts of --run.",
                fix="Use --check alone, or --run with or without --yes and --destroy.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/not-approved",
                title="Step not approved",
                why="`gen provision --run` asks before each step, and its input ended without an answer.",
                fix="Run it on a terminal, or read the script and add --yes.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/settings",
                title="Missing `pin` in gen.yaml",
                why=(
                    "`gen provision` builds the image under the name and tag in the values, and gen.yaml "
                    "does not say which values these are."
                ),
                fix="Add `pin` to gen.yaml, as the help lines show.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/nothing",
                title="Environment without a cluster",
                why=(
                    "An environment runs on kind if it renders the configuration of a kind cluster, and on "
                    "Azure if its values name an AKS cluster."
                ),
                fix="Render a kind configuration, or set the value that `provision.azure.cluster` names.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/step",
                title="Unknown step",
                why="--step takes the names of steps as the script shows them.",
                fix="Use one of the names in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/name",
                title="Invalid Azure resource name",
                why="Azure rejects it after minutes, and `az` does not check it beforehand.",
                fix="Change the value as the message says.",
            ),
            Rule(
                "provision/image",
                title="Image not used by any container",
                why="The script would build an image that the cluster never requests.",
                fix="Let `pin` in gen.yaml name the values that make up the container's image.",
            ),
            Rule(
                "provision/character",
                title="Invisible character in a script",
                why="A script is read before it runs, and control characters can hide parts of it.",
                fix="Remove the character from the value.",
            ),
            Rule(
                "provision/dockerfile",
                title="Missing Dockerfile",
                why="The image is built from it.",
                fix="Add one, or name it under `provision.dockerfile` in gen.yaml.",
            ),
            Rule(
                "provision/model",
                title="Invalid model layout",
                why=(
                    "TensorFlow Serving looks for NAME/NUMBER/saved_model.pb. If it finds none, it waits "
                    "forever without opening a port."
                ),
                fix="Lay out the model as the message says.",
            ),
            Rule(
                "provision/no-variables",
                title="Model without variables",
                why="A SavedModel keeps its weights in variables/, unless they were frozen into constants.",
                fix="Copy the whole exported folder, or leave it as it is if the weights are constants.",
                severity=Severity.WARNING,
            ),
            Rule(
                "provision/model-elsewhere",
                title="Served model missing from the models folder",
                why="The server is told to serve it, but it is not in the image; it may come from a volume.",
                fix="Put its versions into the folder, under the model's name in the values.",
                severity=Severity.WARNING,
            ),
            Rule(
                "provision/name-typed",
                title="Destruction not confirmed",
                why="What is destroyed cannot be restored, so its name must be typed.",
                fix="Run the command again, and type the name.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/failed",
                title="Failed step",
                why="A command in the script ended with an error, which it has printed.",
                fix="Fix the error, and run the same command again; completed steps are skipped.",
            ),
            Rule(
                "provision/bash",
                title="Missing bash",
                why="The steps are written in bash.",
                fix="Install bash.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)
