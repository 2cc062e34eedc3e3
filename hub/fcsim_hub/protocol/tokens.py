"""What the hub signs: id_token and userinfo (service-provider-side §9.3, §10.1)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import jws
from joserfc.jwk import OctKey

from fcsim_hub.domain.platforms import IdTokenMember, SigningAlg
from fcsim_hub.protocol.keys import KeyRing

ALGORITHMS = ["HS256", "ES256", "RS256"]


def id_token_claims(
    *,
    members: Iterable[IdTokenMember],
    issuer: str,
    client_id: str,
    sub: str,
    nonce: str,
    acr: str,
    auth_time: int,
    now: int,
    lifetime: int,
    amr: tuple[str, ...] | None,
) -> dict[str, Any]:
    """Exactly the members of the platform, and `amr` when asked: no at_hash, no sid, no azp, no identity.

    A nonce that was not sent is not answered.
    """
    known: dict[IdTokenMember, Any] = {
        "sub": sub,
        "acr": acr,
        "auth_time": auth_time,
        "nonce": nonce,
        "aud": client_id,
        "exp": now + lifetime,
        "iat": now,
        "iss": issuer,
    }
    claims: dict[str, Any] = {name: known[name] for name in members if name != "nonce" or nonce}
    return claims | ({"amr": list(amr)} if amr is not None else {})


def userinfo_claims(
    released: Mapping[str, object], *, issuer: str, client_id: str, sub: str, now: int, expires_at: int
) -> dict[str, Any]:
    """The released claims between the members every userinfo has."""
    return {"sub": sub, **released, "aud": client_id, "exp": expires_at, "iat": now, "iss": issuer}


def sign(claims: Mapping[str, Any], alg: SigningAlg, keys: KeyRing, client_secret: str) -> str:
    """A compact JWS whose header is exactly `alg` and `kid` (`alg` alone for HS256: a shared secret has no kid)."""
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False)
    if alg == "HS256":
        return jws.serialize_compact({"alg": alg}, payload, OctKey.import_key(client_secret), algorithms=ALGORITHMS)
    signer = keys.signer(alg)
    return jws.serialize_compact({"alg": alg, "kid": signer.kid}, payload, signer.key, algorithms=ALGORITHMS)
