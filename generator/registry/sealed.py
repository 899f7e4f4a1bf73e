"""The sealed pull secret: which object it goes to, and the values layer that keeps it.

The ciphertext is an input, `values/_<env>.sealed.yaml`, because sealing is random and rendering is not. With
it stands what it was sealed for, so that a later change of name, namespace, scope or registry is an error
here rather than a Secret that the cluster never sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from generator.core import serialise
from generator.core.layout import File
from generator.diagnostics import Diagnostic
from generator.pipeline import Rendering

PLACE: Final = ("registry", "pullSecret", "sealed")
_ANNOTATION: Final = "sealedsecrets.bitnami.com/"


def wanted(tree: Any) -> bool:
    """Whether values ask for a sealed pull secret."""
    return _mapping(tree, PLACE[:-1]).get("mode") == "sealed"


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


def layer(environment: str, ciphertext: str, label: str, server: str, note: str) -> str:
    """The text of the values layer; `note` says which certificate was used."""
    tree: Any = {"label": label, "loginServer": server}
    for key in reversed(PLACE):
        tree = {key: tree}
    # The ciphertext stands last, where no frame around one of the others shows it.
    last = f"{'  ' * len(PLACE)}encryptedData: {serialise.quoted(ciphertext)}\n"
    lines = (
        "# The pull secret, sealed: only the cluster that it was made for can open it. Commit this file,",
        "# and delete it where registry.pullSecret.mode is sealed no more.",
        f"# Made by gen seal --env {environment}, with {note}",
    )
    return "\n".join(lines) + "\n" + serialise.dump(tree) + last


def check(rendering: Rendering) -> Iterator[Diagnostic]:
    """The ways in which a sealed value is not for the object that it is rendered into."""
    file, held = find(rendering), _held(rendering)
    if file is None:
        return
    for field, message, expected in (
        ("label", "the pull secret was sealed for another object, or another scope", label(file)),
        ("loginServer", "the sealed credentials are for another registry", _server(rendering)),
    ):
        if held.get(field) != expected:
            yield Diagnostic(
                "seal/other",
                f"{message}; the cluster could not use it",
                rendering.values.span((*PLACE, field)),
                found=f'"{held.get(field)}"',
                expected=f'"{expected}"',
                help=f"seal it again: gen seal --env {rendering.environment} --certificate FILE",
            )


def _server(rendering: Rendering) -> Any:
    return rendering.values.tree[PLACE[0]].get("loginServer")


def _held(rendering: Rendering) -> dict[str, Any]:
    return _mapping(rendering.values.tree, PLACE)


def _mapping(tree: Any, path: Iterable[str]) -> dict[str, Any]:
    """The mapping at a path, empty where there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}
