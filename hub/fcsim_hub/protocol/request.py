"""The authorization request: a literal list of small checks, in the order FranceConnect makes them (§6.8)."""

import json
import re
from collections.abc import Callable
from typing import Any

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.authorize import (
    ClaimsIdTokenNotObject,
    ClaimsNotJson,
    ClaimsNotObject,
    ClaimsUserinfoNotObject,
    ClaimsWithoutMember,
    OpenidScopeMissing,
    PkceChallengeInvalid,
    PkceInvalid,
    RedirectUriNotRegistered,
    RequestObjectUnsupported,
    RequestUriUnsupported,
    ResponseTypeMissing,
    ResponseTypeUnsupported,
    ScopeNotAllowed,
    UnmappedLibraryError,
)
from fcsim_hub.domain.errors.base import RedirectedError
from fcsim_hub.domain.errors.core import AmrNotAllowed
from fcsim_hub.domain.journey import Request
from fcsim_hub.domain.levels import asked_level
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.protocol.addresses import explain_mismatch, find_registered
from fcsim_hub.protocol.demands import read_demands
from fcsim_hub.protocol.parameters import Parameters

Check = Callable[[Parameters, Client, Platform], None]

_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def find_address(params: Parameters, client: Client, platform: Platform) -> str | None:
    """The registered address this request may be answered at; None when there is none."""
    return find_registered(params.get("redirect_uri"), client.redirect_uris, client.follows(platform))


def read_request(params: Parameters, client: Client, platform: Platform, address: str | None) -> Request:
    """The request, proven. Raises page errors while the address is not proven, redirected errors afterwards."""
    for check in BEFORE_ADDRESS:
        _run_unproven(check, params, client, platform, address)
    if address is None:
        raise RedirectUriNotRegistered(_explain_address(params, client, platform))
    for check in AFTER_ADDRESS:
        check(params, client, platform)
    return Request(
        client_id=client.client_id,
        redirect_uri=address,
        scopes=tuple(scope for scope in params.words("scope") if platform.scopes.known(scope)),
        state=params.get("state"),
        nonce=params.get("nonce"),
        acr_values=params.get("acr_values"),
        asked=asked_level(params.get("acr_values"), platform.default_level),
        prompts=params.words("prompt"),
        amr_asked=asks_amr(read_claims(params.get("claims"))),
        idp_hint=params.get("idp_hint"),
        code_challenge=params.get("code_challenge"),
        demands=read_demands(params, client.follows(platform)),
        redirect_uri_sent=params.get("redirect_uri"),
    )


def _run_unproven(check: Check, params: Parameters, client: Client, platform: Platform, address: str | None) -> None:
    try:
        check(params, client, platform)
    except RedirectedError as refused:
        if address is not None:
            raise
        # FranceConnect's library finds this error first, cannot send it anywhere, and shows its unmapped page.
        where = _explain_address(params, client, platform)
        raise UnmappedLibraryError(f"{refused.description} ({refused.detail}); besides, {where}") from None


def _explain_address(params: Parameters, client: Client, platform: Platform) -> str:
    return explain_mismatch(params.get("redirect_uri"), client.redirect_uris, client.follows(platform))


def check_response_type(params: Parameters, _client: Client, _platform: Platform) -> None:
    """Only `code`; answers to implicit and hybrid types go where those types read them, in the fragment."""
    value = params.get("response_type")
    if not value:
        raise ResponseTypeMissing("response_type is empty: expected code")
    if value != "code":
        in_fragment = bool({"token", "id_token"} & set(value.split()))
        raise ResponseTypeUnsupported(f"response_type is {value!r}: expected code", in_fragment=in_fragment)


def check_openid_scope(params: Parameters, _client: Client, _platform: Platform) -> None:
    """`openid` makes the request an OpenID Connect one."""
    if "openid" not in params.words("scope"):
        raise OpenidScopeMissing(f"scope is {params.get('scope')!r}: expected openid among its values")


def check_scopes(params: Parameters, client: Client, platform: Platform) -> None:
    """Scopes the platform knows must be granted to the service; the others are ignored."""
    for scope in params.words("scope"):
        if scope != "openid" and platform.scopes.known(scope) and scope not in client.scopes:
            granted = " ".join(client.scopes)
            raise ScopeNotAllowed(f"scope {scope!r} is not registered for this client: expected {granted}", scope=scope)


def check_claims(params: Parameters, _client: Client, _platform: Platform) -> None:
    """The claims parameter is an object with `userinfo` or `id_token`, objects themselves."""
    read_claims(params.get("claims"))


def check_amr(params: Parameters, client: Client, _platform: Platform) -> None:
    """Asking `amr` needs a registration for it."""
    if asks_amr(read_claims(params.get("claims"))) and "amr" not in client.claims:
        raise AmrNotAllowed("the claims parameter asks amr, which is not in this client's `claims`")


def check_request_object(params: Parameters, _client: Client, _platform: Platform) -> None:
    """Posture `standard` ignores what it does not know, but must not ignore these: what the service put inside would
    be silently lost (OpenID Connect Core §6, RFC 9101 §10; H024). Nothing inside is ever read."""
    for name, refused in (("request", RequestObjectUnsupported), ("request_uri", RequestUriUnsupported)):
        if name in params.ignored:
            raise refused(f"parameter {name!r} holds a request object: send its members as parameters")


def check_pkce(params: Parameters, _client: Client, _platform: Platform) -> None:
    """Posture `standard` only (the parameters are refused otherwise): S256, nothing else (RFC 9700 §2.1.1)."""
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if not challenge and not method:
        return
    if method != "S256":
        raise PkceInvalid(f"code_challenge_method is {method!r}: expected S256")
    if not _S256_CHALLENGE.fullmatch(challenge):
        raise PkceChallengeInvalid("code_challenge is not the base64url of a SHA-256: expected 43 characters")


BEFORE_ADDRESS: tuple[Check, ...] = (check_response_type, check_openid_scope, check_scopes)
AFTER_ADDRESS: tuple[Check, ...] = (check_request_object, check_pkce, check_claims, check_amr)


def read_claims(text: str) -> dict[str, Any]:
    """The claims parameter, empty when absent."""
    if not text:
        return {}
    try:
        claims = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise ClaimsNotJson("the claims parameter is not JSON") from None
    if not isinstance(claims, dict):
        raise ClaimsNotObject(f"the claims parameter is a JSON {type(claims).__name__}: expected an object")
    if not {"userinfo", "id_token"} & set(claims):
        raise ClaimsWithoutMember("the claims parameter has neither userinfo nor id_token")
    for member, refused in (("userinfo", ClaimsUserinfoNotObject), ("id_token", ClaimsIdTokenNotObject)):
        if not isinstance(claims.get(member, {}), dict):
            raise refused(f"claims.{member} is not an object")
    return claims


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # Two readers of a repeated member need not agree on which one counts (H022; ledger: stricter).
        raise ValueError("a member is there twice")
    return members


def asks_amr(claims: dict[str, Any]) -> bool:
    """Whether `amr` is asked, wherever (service-provider-side §5)."""
    return any("amr" in claims.get(member, {}) for member in ("userinfo", "id_token"))
