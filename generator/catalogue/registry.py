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
            "that may contain one."
        ),
        rules=(
            Rule(
                "registry/missing",
                title="Missing pull secret",
                why=(
                    "The environment needs a pull secret, but its file has not been written on this machine. "
                    "Everything else is rendered."
                ),
                fix="Render with --registry-credentials FILE.",
                severity=Severity.WARNING,
            ),
            Rule(
                "registry/credentials",
                title="Unusable credentials",
                why=(
                    "The input is not JSON, is in no known format, or contains no password. Azure shows a "
                    "password only once, and a docker config.json with a credential helper has none."
                ),
                fix=(
                    "Pass the output of `az acr token create`, `az acr credential show` or `az acr login "
                    "--expose-token`."
                ),
            ),
            Rule(
                "registry/other-server",
                title="Credentials for another registry",
                why=(
                    "The credentials, or the file written earlier, are for a different registry than the one "
                    "in the values."
                ),
                fix="Pass credentials for that registry, or correct the values.",
                severity=Severity.WARNING,
            ),
            Rule(
                "registry/no-login-server",
                title="Pull secret without a registry",
                why="A template renders a pull secret, but the values do not say for which registry.",
                fix="Set the value that gen.yaml names under `pullSecret.loginServer`.",
            ),
            Rule(
                "registry/settings",
                title="Missing `pullSecret` in gen.yaml",
                why=(
                    "A template renders a pull secret, but gen does not know which value holds the "
                    "registry's host."
                ),
                fix="Add `pullSecret` to gen.yaml, as the message shows.",
            ),
            Rule(
                "registry/expired",
                title="Expired credentials",
                why="The registry rejects them, so pods cannot pull.",
                fix="Create a new password with the command in the help line.",
            ),
            Rule(
                "registry/expires",
                title="Expiring credentials",
                why=(
                    "They work until the date in the message, or for three hours if they are a token from "
                    "`az acr login`. Pods that pull later fail."
                ),
                fix="Use a repository-scoped token, or plan to replace them.",
                severity=Severity.WARNING,
            ),
            Rule(
                "registry/unused",
                title="Unused credentials",
                why="Credentials were given, but no template renders a Secret that they could fill.",
                fix="Leave them out, or render an environment that needs them.",
                severity=Severity.WARNING,
            ),
        ),
    ),
    Section(
        title="Tags and digests",
        scope="what a registry says about an image",
        intro="`gen pin` queries the registry named in the values, and writes nothing if it gets no answer.",
        rules=(
            Rule(
                "pin/settings",
                title="Missing `pin` in gen.yaml",
                why="`gen pin` does not know which values hold the repository, the tag and the digest.",
                fix="Add `pin` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "pin/no-tag",
                title="No tag to look up",
                why="The environment's values name no repository or no tag.",
                fix="Set it with `gen set`.",
            ),
            Rule(
                "pin/missing",
                title="Unpinned image",
                why=(
                    "The values hold a tag without a digest, so a different image can run with the same "
                    "values."
                ),
                fix="Run the command in the help line.",
            ),
            Rule(
                "pin/moved",
                title="Tag that has moved",
                why="The tag now points to a different image than when it was pinned.",
                fix="Find out who moved it. Then pin it again, or use a tag that does not move.",
            ),
            Rule(
                "promote/settings",
                title="Missing `promote` in gen.yaml",
                why="`gen promote` does not know which values were verified and should be copied.",
                fix="Add `promote` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "promote/same",
                title="Environment promoted to itself",
                why="`gen promote` copies values from one environment to another.",
                fix="Name two different environments.",
                status=Exit.USAGE,
            ),
            Rule(
                "promote/inherited",
                title="Value that cannot be promoted",
                why=(
                    "What TO inherits would be merged with the promoted value, so the result would be "
                    "neither."
                ),
                fix="Set the value by hand, or remove it from the file that TO inherits it from.",
            ),
            Rule(
                "promote/record",
                title="Invalid verification record",
                why="`--verified` takes a file that `gen verify --env ENV --record FILE` wrote.",
                fix="Verify the environment again, with the command in the help line.",
                status=Exit.USAGE,
            ),
            Rule(
                "promote/unverified",
                title="Environment that differs from its verification record",
                why="The record does not match what is in git: images, values or answers differ.",
                fix="Deploy and verify the environment as it is in git, then promote it.",
            ),
            Rule(
                "registry/denied",
                title="Registry access denied",
                why="The registry requires credentials, or the given ones may not pull the image.",
                fix="Pass the credentials of a user who may pull it.",
            ),
            Rule(
                "registry/no-image",
                title="Image not found in the registry",
                why="Nodes could not pull it either.",
                fix="Correct the repository or the tag, or push the image.",
            ),
            Rule(
                "registry/platform",
                title="Image not available for the platform",
                why="Nodes of that platform could not run it.",
                fix="Build it for the platform.",
            ),
            Rule(
                "registry/busy",
                title="Registry rate limit reached",
                why="Registries limit how often they can be queried, especially without credentials.",
                fix="Try again later.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "registry/answer",
                title="Unexpected registry response",
                why="The host responds with a web page, an error or something else that is not a manifest.",
                fix="Check the host in the values.",
                status=Exit.UNKNOWN,
            ),
            Rule(
                "registry/unreachable",
                title="Unreachable registry",
                why="The host is unknown, cannot be reached, or closes the connection.",
                fix="Check the host, the network and the proxy.",
                status=Exit.UNKNOWN,
            ),
        ),
    ),
    Section(
        title="Secrets",
        scope="Secrets with data",
        intro="gen never writes a Secret with data where git would commit it, whichever template renders it.",
        rules=(
            Rule(
                "secret/not-ignored",
                title="Secret not ignored by git",
                why="The file would contain secret data, and the next `git add` would include it.",
                fix="Add the line from the help to .gitignore.",
            ),
            Rule(
                "secret/committed",
                title="Secret value committed to git",
                why="Anyone who can read the repository can read the value, and the history keeps it.",
                fix="Replace the value, and create the Secret by hand, as a SealedSecret, or with External "
                "Secrets Operator.",
            ),
            Rule(
                "secret/tracked",
                title="Secret tracked by git",
                why="The file contains secret data and is part of the repository, and the history keeps it.",
                fix="Remove it with `git rm --cached`, ignore it, and replace the secret.",
            ),
            Rule(
                "secret/stream",
                title="Secret on standard output",
                why=(
                    "`gen render --output -` writes to standard output, which ends up in logs and terminals. "
                    "A Secret with values in it is an error; a pull secret, which gen fills only in files, "
                    "is left out with a warning."
                ),
                fix="Render to a folder that git ignores, and apply the Secret from there.",
            ),
            Rule(
                "secret/no-repository",
                title="Secret outside a repository",
                why="The folder is not in a git repository, so gen cannot tell whether it will be published.",
                fix="Make sure that nobody else has access to the folder, then use --unversioned.",
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
                title="Pull secret sealed for another target",
                why=(
                    "The sealed credentials belong to another namespace, name, scope or registry, so the "
                    "controller could not unseal them."
                ),
                fix="Seal them again with the command in the help line.",
            ),
            Rule(
                "seal/nothing",
                title="Nothing to seal",
                why="The environment renders no SealedSecret for the pull secret.",
                fix="Choose the sealed form in the environment's values.",
                status=Exit.USAGE,
            ),
            Rule(
                "seal/settings",
                title="Missing `pullSecret.sealed` in gen.yaml",
                why=(
                    "`gen seal` writes the encrypted credentials to a values file, but does not know which "
                    "value to set."
                ),
                fix="Add `pullSecret.sealed` to gen.yaml, as the message shows.",
                status=Exit.USAGE,
            ),
            Rule(
                "seal/certificate",
                title="Unusable certificate",
                why="The file is not a PEM certificate, has expired, or has no RSA key.",
                fix="Fetch the controller's certificate with the command in the help line.",
            ),
        ),
    ),
)
