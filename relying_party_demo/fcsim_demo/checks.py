"""What a careful relying party verifies besides what its library does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fcsim_demo.envelope import Opened
from fcsim_demo.refusal import AnswerRefused

LEEWAY_SECONDS = 5


@dataclass(frozen=True)
class Token:
    """A token as it came, out of its envelope, and verified."""

    received: str
    envelope: Mapping[str, Any] | None
    """The JWE header; None: it came in clear."""
    signed: str
    """The JWS: what a logout gives as a hint."""
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def verify(kind: str, received: str, opened: Opened, keys: Mapping[str, Any], alg: str) -> Token:
    """The header and claims of a token signed with the registered algorithm, by a published key."""
    try:
        read = jwt.decode(opened.signed, KeySet.import_key_set(keys), algorithms=[alg])  # type: ignore[arg-type]  # a JWKS as read
    except (JoseError, ValueError) as failure:
        raise AnswerRefused(kind, f"{type(failure).__name__}: expected a token signed with {alg}") from None
    return Token(received, opened.header, opened.signed, read.header, read.claims)


def check_audience(kind: str, claims: Mapping[str, Any], *, issuer: str, client_id: str, now: float) -> None:
    """iss, aud and exp of a token (OpenID Connect Core §3.1.3.7, §5.3.2)."""
    if claims.get("iss") != issuer:
        raise AnswerRefused(kind, f"iss is {claims.get('iss')!r}: expected {issuer!r}")
    if claims.get("aud") not in (client_id, [client_id]):
        raise AnswerRefused(kind, "aud is not this service")
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires + LEEWAY_SECONDS < now:
        raise AnswerRefused(kind, "exp is missing or past")


def check_level(claims: Mapping[str, Any], asked: str) -> None:
    """The level obtained is at least the weakest one this service needs, whatever a request asked for."""
    if str(claims.get("acr", "")) < min(asked.split(), default=""):
        raise AnswerRefused("acr", f"acr is {claims.get('acr')!r}: expected at least {asked}")


def check_same_person(id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> None:
    """userinfo speaks of the person of the id_token (OpenID Connect Core §5.3.2)."""
    if not userinfo.get("sub") or userinfo.get("sub") != id_token.get("sub"):
        raise AnswerRefused("userinfo", "sub differs from the id_token's")
