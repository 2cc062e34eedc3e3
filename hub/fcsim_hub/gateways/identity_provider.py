"""The hub as OpenID client of the identity providers (inside-the-hub §3.2, §3.4–§3.7)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from joserfc.errors import JoseError

from fcsim_hub.domain.errors.provider import ProviderTokenFailed, ProviderTokenShape, ProviderUserinfoFailed
from fcsim_hub.domain.journey import Departure
from fcsim_hub.domain.platforms import SigningAlg
from fcsim_hub.domain.providers import Encryption, Provider
from fcsim_hub.gateways.http import Answer, HttpCaller, OutboundFailure
from fcsim_hub.gateways.provider_keys import ProviderKeys
from fcsim_hub.protocol.decryption import DecryptionRing, check_not_encrypted, open_token
from fcsim_hub.protocol.id_token import check_at_hash, check_id_token, check_userinfo, read_claims
from fcsim_hub.protocol.json_object import read_object


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a provider's token endpoint gave, verified."""

    access_token: str
    id_token: str
    sub: str
    acr: str
    rep_scope: tuple[str, ...]


def authorize_url(
    provider: Provider, departure: Departure, *, scope: str, redirect_uri: str, mandates: Sequence[str] = ()
) -> str:
    """Where the citizen is sent: exactly these parameters, whatever the service asked (§3.2).

    `mandates`: the perimeters the service accepts, asked of a provider of helpers alone.
    """
    members = {
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": scope,
        "acr_values": departure.asked,
        "state": departure.state,
        "nonce": departure.nonce,
        "prompt": "login",
    }
    if provider.asks_mandate:
        rep_scope = {"essential": True, "values": list(mandates)}
        members["claims"] = json.dumps({"id_token": {"rep_scope": rep_scope}}, ensure_ascii=False)
    query = urlencode(members)
    separator = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{separator}{query}"


@dataclass(frozen=True)
class ProviderClient:
    """Talks to the providers' back channels."""

    http: HttpCaller
    keys: ProviderKeys
    own_keys: Callable[[], DecryptionRing]
    """What opens an encrypted answer: read when it has come, because the keys may have changed meanwhile."""

    def redeem(self, provider: Provider, departure: Departure, code: str, *, redirect_uri: str, now: float) -> Tokens:
        """Code for tokens. Raises ProviderTokenFailed (Y020026), ProviderTokenShape (Y020030)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
        }
        try:
            members = _read_json(self.http.post_form(provider.token_endpoint, form), "the token endpoint")
            _check_token_type(members)
            id_token = members.get("id_token")
            if not isinstance(id_token, str) or not id_token:
                raise ValueError("the token endpoint's answer has no id_token")
            signed = self._opened(id_token, provider.id_token_encryption)
            claims = self._verified(provider, signed, provider.id_token_alg, now)
            check_id_token(claims, issuer=provider.issuer, client_id=provider.client_id, nonce=departure.nonce, now=now)
            tokens = _read_tokens(provider, members | {"id_token": signed}, claims)
            check_at_hash(claims, tokens.access_token)
        except (OutboundFailure, JoseError, ValueError) as failure:
            raise ProviderTokenFailed(f"{provider.name}: {_reason(failure)}") from failure
        return tokens

    def fetch_identity(self, provider: Provider, access_token: str, now: float) -> dict[str, Any]:
        """The identity claims, signature verified. Raises ProviderUserinfoFailed (Y020027)."""
        try:
            answer = self.http.get(provider.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
            alg = provider.userinfo_signed_response_alg
            is_jwt = answer.content_type.partition(";")[0].strip().lower() == "application/jwt"
            _check_status(answer, "userinfo")
            if is_jwt != bool(alg):
                raise ValueError(f"userinfo answered {answer.content_type!r}, registered for {alg or 'plain JSON'}")
            if not alg:
                return read_object(answer.body, "userinfo's answer")
            signed = self._opened(answer.text.strip(), provider.userinfo_encryption)
            claims = self._verified(provider, signed, alg, now)
            check_userinfo(claims, issuer=provider.issuer, client_id=provider.client_id, now=now)
            return claims
        except (OutboundFailure, JoseError, ValueError) as failure:
            raise ProviderUserinfoFailed(f"{provider.name}: {_reason(failure)}") from failure

    def _opened(self, token: str, encryption: Encryption | None) -> str:
        """The signed token: opened where it is registered encrypted, refused encrypted elsewhere."""
        if encryption is None:
            check_not_encrypted(token)
            return token
        return open_token(token, encryption.alg, encryption.enc, self.own_keys())

    def _verified(self, provider: Provider, signed: str, alg: SigningAlg, now: float) -> dict[str, Any]:
        return read_claims(signed, alg, lambda kid: self.keys.find(provider, alg, kid, now))


def _read_json(answer: Answer, place: str) -> dict[str, Any]:
    _check_status(answer, place)
    return read_object(answer.body, f"{place}'s answer")


def _check_status(answer: Answer, place: str) -> None:
    if answer.status == 200:
        return
    hint = ": redirects are not followed" if 300 <= answer.status < 400 else ""
    raise ValueError(f"{place} answered {answer.status}{_told(answer)}{hint}")


def _told(answer: Answer) -> str:
    """The `error` of an answer that refuses (RFC 6749 §5.2); never its description, which may quote what was sent."""
    try:
        error = read_object(answer.body, "").get("error")
    except ValueError:
        return ""
    return f", error={error!r}"[:80] if isinstance(error, str) else ""


def _check_token_type(members: Mapping[str, Any]) -> None:
    # RFC 6749 §7.1: a token whose kind one does not know is not used.
    if (kind := members.get("token_type")) is not None and str(kind).lower() != "bearer":
        raise ValueError(f"token_type is {str(kind)[:32]!r}: expected Bearer")


def _read_tokens(provider: Provider, members: dict[str, Any], claims: dict[str, Any]) -> Tokens:
    """The shape FranceConnect demands of a token answer (§3.5)."""
    access_token, acr, rep_scope = members.get("access_token"), claims.get("acr"), claims.get("rep_scope", [])
    if not isinstance(access_token, str) or not access_token or not _is_sendable(access_token):
        raise ProviderTokenShape(f"{provider.name}: access_token is missing, or not an ASCII text")
    if not isinstance(acr, str) or not acr.isalnum():
        found = repr(acr)[:64] if "acr" in claims else "none"
        raise ProviderTokenShape(f"{provider.name}: acr of the id_token is {found}: expected an alphanumeric text")
    for name in ("amr", "rep_scope"):
        value = claims.get(name, [])
        if not isinstance(value, list) or not all(_is_text(one) for one in value):
            raise ProviderTokenShape(f"{provider.name}: {name} is not a list of texts")
    return Tokens(
        access_token=access_token,
        id_token=members["id_token"],
        sub=claims["sub"],
        acr=acr,
        rep_scope=tuple(rep_scope),
    )


def _is_sendable(text: str) -> bool:
    """ASCII that a header can carry."""
    return text.isascii() and not re.search(r"[\r\n]", text)


def _is_text(value: object) -> bool:
    """A text that can be kept: JSON may escape halves of characters, which are none."""
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _reason(failure: Exception) -> str:
    """What failed, without any token: joserfc's errors name the rule, ours the fact."""
    told = f"{failure.error}: {failure.description}" if isinstance(failure, JoseError) else str(failure)
    return told[:300]
