"""Pull secrets, and Secrets in general."""

from __future__ import annotations

from typing import Final

from generator.catalogue.records import Rule, Section
from generator.diagnostics import Exit, Severity

SECTIONS: Final = (
    Section(
        title="The registry",
        scope="the pull secret",
        intro=(
            "See [registry.md](../how-to/registry.md). No message repeats a password, or any part of a file "
            "that may "
            "hold one."
        ),
        rules=(
            Rule(
                "registry/missing",
                title="Pull secret that is not there",
                why=(
                    "The environment needs a pull secret, and its file has not been written on this "
                    "machine. Everything else is rendered."
                ),
                fix="Render with --registry-credentials FILE.",
                severity=Severity.WARNING,
            ),
            Rule(
                "registry/credentials",
                title="Credentials that cannot be used",
                why=(
                    "What was given is not JSON, is in no known format, or holds no password. Azure shows a "
                    "password only once, and a docker config.json with a credential helper has none."
                ),
                fix=(
                    "Give what `az acr token create`, `az acr credential show` or `az acr login "
                    "--expose-token` prints."
                ),
            ),
            Rule(
                "registry/other-server",
                title="Credentials of another registry",
                why=(
                    "The credentials, or the file that was written earlier, are for another registry than "
                    "the values name."
                ),
                fix="Give credentials of that registry, or correct the values.",
                severity=Severity.WARNING,
            ),
            Rule(
                "registry/no-login-server",
                title="Pull secret without a registry",
                why="A template renders a pull secret, and the values do not say for which registry.",
                fix="Set the value that gen.yaml names under pullSecret.loginServer.",
            ),
            Rule(
                "registry/settings",
                title="gen.yaml does not say where the registry is",
                why=(
                    "A template makes a pull secret, and gen does not know which value holds the registry's"
                    " host."
                ),
                fix="Add `pullSecret` to gen.yaml, as the message shows.",
            ),
            Rule(
                "registry/expired",
                title="Credentials that have expired",
                why="The registry refuses them, and pods cannot pull.",
                fix="Create a new password with the command in the help line.",
            ),
            Rule(
                "registry/expires",
                title="Credentials that expire",
                why=(
                    "They work until the date in the message, or for three hours if they are a token of `az"
                    " acr login`. Pods that pull later fail."
                ),
                fix="Use a repository-scoped token, or plan to replace them.",
                severity=Severity.WARNING,
            ),
            Rule(
                "registry/unused",
                title="Credentials that are not needed",
                why="Credentials were given, and no template makes a Secret that they could fill.",
                fix="Leave them out, or render an environment that needs them.",
                severity=Severity.WARNING,
            ),
        ),
    ),
    Section(
        title="Tags and digests",
        scope="what a registry says of an image",
        intro="`gen pin` asks the registry that the values name, and writes nothing where it gets no answer.",
        rules=(
            Rule(
                "pin/settings",
                title="gen.yaml does not say where the image is",
                why="`gen pin` does not know which values hold the repository, the tag and the digest.",
                fix="Add `pin` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "pin/no-tag",
                title="No tag to look up",
                why="The values of the environment name no repository or no tag.",
                fix="Set it with `gen set`.",
            ),
            Rule(
                "pin/missing",
                title="Image that is not pinned",
                why="The values hold a tag without a digest, so another image can run with the same values.",
                fix="Run the command in the help line.",
            ),
            Rule(
                "pin/moved",
                title="Tag that has moved",
                why="The tag now points to another image than when it was pinned.",
                fix="Find out who moved it; then pin it again, or use a tag that does not move.",
            ),
            Rule(
                "promote/settings",
                title="gen.yaml does not say what is promoted",
                why="`gen promote` does not know which values were verified and are to be carried.",
                fix="Add `promote` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "promote/same",
                title="An environment promoted to itself",
                why="`gen promote` carries values from one environment to another.",
                fix="Name two environments.",
                status=Exit.USAGE,
            ),
            Rule(
                "promote/inherited",
                title="Value that cannot be carried",
                why="What TO inherits is merged with what would be written, so it would be neither.",
                fix="Set the value by hand, or take it out of the file that TO inherits it from.",
            ),
            Rule(
                "promote/record",
                title="Not a record of gen verify",
                why="`--verified` takes what `gen verify --env ENV --record FILE` wrote.",
                fix="Verify the environment again, with the command in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "promote/unverified",
                title="Not what was verified",
                why="The record does not hold what git has: images, values or answers differ.",
                fix="Deploy and verify the environment as it is in git; then promote it.",
            ),
            Rule(
                "registry/denied",
                title="Registry that refuses access",
                why="The registry requires credentials, or these are not allowed to pull the image.",
                fix="Give credentials of a user who may pull it.",
            ),
            Rule(
                "registry/no-image",
                title="Image that the registry does not have",
                why="Nodes could not pull it either.",
                fix="Correct the repository or the tag, or push the image.",
            ),
            Rule(
                "registry/platform",
                title="Image without the platform",
                why="Nodes of that platform could not run it.",
                fix="Build it for the platform.",
            ),
            Rule(
                "registry/busy",
                title="Registry that limits requests",
                why="Registries limit how often they can be queried, especially without credentials.",
                fix="Try again later.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "registry/answer",
                title="Answer that is not a registry's",
                why="The host answers with a page, an error or something else that is not a manifest.",
                fix="Check the host in the values.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "registry/unreachable",
                title="Registry that does not answer",
                why="The host is not known, cannot be reached, or ends the connection.",
                fix="Check the host, the network and the proxy.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
    Section(
        title="Secrets",
        scope="Secrets with data",
        intro="No Secret with data is written where git would commit it, whichever template makes it.",
        rules=(
            Rule(
                "secret/not-ignored",
                title="Secret that git does not ignore",
                why="The file would hold secret data, and the next `git add` would commit it.",
                fix="Add the line in the help to .gitignore.",
            ),
            Rule(
                "secret/committed",
                title="Committed value in a Secret",
                why="Everybody who can read the repository can read the value, and the history keeps it.",
                fix="Replace the value, and create the Secret by hand, as a SealedSecret, or with External "
                "Secrets Operator.",
            ),
            Rule(
                "secret/tracked",
                title="Secret that git tracks",
                why="The file holds secret data and is part of the repository; its history keeps it.",
                fix="Remove it with `git rm --cached`, ignore it, and replace the secret.",
            ),
            Rule(
                "secret/stream",
                title="Secret in the manifests for a pipe",
                why=(
                    "`gen render --output -` writes to standard output, which ends in logs and terminals. A "
                    "Secret with values in it is refused; a pull secret, which gen fills in files only, is "
                    "left out with a warning."
                ),
                fix="Render to a folder that git ignores, and apply the Secret from there.",
            ),
            Rule(
                "secret/no-repository",
                title="Secret outside of a repository",
                why="The folder is in no git repository, so gen cannot tell whether it will be published.",
                fix="Make sure that nobody else gets the folder, then use --unversioned.",
            ),
        ),
    ),
    Section(
        title="Sealing",
        scope="the sealed pull secret",
        intro="",
        rules=(
            Rule(
                "seal/other",
                title="Pull secret that was sealed for something else",
                why=(
                    "The sealed credentials belong to another namespace, name, scope or registry, so the "
                    "controller could not open them."
                ),
                fix="Seal them again with the command in the help line.",
            ),
            Rule(
                "seal/nothing",
                title="Nothing to seal",
                why="The environment renders no SealedSecret that holds the pull secret.",
                fix="Choose the sealed form in the values of the environment.",
                status=Exit.USAGE,
            ),
            Rule(
                "seal/settings",
                title="gen.yaml does not say where the sealed secret goes",
                why=(
                    "`gen seal` writes what it has encrypted into a values file, and does not know as which"
                    " value."
                ),
                fix="Add `pullSecret.sealed` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "seal/certificate",
                title="Certificate that cannot be used",
                why="The file is not a PEM certificate, has expired, or has no RSA key.",
                fix="Fetch the controller's certificate with the command in the help line.",
            ),
        ),
    ),
)
