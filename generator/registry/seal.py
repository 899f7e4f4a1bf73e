"""Sealing bytes for the sealed-secrets controller, so that nobody but it can read them.

The format (https://github.com/bitnami-labs/sealed-secrets/blob/main/docs/developer/crypto.md): the length of
the wrapped key in two bytes, a new AES-256 key wrapped with RSA-OAEP (SHA-256, the scope as its label), and
the bytes under AES-GCM. The nonce is zero, because no key is used twice.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from generator.diagnostics import Diagnostic, DiagnosticError, Source, not_installed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


_ASK: Final = (
    "ask the controller for the one it uses now: kubectl get --raw "
    "/api/v1/namespaces/kube-system/services/sealed-secrets-controller:http/proxy/v1/cert.pem"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The controller's public key, and what people tell certificates apart by."""

    key: RSAPublicKey
    fingerprint: str  # SHA-256, hexadecimal
    ends: datetime

    def __str__(self) -> str:
        return f"the certificate {self.fingerprint[:16]}, valid until {self.ends:%Y-%m-%d}"


def certificate(source: Source, text: bytes, now: float) -> Certificate:
    """The certificate in a PEM text; `now` in seconds since 1970.

    Raises `DiagnosticError` for what is none, has ended, or is not RSA.
    """
    x509, hashes, rsa = _cryptography()
    try:
        read = x509.load_pem_x509_certificate(text)
    except ValueError:
        raise _refused(source, "it does not hold a certificate in PEM form", _ASK) from None
    ends: datetime = read.not_valid_after_utc
    if ends.timestamp() < now:
        raise _refused(source, f"the certificate expired on {ends:%Y-%m-%d}", _ASK)
    key = read.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise _refused(source, "the certificate holds no RSA key, which sealing needs")
    return Certificate(key, read.fingerprint(hashes.SHA256()).hex(), ends)


def seal(content: bytes, by: Certificate, label: str) -> str:
    """The content sealed for a label, in base64."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = os.urandom(32)
    padding = OAEP(MGF1(hashes.SHA256()), hashes.SHA256(), label.encode())
    wrapped = by.key.encrypt(key, padding)
    sealed = AESGCM(key).encrypt(bytes(12), content, None)
    return base64.b64encode(len(wrapped).to_bytes(2) + wrapped + sealed).decode()


def _cryptography() -> tuple[Any, Any, Any]:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError as error:
        raise not_installed("sealing", error, "seal") from None
    return x509, hashes, rsa


def _refused(source: Source, message: str, help: str = "") -> DiagnosticError:
    problem = Diagnostic("seal/certificate", f"{source.path}: {message}", source.span(), help=help)
    return DiagnosticError([problem])
