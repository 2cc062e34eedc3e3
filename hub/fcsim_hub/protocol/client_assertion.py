"""private_key_jwt: a signed statement by which a service proves who it is (§15.4; RFC 7523 §3; H069–H073).

The checks are in the order of FranceConnect's library; the signature comes before the replay, so that a stranger
cannot spend the `jti` of somebody else.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import json_b64decode

from fcsim_hub.domain.errors.assertion import (
    AssertionAlgWrong,
    AssertionAudienceMissing,
    AssertionAudienceWrong,
    AssertionExpired,
    AssertionIssuerWrong,
    AssertionJtiMissing,
    AssertionRefused,
)
from fcsim_hub.protocol.encryption import Key

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_MAX = 16_384
LEEWAY = 10
"""Seconds that a service's clock may be ahead of ours (FAPI 2.0 §5.3.2.1; H070)."""
SECONDS_MAX = 2**53
"""Beyond, a number is no time; Infinity and NaN, which JSON readers take, are not below."""


@dataclass(frozen=True)
class Assertion:
    """A decoded assertion: it proves nothing before its signature is verified."""

    text: str
    alg: str
    kid: str | None
    claims: Mapping[str, Any]

    @property
    def client_id(self) -> str:
        """Who it says it is: its `sub`."""
        return str(self.claims["sub"])

    @property
    def jti(self) -> str:
        """Its own name, never used again by this service."""
        return str(self.claims["jti"])

    @property
    def expires_at(self) -> float:
        """Seconds since the epoch."""
        return float(self.claims["exp"])


def read_assertion(text: str) -> Assertion:
    """Header and claims of an assertion, nothing believed yet. Raises AssertionRefused."""
    try:
        if len(text) > ASSERTION_MAX or text.count(".") != 2:
            raise ValueError("not a signed JWT of three parts")
        header = json_b64decode(text.partition(".")[0].encode())
        claims = json.loads(jws.extract_compact(text.encode()).payload)
        alg, kid = header["alg"], header.get("kid")
        if not isinstance(alg, str) or not isinstance(kid, str | None) or not isinstance(claims, dict):
            raise ValueError("members of the wrong type")
        if {"crit", "b64", "zip"} & set(header):
            raise ValueError("a header that asks for an extension")
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise AssertionRefused("client_assertion is not a signed JWT", reason="invalid JWT") from None
    if not _is_text(claims.get("sub")):
        missing = "sub (JWT subject) must be provided in the client_assertion JWT"
        raise AssertionRefused("client_assertion has no sub", reason=missing)
    return Assertion(text, alg, kid, claims)


def _is_text(value: object) -> bool:
    """A text that a database and a digest can take: JSON lets half a character through."""
    return isinstance(value, str) and bool(value) and value.isprintable()


def check_assertion(
    assertion: Assertion, *, client_id: str, audiences: Collection[str], lists: bool, algs: Collection[str], now: float
) -> None:
    """Refuse an assertion that is not for this hub, now. `audiences`: this hub's names; `lists`: among others, too."""
    claims = assertion.claims
    if assertion.alg not in algs:
        raise AssertionAlgWrong(f"alg is {assertion.alg[:16]!r}: expected {' or '.join(algs)}")
    if "exp" not in claims:
        raise AssertionExpired("client_assertion has no exp")
    if not _is_text(claims.get("jti")):
        raise AssertionJtiMissing("client_assertion has no jti")
    if claims.get("iss") != client_id or assertion.client_id != client_id:
        raise AssertionIssuerWrong("iss and sub of client_assertion are not both the client_id")
    if not claims.get("aud"):
        raise AssertionAudienceMissing("client_assertion has no aud")
    if not _is_meant_for(claims["aud"], audiences, lists=lists):
        raise AssertionAudienceWrong(f"aud of client_assertion: expected {' or '.join(audiences)}")
    _check_times(claims, now)


def _is_meant_for(audience: object, audiences: Collection[str], *, lists: bool) -> bool:
    if isinstance(audience, list):
        return lists and any(one in audiences for one in audience if isinstance(one, str))
    return audience in audiences


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < SECONDS_MAX:
            wrong = AssertionExpired if name == "exp" else AssertionRefused
            raise wrong(f"{name} of client_assertion is not a number", reason=f"invalid {name} value")
    if claims["exp"] <= now:
        raise AssertionExpired(f"client_assertion expired {now - claims['exp']:.0f} s ago", reason="jwt expired")
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > now + LEEWAY:
        raise AssertionRefused("client_assertion comes from the future", reason="jwt not active yet")


def verify_assertion(assertion: Assertion, keys: Iterable[Key]) -> None:
    """Refuse an assertion that none of these keys signed. Raises AssertionRefused."""
    for key in keys:
        try:
            jws.deserialize_compact(assertion.text, key, algorithms=[assertion.alg])
        except (JoseError, ValueError):
            continue
        return
    raise AssertionRefused(
        "no published key of the client verifies client_assertion: compare its alg and kid with the key set",
        reason="invalid signature",
    )
