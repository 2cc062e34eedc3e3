"""Signing keys: made, read, published (service-provider-side §3.3)."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

RSA_BITS = 2048

KeyAlg = Literal["ES256", "RS256"]


@dataclass(frozen=True)
class SigningKey:
    """One key pair of a platform."""

    kid: str
    alg: str
    key: ECKey | RSAKey = field(repr=False)

    def public(self) -> dict[str, Any]:
        """The JWK to publish: public members only."""
        return {**self.key.as_dict(private=False), "kid": self.kid, "alg": self.alg, "use": "sig"}

    def private_document(self) -> bytes:
        """The whole key, to be sealed."""
        return json.dumps(self.key.as_dict(private=True)).encode()


@dataclass(frozen=True)
class KeyRing:
    """The keys of a platform that are valid now, newest first."""

    keys: tuple[SigningKey, ...]

    def signer(self, alg: str) -> SigningKey:
        """The key to sign with. Raises LookupError when the platform has none for this algorithm."""
        for key in self.keys:
            if key.alg == alg:
                return key
        raise LookupError(f"no signing key for {alg}")

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """The JWKS document."""
        return {"keys": [key.public() for key in self.keys]}

    def verifier(self) -> KeySet:
        """The public keys, to verify what this hub signed."""
        return KeySet.import_key_set(self.public())  # type: ignore[arg-type]  # a JWKS as plain dictionaries


def make_key(alg: str, kid: str) -> SigningKey:
    """A new key pair for an algorithm."""
    key: ECKey | RSAKey = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(RSA_BITS)
    return SigningKey(kid=kid, alg=alg, key=key)


def import_key(document: bytes) -> ECKey | RSAKey:
    """The key of a private document."""
    members = json.loads(document)
    return ECKey.import_key(members) if members["kty"] == "EC" else RSAKey.import_key(members)


def secret_key(client_secret: str) -> OctKey:
    """The key of HS256: the client's secret."""
    return OctKey.import_key(client_secret)
