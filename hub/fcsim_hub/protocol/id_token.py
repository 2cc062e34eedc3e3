"""Verifying what an identity provider signed: every check is ours, none is skipped when a member is absent
(OpenID Connect Core §3.1.3.7; security-and-reliability H126–H130)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from fcsim_hub.domain.platforms import SigningAlg

VerificationKey = ECKey | RSAKey | OctKey
LEEWAY = 5
"""Seconds that a provider's clock may be ahead of ours."""
TOKEN_MAX = 65_536
_HARMLESS_HEADERS = frozenset({"alg", "kid", "typ", "cty"})


def read_claims(token: str, alg: SigningAlg, find_key: Callable[[str | None], VerificationKey]) -> dict[str, Any]:
    """The claims of a JWS made with exactly this algorithm; raises JoseError or ValueError."""
    if len(token) > TOKEN_MAX or token.count(".") != 2:
        raise ValueError("the token is not a signed JWT of three parts")
    header = _read_header(token)
    if header.get("alg") != alg:
        raise ValueError(f"the token is signed with {str(header.get('alg'))[:16]!r}: expected {alg}")
    if "crit" in header or "b64" in header or "zip" in header:
        raise ValueError("the token's header asks for an extension")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise ValueError("the token's kid is not a text")
    payload = jws.deserialize_compact(token, find_key(kid), algorithms=[alg]).payload
    claims = json.loads(payload)
    if not isinstance(claims, dict):
        raise ValueError("the token's payload is not an object")
    return claims


def _read_header(token: str) -> Mapping[str, Any]:
    from joserfc.util import json_b64decode

    try:
        header = json_b64decode(token.partition(".")[0].encode())
    except (ValueError, JoseError, RecursionError):
        raise ValueError("the token's header is not readable") from None
    if not isinstance(header, dict):
        raise ValueError("the token's header is not an object")
    # jku, jwk, x5u, x5c are ignored: keys come from the registered JWKS only.
    return header


def check_id_token(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: float) -> None:
    """Refuse an id_token that is not for this login; raises ValueError."""
    for name in ("iss", "sub", "aud", "exp", "iat", "nonce"):
        if name not in claims:
            raise ValueError(f"the id_token has no {name}")
    if claims["iss"] != issuer:
        raise ValueError(f"the id_token's iss is {str(claims['iss'])[:120]!r}: expected {issuer!r}")
    if claims["aud"] not in (client_id, [client_id]):
        raise ValueError("the id_token's aud is not exactly this hub's client_id")
    if claims.get("azp", client_id) != client_id:
        raise ValueError("the id_token's azp is another client")
    if claims["nonce"] != nonce:
        raise ValueError("the id_token's nonce is not the one sent")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise ValueError("the id_token's sub is not a text")
    _check_times(claims, now)


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"the id_token's {name} is not a number")
    if claims["exp"] <= now:
        raise ValueError(f"the id_token expired {now - claims['exp']:.0f} s ago")
    if max(claims["iat"], claims.get("nbf", 0)) > now + LEEWAY:
        raise ValueError("the id_token comes from the future")
