"""Keys and signed answers of one provider."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

RSA_BITS = 2048
ALGORITHMS = ["HS256", "ES256", "RS256"]


@dataclass(frozen=True)
class SigningKey:
    """A key pair of one provider, for one algorithm."""

    kid: str
    alg: str
    key: ECKey | RSAKey

    def public(self) -> dict[str, Any]:
        """The JWK to publish."""
        return {**self.key.as_dict(private=False), "kid": self.kid, "alg": self.alg, "use": "sig"}

    def private_document(self) -> str:
        """The whole key, for this provider's own database."""
        return json.dumps(self.key.as_dict(private=True))


def make_key(alg: str, kid: str) -> SigningKey:
    """A new key pair."""
    key: ECKey | RSAKey = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(RSA_BITS)
    return SigningKey(kid, alg, key)


def read_key(kid: str, alg: str, document: str) -> SigningKey:
    """A stored key pair."""
    members = json.loads(document)
    return SigningKey(kid, alg, ECKey.import_key(members) if alg == "ES256" else RSAKey.import_key(members))


def sign(claims: Mapping[str, Any], alg: str, keys: Mapping[str, SigningKey], client_secret: str) -> str:
    """A compact JWS; HS256 is keyed with the hub's client secret."""
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False)
    if alg == "HS256":
        return jws.serialize_compact({"alg": alg}, payload, OctKey.import_key(client_secret), algorithms=ALGORITHMS)
    signer = keys[alg]
    return jws.serialize_compact({"alg": alg, "kid": signer.kid}, payload, signer.key, algorithms=ALGORITHMS)
