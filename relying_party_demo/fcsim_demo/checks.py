"""What a careful relying party verifies besides what its library does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

LEEWAY_SECONDS = 5


class AnswerRefused(Exception):
    """An answer of the hub that this service does not accept: `kind` names the rule, the text the fact."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Verified:
    """A signed token, opened."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def open_signed(kind: str, token: str, keys: Mapping[str, Any], alg: str) -> Verified:
    """The header and claims of a token signed with the registered algorithm, by a published key."""
    try:
        opened = jwt.decode(token, KeySet.import_key_set(keys), algorithms=[alg])  # type: ignore[arg-type]  # a JWKS as read
    except (JoseError, ValueError) as failure:
        raise AnswerRefused(kind, f"{type(failure).__name__}: expected a token signed with {alg}") from None
    return Verified(opened.header, opened.claims)


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
    """The level obtained is at least the weakest one asked."""
    if str(claims.get("acr", "")) < min(asked.split(), default=""):
        raise AnswerRefused("acr", f"acr is {claims.get('acr')!r}: expected at least {asked}")


def check_same_person(id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> None:
    """userinfo speaks of the person of the id_token (OpenID Connect Core §5.3.2)."""
    if not userinfo.get("sub") or userinfo.get("sub") != id_token.get("sub"):
        raise AnswerRefused("userinfo", "sub differs from the id_token's")
