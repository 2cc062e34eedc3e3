"""The private keys of the demo services: stable across restarts, because the hub keeps a published key for ten minutes.

An elliptic key is a number below the order of its curve, so it is derived from the installation's secret and nothing
is kept. An RSA key is two primes that a library draws: deriving them would mean writing our own search for primes, so
it is drawn once and kept in a file, sealed with the same secret. Without a folder it lives in memory alone: a restart
then makes a new one, and for up to ten minutes the hub encrypts to the old.
"""

import hashlib
import logging
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import ECKey, RSAKey

log = logging.getLogger("fcsim.demo")

Key = ECKey | RSAKey
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RSA_BITS = 2048
SIGNING_ALG = "ES256"


@dataclass
class DemoKeys:
    """The keys of one installation, each made at its first use."""

    secret: str
    folder: Path | None = None
    """Where RSA keys are kept; none: in memory alone."""
    _drawn: dict[str, RSAKey] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def encryption(self, owner: str, alg: str) -> Key:
        """The key that opens what is encrypted to `owner` with `alg`: one for each, so that its `alg` is certain."""
        return self._derived(f"{owner}/{alg}") if alg.startswith("ECDH") else self._rsa(f"{owner}/{alg}")

    def signing(self, owner: str) -> ECKey:
        """The key that signs what `owner` says of itself (private_key_jwt)."""
        return self._derived(f"{owner}/{SIGNING_ALG}")

    def _derived(self, label: str) -> ECKey:
        number = int.from_bytes(hashlib.sha512(f"{label}:{self.secret}".encode()).digest()) % (P256_ORDER - 1) + 1
        return ECKey.import_key(ec.derive_private_key(number, ec.SECP256R1()))

    def _rsa(self, label: str) -> RSAKey:
        with self._lock:
            if label not in self._drawn:
                self._drawn[label] = RSAKey.import_key(self._kept(label) if self.folder else _draw())
            return self._drawn[label]

    def _kept(self, label: str) -> rsa.RSAPrivateKey:
        """The key of a file only its owner reads; of several processes at the first start, one makes it."""
        folder = self.folder or Path()
        file, password = folder / f"{label.replace('/', '-')}.pem", self.secret.encode()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if (known := _read(file, password)) is None:
                _write_once(file, password)
                known = _read(file, password)
        except OSError as failure:
            log.warning("%s cannot keep a key (%s): it changes with each start", folder, failure.strerror)
            known = None
        return known or _draw()


def published(key: Key, *, use: str, alg: str) -> dict[str, Any]:
    """The public half, as a JWKS holds it; its `kid` is its thumbprint, so that a new key never bears an old name."""
    return {**key.as_dict(private=False), "use": use, "alg": alg, "kid": key.thumbprint()}


def _draw() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, RSA_BITS)


def _read(file: Path, password: bytes) -> rsa.RSAPrivateKey | None:
    """None: there is none, or it was sealed with another secret and is of no use any more."""
    try:
        found = load_pem_private_key(file.read_bytes(), password)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        file.unlink(missing_ok=True)
        return None
    return found if isinstance(found, rsa.RSAPrivateKey) else None


def _write_once(file: Path, password: bytes) -> None:
    sealed = _draw().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(sealed)
    try:
        os.link(draft, file)  # fails when another process was first: its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
