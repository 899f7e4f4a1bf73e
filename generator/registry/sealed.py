"""The sealed pull secret: which object it goes to, and the values layer that keeps it.

The ciphertext is an input, `values/_<env>.sealed.yaml`, because sealing is random and rendering is not. With
it stands what it was sealed for, so that a later change of name, namespace, scope or registry is an error
here rather than a Secret that the cluster never sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from generator.core import serialise
from generator.core.layout import File
from generator.core.paths import Path
from generator.diagnostics import Diagnostic
from generator.pipeline import Rendering

_ANNOTATION: Final = "sealedsecrets.bitnami.com/"


def label(file: File) -> str:
    """What a SealedSecret's ciphertext is bound to, by its scope: NAMESPACE/NAME, NAMESPACE, or nothing.

    The controller refuses to unseal for any other object
    (https://github.com/bitnami-labs/sealed-secrets, "Scopes").
    """
    annotations = (file.manifest.body.get("metadata") or {}).get("annotations") or {}
    identity = file.manifest.identity
    if annotations.get(f"{_ANNOTATION}cluster-wide") == "true":
        return ""
    if annotations.get(f"{_ANNOTATION}namespace-wide") == "true":
        return identity.namespace
    return f"{identity.namespace}/{identity.name}"


def find(rendering: Rendering) -> File | None:
    """The file of the SealedSecret that shows the sealed value; None where no template makes one."""
    ciphertext = _held(rendering).get("encryptedData")
    for file in rendering.files:
        if ciphertext and file.manifest.identity.kind == "SealedSecret":
            encrypted = (file.manifest.body.get("spec") or {}).get("encryptedData") or {}
            if ciphertext in encrypted.values():
                return file
    return None


def layer(place: Path, environment: str, ciphertext: str, label: str, server: str, note: str) -> str:
    """The text of the layer that puts the sealed value at a path; `note` says which certificate was used."""
    tree: Any = {"label": label, "loginServer": server}
    for key in reversed(place):
        tree = {key: tree}
    # The ciphertext stands last, where no frame around one of the others shows it.
    last = f"{'  ' * len(place)}encryptedData: {serialise.quoted(ciphertext)}\n"
    lines = (
        "# The pull secret, sealed: only the cluster that it was made for can open it. Commit this file,",
        "# and delete it when the environment no longer has a sealed pull secret.",
        f"# Made by gen seal --env {environment}, with {note}",
    )
    return "\n".join(lines) + "\n" + serialise.dump(tree) + last


def check(rendering: Rendering) -> Iterator[Diagnostic]:
    """The ways in which a sealed value is not for the object that it is rendered into."""
    named, file = rendering.settings.pull_secret, find(rendering)
    if named is None or named.sealed is None or file is None:
        return
    held = _held(rendering)
    for field, message, expected in (
        ("label", "the pull secret was sealed for another object, or another scope", label(file)),
        (
            "loginServer",
            "the sealed credentials are for another registry",
            rendering.values.get(named.login_server),
        ),
    ):
        if held.get(field) != expected:
            yield Diagnostic(
                "seal/other",
                f"{message}; the cluster could not use it",
                rendering.values.span((*named.sealed, field)),
                found=f'"{held.get(field)}"',
                expected=f'"{expected}"',
                help=f"seal it again: gen seal --env {rendering.environment} --certificate FILE",
            )


def _held(rendering: Rendering) -> dict[str, Any]:
    """The sealed value; empty where there is none."""
    named = rendering.settings.pull_secret
    found = rendering.values.get(named.sealed) if named and named.sealed else None
    return found if isinstance(found, dict) else {}
