"""A sealed-secrets key pair of the tests' own, and the unsealing side of the format."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class KeyPair:
    """A private key and its self-signed certificate in PEM."""

    key: rsa.RSAPrivateKey
    certificate: str

    @property
    def private(self) -> str:
        """The key in PEM, as a Secret of type kubernetes.io/tls holds it."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()

    def unseal(self, sealed: str, label: str) -> bytes:
        """What the controller does; raises ValueError for another key or another label."""
        raw = base64.b64decode(sealed)
        length = int.from_bytes(raw[:2])
        padding = OAEP(MGF1(hashes.SHA256()), hashes.SHA256(), label.encode())
        session = self.key.decrypt(raw[2 : 2 + length], padding)
        return AESGCM(session).decrypt(bytes(12), raw[2 + length :], None)


def key_pair(ends: timedelta = timedelta(days=36500)) -> KeyPair:
    """A new key pair whose certificate ends so long after 2026."""
    key = rsa.generate_private_key(65537, 2048)
    return KeyPair(key, certificate(key, ends))


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, ends: timedelta) -> str:
    """A self-signed certificate in PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sealed-secrets")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(EPOCH - timedelta(days=999))
        .not_valid_after(EPOCH + ends)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
