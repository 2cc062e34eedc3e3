"""JSON Web Key Sets of registered parties: which keys may be used, and for what (RFC 7517; H074)."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from fcsim_hub.domain.records import InvalidField

Jwk = Mapping[str, Any]

RSA_BITS_MIN = 2048
CURVES = ("P-256", "P-384", "P-521")
PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
SIGNING_ALGS = ("ES256", "RS256")
_TEXTS = ("kty", "kid", "use", "alg", "crv")
KEY_TYPES: Mapping[str, str] = {
    "ECDH-ES": "EC",
    "RSA-OAEP": "RSA",
    "RSA-OAEP-256": "RSA",
    "ES256": "EC",
    "RS256": "RSA",
}
"""Algorithm -> the `kty` it needs."""


def find_weakness(jwk: object) -> tuple[str, str] | None:
    """What was expected of a key and what was found, or None: the key may be used."""
    if not isinstance(jwk, Mapping) or "kty" not in jwk or not all(isinstance(jwk.get(one, ""), str) for one in _TEXTS):
        return "a JSON Web Key", "something else"
    if jwk["kty"] == "oct":
        return "a public key", "a shared secret (kty oct)"
    if private := [name for name in PRIVATE_MEMBERS if name in jwk]:
        return "public members only", f"the private member {private[0]!r}"
    if jwk["kty"] == "RSA" and (bits := _modulus_bits(jwk)) < RSA_BITS_MIN:
        return f"an RSA key of {RSA_BITS_MIN} bits or more", f"{bits} bits"
    if jwk["kty"] == "EC" and jwk.get("crv") not in CURVES:
        return f"a curve among {', '.join(CURVES)}", repr(jwk.get("crv"))[:40]
    return None


def _modulus_bits(jwk: Jwk) -> int:
    try:
        modulus = base64.urlsafe_b64decode(f"{jwk['n']}==")
    except (KeyError, ValueError, binascii.Error):
        return 0
    return int.from_bytes(modulus).bit_length()


def check_key_set(key: str, jwks: Mapping[str, Any]) -> None:
    """Refuse a set that holds a key nobody should publish; raises InvalidField with the rank of the key."""
    keys = jwks.get("keys")
    if not isinstance(keys, list | tuple) or not keys:
        raise InvalidField(f"{key}.keys", "a list of public keys", "none")
    seen: set[object] = set()
    for rank, jwk in enumerate(keys):
        if weakness := find_weakness(jwk):
            raise InvalidField(f"{key}.keys.{rank}", *weakness)
        kid = jwk.get("kid")
        if kid is not None and (not isinstance(kid, str) or kid in seen):
            raise InvalidField(f"{key}.keys.{rank}.kid", "a text of this key alone", repr(kid)[:80])
        seen.add(kid)


def usable_keys(jwks: Mapping[str, Any], alg: str) -> Iterator[Jwk]:
    """The keys of a set that fit an algorithm, those that say so themselves first; the others are passed over."""
    use = "sig" if alg in SIGNING_ALGS else "enc"
    curves = CURVES[:1] if alg == "ES256" else CURVES
    fitting = [
        jwk
        for jwk in jwks.get("keys", ())
        if find_weakness(jwk) is None
        and jwk["kty"] == KEY_TYPES[alg]
        and (jwk["kty"] != "EC" or jwk["crv"] in curves)
        and jwk.get("use", use) == use
        and jwk.get("alg", alg) == alg
    ]
    yield from sorted(fitting, key=lambda jwk: ("use" not in jwk) + ("alg" not in jwk))
