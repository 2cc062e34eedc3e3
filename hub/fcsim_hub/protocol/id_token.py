"""Verifying what an identity provider signed: every check is ours, none is skipped when a member is absent
(OpenID Connect Core §3.1.3.7, §5.3.2; security-and-reliability H126–H130)."""

import base64
import hashlib
import hmac
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.util import json_b64decode

from fcsim_hub.domain.platforms import SigningAlg
from fcsim_hub.protocol.json_object import read_object

VerificationKey = ECKey | RSAKey | OctKey
FindKeys = Callable[[str | None], Iterable[VerificationKey]]
"""By `kid`: the keys to try, one after the other, for as long as none verifies."""
LEEWAY = 5
"""Seconds that a provider's clock may be ahead of ours."""
TOKEN_MAX = 262_144
"""As long as an answer may be."""


class _Registry(jws.JWSRegistry):
    # joserfc's own limits refuse a certificate chain in the header: what is ignored must not be refused (H127).
    max_header_length = max_payload_length = TOKEN_MAX


def read_claims(token: str, alg: SigningAlg, find_keys: FindKeys) -> dict[str, Any]:
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
    return read_object(_verified_payload(token, alg, find_keys(kid)), "the token's payload")


def _verified_payload(token: str, alg: SigningAlg, keys: Iterable[VerificationKey]) -> bytes:
    registry = _Registry(algorithms=[alg], strict_check_header=False)  # members nobody knows are ignored, RFC 7515 §4
    for key in keys:
        try:
            return jws.deserialize_compact(token, key, registry=registry).payload
        except BadSignatureError:
            continue
    raise ValueError(f"the token's {alg} signature does not verify with the provider's key")


def _read_header(token: str) -> Mapping[str, Any]:
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
    _check_issuer(claims, issuer, "id_token")
    if claims["aud"] not in (client_id, [client_id]):
        raise ValueError(f"the id_token's aud is {_shown(claims['aud'])}: expected {client_id!r} alone")
    if claims.get("azp", client_id) != client_id:
        raise ValueError(f"the id_token's azp is {_shown(claims['azp'])}: expected {client_id!r}")
    if claims["nonce"] != nonce:
        raise ValueError("the id_token's nonce is not the one sent")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise ValueError("the id_token's sub is not a text")
    _check_times(claims, now, "id_token")


def check_userinfo(claims: Mapping[str, Any], *, issuer: str, client_id: str, now: float) -> None:
    """Refuse a signed userinfo made by another, for another, or of another time; raises ValueError.

    It may leave all of them out: what it says is compared, what it does not say is not demanded (Core §5.3.2).
    """
    if "iss" in claims:
        _check_issuer(claims, issuer, "userinfo")
    audience = claims.get("aud", client_id)
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise ValueError(f"the userinfo's aud is {_shown(audience)}: expected {client_id!r}")
    _check_times(claims, now, "userinfo")


def check_at_hash(claims: Mapping[str, Any], access_token: str) -> None:
    """Refuse an id_token that came with another access token than this one, where it tells (Core §3.1.3.8).

    Every algorithm a provider may have (ES256, RS256, HS256) digests with SHA-256.
    """
    if "at_hash" not in claims:
        return
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    if not hmac.compare_digest(str(claims["at_hash"]).encode(errors="replace"), expected.encode()):
        raise ValueError("the id_token's at_hash is not that of the access_token beside it")


def _check_issuer(claims: Mapping[str, Any], issuer: str, what: str) -> None:
    if claims["iss"] != issuer:
        raise ValueError(f"the {what}'s iss is {_shown(claims['iss'])}: expected {issuer!r}")


def _check_times(claims: Mapping[str, Any], now: float, what: str) -> None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or value in (math.inf, -math.inf):
            raise ValueError(f"the {what}'s {name} is not a number of seconds")
    if "exp" in claims and claims["exp"] <= now:
        since = f"{now - claims['exp']:.0f} s ago" if claims["exp"] > 0 else "before 1970"
        raise ValueError(f"the {what} expired {since}")
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > now + LEEWAY:
        raise ValueError(f"the {what} comes from the future: compare the clocks")


def _shown(value: object) -> str:
    """What was received, in a text for the developer."""
    return repr(value)[:120]
