"""Encrypting to a registered party: which of its keys, and the JWE around the JWS (§9.3, §14; RFC 7516)."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from fcsim_hub.domain.key_sets import Jwk, usable_keys

KeySetDocument = Mapping[str, Any]
Key = ECKey | RSAKey


class NotAKeySet(ValueError):
    """The document is no JSON Web Key Set."""


class KeyUnusable(ValueError):
    """A key has the shape of one, and nothing can be encrypted with it: a modulus that is no product of primes."""


def read_key_set(document: bytes) -> KeySetDocument:
    """A JWKS as published; its keys are judged when one is needed. Raises NotAKeySet."""
    try:
        jwks = json.loads(document)
    except (ValueError, RecursionError):
        jwks = None
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise NotAKeySet("expected a JSON Web Key Set, found something else")
    return jwks


def pick_keys(jwks: KeySetDocument, alg: str, kid: str | None = None) -> tuple[Key, ...]:
    """The keys that fit an algorithm, best first; of one `kid` where it is given (a key without name may be it)."""
    named = (jwk for jwk in usable_keys(jwks, alg) if kid is None or jwk.get("kid", kid) == kid)
    return tuple(key for jwk in named if (key := _import(jwk)) is not None)


def _import(jwk: Jwk) -> Key | None:
    try:
        return ECKey.import_key(dict(jwk)) if jwk["kty"] == "EC" else RSAKey.import_key(dict(jwk))
    except (JoseError, ValueError, KeyError, TypeError):
        return None  # a point off its curve, members that are no numbers: as good as absent


def encrypt(signed: str, key: Key, *, alg: str, enc: str, more: Mapping[str, str] | None = None) -> str:
    """A compact JWE whose header is `alg`, `enc`, `more`, and `epk` where there is one. Raises KeyUnusable."""
    # iss and aud are claims replicated as header parameters (RFC 7519 §5.3): no registry lists them.
    registry = jwe.JWERegistry(algorithms=[alg, enc], strict_check_header=False)
    try:
        return jwe.encrypt_compact({"alg": alg, "enc": enc, **(more or {})}, signed, key, registry=registry)
    except (JoseError, ValueError) as failure:
        raise KeyUnusable(f"the key {key.kid!r} cannot be encrypted with: {failure}") from None


def encrypt_answer(signed: str, key: Key, *, alg: str, enc: str, issuer: str, client_id: str) -> str:
    """A signed answer to a service, encrypted: six header members, seven with `epk` (§9.3). Raises KeyUnusable."""
    kid = {"kid": key.kid} if key.kid else {}
    return encrypt(signed, key, alg=alg, enc=enc, more={"cty": "JWT", **kid, "iss": issuer, "aud": client_id})
