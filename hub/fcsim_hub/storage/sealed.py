"""Encryption at rest of what holds an identity or a private key (AES-256-GCM, as FranceConnect does its sessions)."""

import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


@dataclass(frozen=True)
class Seal:
    """Seals and opens byte strings with a key derived from the installation's secret."""

    secret: str = field(repr=False)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(hashlib.sha256(b"fcsim storage " + self.secret.encode()).digest())

    def close(self, plain: bytes) -> bytes:
        """The sealed form."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed, or None when it was sealed with another secret or damaged."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            return None


def digest(value: str) -> str:
    """What is stored of a code, a token or a session id: enough to find it, useless to replay it."""
    return hashlib.sha256(value.encode()).hexdigest()
