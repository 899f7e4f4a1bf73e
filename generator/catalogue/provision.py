"""What keeps an environment from being provisioned, and models from going into an image."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="Provisioning",
        scope="what `gen provision` builds",
        intro="`gen provision` prints a script; these are found before it is printed, or while it runs.",
        rules=(
            Rule(
                "usage/provision",
                title="Options of `gen provision` that exclude each other",
                why="--check only looks, --run runs, and --yes answers what --run asks.",
                fix="Give --check alone, or --run with or without --yes and --destroy.",
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
                title="Image that gen.yaml does not name",
                why="`gen provision` builds the image under the name and tag that the values hold.",
                fix="Add `pin` to gen.yaml, as the help lines show.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/nothing",
                title="Environment that runs nowhere",
                why=(
                    "An environment runs on kind where it renders the configuration of a kind cluster, and "
                    "on Azure where its values name an AKS cluster."
                ),
                fix="Render a kind configuration, or set the value that `provision.azure.cluster` names.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/step",
                title="Step that a script does not have",
                why="--step takes the names of steps, as the script shows them.",
                fix="Give one of the names in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/name",
                title="Name that Azure does not take",
                why="Azure refuses it after minutes, and `az` does not look before.",
                fix="Change the value as the message says.",
            ),
            Rule(
                "provision/image",
                title="Image that no container runs",
                why="The script would build an image that the cluster never asks for.",
                fix="Let `pin` in gen.yaml name the values that the container's image is made of.",
            ),
            Rule(
                "provision/character",
                title="Character that nobody sees in a script",
                why="A script is read before it runs, and control characters can hide parts of it.",
                fix="Take the character out of the value.",
            ),
            Rule(
                "provision/dockerfile",
                title="No Dockerfile",
                why="The image is built from it.",
                fix="Write one, or name it in gen.yaml under `provision.dockerfile`.",
            ),
            Rule(
                "provision/model",
                title="Model that the server would not serve",
                why=(
                    "TensorFlow Serving looks for NAME/NUMBER/saved_model.pb. Where it finds none it waits "
                    "for ever, without opening a port."
                ),
                fix="Lay the model out as the message says.",
            ),
            Rule(
                "provision/no-variables",
                title="Model without variables",
                why="A SavedModel keeps its weights in variables/, unless they were frozen into constants.",
                fix="Copy the whole exported folder, or leave it if the weights are constants.",
                severity=Severity.WARNING,
            ),
            Rule(
                "provision/model-elsewhere",
                title="Served model that is not in the folder of models",
                why="The server is asked for it, and it is not in the image; it may come from a volume.",
                fix="Put its versions into the folder, under the name that the values give it.",
                severity=Severity.WARNING,
            ),
            Rule(
                "provision/name-typed",
                title="Destruction that was not confirmed",
                why="What is destroyed does not come back, so its name has to be typed.",
                fix="Run the command again and type the name.",
                status=Exit.USAGE,
            ),
            Rule(
                "provision/failed",
                title="Step that failed",
                why="A command of the script ended with an error, which it has printed.",
                fix="Mend that, and run the same command again; steps that are done are passed over.",
            ),
            Rule(
                "provision/bash",
                title="No bash",
                why="The steps are written in bash.",
                fix="Install bash.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
)
