"""The hub as OpenID client of the identity providers (inside-the-hub §3.2, §3.4–§3.7)."""

import json
from collections.abc import Callable, Sequence
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
from fcsim_hub.protocol.id_token import check_id_token, read_claims


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
            members = _read_json(self.http.post_form(provider.token_endpoint, form))
            id_token = members.get("id_token")
            if not isinstance(id_token, str) or not id_token:
                raise ValueError("the answer has no id_token")
            signed = self._opened(id_token, provider.id_token_encryption)
            claims = self._verified(provider, signed, provider.id_token_alg, now)
            check_id_token(claims, issuer=provider.issuer, client_id=provider.client_id, nonce=departure.nonce, now=now)
        except (OutboundFailure, JoseError, ValueError) as failure:
            raise ProviderTokenFailed(f"{provider.name}: {_reason(failure)}") from failure
        return _read_tokens(provider, members | {"id_token": signed}, claims)

    def fetch_identity(self, provider: Provider, access_token: str, now: float) -> dict[str, Any]:
        """The identity claims, signature verified. Raises ProviderUserinfoFailed (Y020027)."""
        try:
            answer = self.http.get(provider.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
            alg = provider.userinfo_signed_response_alg
            is_jwt = answer.content_type.partition(";")[0].strip().lower() == "application/jwt"
            if answer.status != 200:
                raise ValueError(f"userinfo answered {answer.status}")
            if is_jwt != bool(alg):
                raise ValueError(f"userinfo answered {answer.content_type!r}, registered for {alg or 'plain JSON'}")
            if not alg:
                return _read_json(answer)
            signed = self._opened(answer.text.strip(), provider.userinfo_encryption)
            return self._verified(provider, signed, alg, now)
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


def _read_json(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise ValueError(f"the endpoint answered {answer.status}")
    try:
        members = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise ValueError("the answer is not JSON") from None
    if not isinstance(members, dict):
        raise ValueError("the answer is not a JSON object")
    return members


def _read_tokens(provider: Provider, members: dict[str, Any], claims: dict[str, Any]) -> Tokens:
    """The shape FranceConnect demands of a token answer (§3.5)."""
    access_token, acr, rep_scope = members.get("access_token"), claims.get("acr"), claims.get("rep_scope", [])
    if not isinstance(access_token, str) or not access_token or not access_token.isascii():
        raise ProviderTokenShape(f"{provider.name}: access_token is not an ASCII text")
    if not isinstance(acr, str) or not acr.isalnum():
        raise ProviderTokenShape(f"{provider.name}: acr is missing from the id_token, or not alphanumeric")
    for name in ("amr", "rep_scope"):
        value = claims.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ProviderTokenShape(f"{provider.name}: {name} is not a list of texts")
    return Tokens(
        access_token=access_token,
        id_token=members["id_token"],
        sub=claims["sub"],
        acr=acr,
        rep_scope=tuple(rep_scope),
    )


def _reason(failure: Exception) -> str:
    """What failed, without any token: joserfc's errors name the rule, ours the fact."""
    return f"{type(failure).__name__}: {failure}"[:300]
