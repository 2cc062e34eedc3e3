"""The logout request and its hint (service-provider-side §12; OpenID Connect RP-Initiated Logout 1.0)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from fcsim_hub.domain.errors.hub import BadRequest
from fcsim_hub.domain.errors.logout import HintClientMismatch, HintSignatureInvalid, HintUndecodable
from fcsim_hub.domain.platforms import Posture, SigningAlg
from fcsim_hub.protocol.addresses import find_fault
from fcsim_hub.protocol.keys import KeyRing

PARAMETERS = frozenset({"id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint", "ui_locales"})
HINT_MAX = 16_384


@dataclass(frozen=True, kw_only=True)
class LogoutRequest:
    """A well formed logout request; its hint is decoded, not yet verified."""

    hint: str
    audience: str
    client_id: str
    redirect_uri: str
    state: str | None


def read_logout(pairs: Iterable[tuple[str, str]], posture: Posture, *, allow_localhost: bool) -> LogoutRequest:
    """What /session/end is asked. Raises BadRequest (Y000400) on anything FranceConnect's strict route refuses."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in PARAMETERS and posture == "standard":
            continue
        if name not in PARAMETERS:
            raise BadRequest(f"parameter {name[:64]!r} is not accepted: expected only {', '.join(sorted(PARAMETERS))}")
        if name in values:
            raise BadRequest(f"parameter {name!r} was sent twice")
        values[name] = value
    hint = values.get("id_token_hint", "")
    if not hint:
        raise BadRequest("parameter 'id_token_hint' is required: send the id_token received at login")
    _check_return(values.get("post_logout_redirect_uri"), allow_localhost=allow_localhost)
    audience = read_audience(hint)
    if (client_id := values.get("client_id", "")) and client_id != audience:
        raise HintClientMismatch("client_id is not the audience of id_token_hint")
    return LogoutRequest(
        hint=hint,
        audience=audience,
        client_id=client_id,
        redirect_uri=values.get("post_logout_redirect_uri", ""),
        state=values.get("state"),
    )


def _check_return(uri: str | None, *, allow_localhost: bool) -> None:
    """The address to return to is judged as a redirect_uri is, before anybody asks whether it is registered (§12.1)."""
    if uri is not None and (fault := find_fault(uri, allow_localhost=allow_localhost)):
        raise BadRequest(f"parameter 'post_logout_redirect_uri' {fault}")


def read_audience(hint: str) -> str:
    """The audience a hint claims; it proves nothing before `check_hint`."""
    if hint.count(".") == 4:
        raise HintUndecodable(
            "id_token_hint is encrypted (five parts): decrypt it first, and send the signed token inside"
        )
    try:
        if len(hint) > HINT_MAX:
            raise ValueError("too long")
        audience = json.loads(jws.extract_compact(hint.encode()).payload)["aud"]
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        raise HintUndecodable("id_token_hint is not a signed JWT with an audience") from None
    if not isinstance(audience, str):
        raise HintUndecodable("the audience of id_token_hint is not a text")
    return audience


def claimed_audience(pairs: Iterable[tuple[str, str]]) -> str:
    """The client a logout request says it comes from, empty when it does not say: enough to know its posture."""
    try:
        return read_audience(dict(pairs).get("id_token_hint", ""))
    except HintUndecodable:
        return ""


def check_hint(hint: str, *, issuer: str, alg: SigningAlg, keys: KeyRing, client_secret: str) -> dict[str, Any]:
    """The claims of a hint that this hub signed for this client; its age does not matter (§12.1)."""
    key = OctKey.import_key(client_secret) if alg == "HS256" else keys.verifier()
    try:
        claims = json.loads(jws.deserialize_compact(hint, key, algorithms=[alg]).payload)
    except (JoseError, ValueError, RecursionError):
        raise HintSignatureInvalid(f"id_token_hint does not verify with {alg} and the keys of this hub") from None
    if not isinstance(claims, dict) or claims.get("iss") != issuer:
        raise HintSignatureInvalid("id_token_hint was issued by another hub")
    if not isinstance(claims.get("acr"), str):
        # A userinfo answer is signed with the same key for the same audience: it is no id_token (H096).
        raise HintSignatureInvalid("id_token_hint is signed by this hub, but is no id_token")
    return claims
