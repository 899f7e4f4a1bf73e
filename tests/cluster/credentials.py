"""The keys and files with which the parts of one control plane know each other; made anew for each."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def service_account_key(path: Path) -> None:
    """The key that signs service account tokens, as PEM."""
    path.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )


def admin_token(path: Path) -> str:
    """A token for a cluster administrator, and the file that makes the API server know it."""
    token = secrets.token_hex(16)
    path.write_text(f"{token},admin,admin,system:masters\n", encoding="utf-8")
    return token


def kubeconfig(path: Path, server: str, authority: Path, token: str) -> None:
    """A kubeconfig with one context, `gen-test`; JSON is YAML. The server's certificate is verified."""
    name = "gen-test"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": server, "certificate-authority": str(authority)}},
        ],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
