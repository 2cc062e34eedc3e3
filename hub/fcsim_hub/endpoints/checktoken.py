"""POST /checktoken: a data provider asks what a service's access token allows (service-provider-side §14)."""

import logging

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.errors.data_provider import (
    ChecktokenRefused,
    DataProviderError,
    DataProviderKeysInvalid,
    DataProviderKeysUnreachable,
    DataProviderNotFound,
    TooManyChecks,
)
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.platforms import Limits
from fcsim_hub.domain.subject import pairwise_sub
from fcsim_hub.endpoints.liveness import if_alive
from fcsim_hub.endpoints.patience import must_wait, note
from fcsim_hub.endpoints.token import FORM
from fcsim_hub.gateways.http import OutboundFailure
from fcsim_hub.protocol.checktoken import authenticate, introspection, read_checktoken
from fcsim_hub.protocol.encryption import KeyUnusable, NotAKeySet, encrypt
from fcsim_hub.protocol.tokens import sign
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.grants import TokenState, find_token
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.storage.registrations import CLIENTS, DATA_PROVIDERS
from fcsim_hub.web.explanation import explained
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.tracing import grant_fields, request_fields

blueprint = Blueprint("checktoken", __name__)
log = logging.getLogger("fcsim.hub")


@blueprint.post("/checktoken")
def checktoken() -> Response:
    """The introspection, signed and encrypted; a token that does not live is told so with status 200."""
    hub = current_hub()
    try:
        if request.mimetype != FORM:
            raise ChecktokenRefused(f"the body is {request.mimetype or 'untyped'}: expected {FORM}")
        form = read_checktoken(request.form.items(multi=True))
        answer = _introspect(hub, form)
    except DataProviderError as refused:
        answer = _refusal(hub, refused)
    except RequestEntityTooLarge as too_long:
        answer = _refusal(hub, ChecktokenRefused("the body is longer than any that this door takes"))
        answer.status_code = too_long.code
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refusal(hub: Hub, refused: DataProviderError) -> Response:
    """Two members, without the address of a documentation."""
    log.info("error %s on %s", refused.code or refused.public_code, hub.platform.name)
    answer = explained(jsonify(error=refused.error, error_description=refused.description), refused)
    answer.status_code = refused.status
    if refused.status == 429:
        answer.headers["Retry-After"] = str(int(Limits.WINDOW))
    return answer


def _introspect(hub: Hub, form: dict[str, str]) -> Response:
    now, most = hub.clock.now(), hub.platform.limits.bad_checks
    if must_wait(hub, "checktoken", form["client_id"], most, now):
        raise TooManyChecks(f"more than {most} failures within a minute")
    provider = _authenticated(hub, form, now)
    with hub.database.write() as connection:
        state = find_token(connection, hub.realm, hub.seal, form["token"])
        alive = if_alive(hub, connection, state, now)
        event = "DP_VERIFIED_FC_CHECKTOKEN" if alive else "DP_USED_INVALID_ACCESS_TOKEN"
        client = CLIENTS.find(connection, hub.realm, state.client_id) if state else None
        write_events(connection, hub.realm, [_trace(event, provider, state, client)], now)
        keys = load_keys(connection, hub.realm, hub.seal, now)
    if alive is None:
        note(hub, "checktoken", provider.client_id, most, now)
    body = {
        "iss": hub.issuer,
        "aud": provider.client_id,
        "iat": int(now),
        "token_introspection": _about(hub, provider, form["token"], alive) if alive else {"active": False},
    }
    # On FranceConnect+ too, where the real one is known to fail: ledger F55.
    signed = sign(body, provider.checktoken_signed_response_alg, keys, provider.client_secret)
    return Response(_sealed(hub, provider, signed), content_type="application/token-introspection+jwt")


def _authenticated(hub: Hub, form: dict[str, str], now: float) -> DataProvider:
    with hub.database.read() as connection:
        found = DATA_PROVIDERS.find(connection, hub.realm, form["client_id"])
    try:
        return authenticate(found, form["client_secret"])
    except DataProviderNotFound:
        note(hub, "checktoken", form["client_id"], hub.platform.limits.bad_checks, now)
        with hub.database.write() as connection:
            write_events(connection, hub.realm, [_trace("DP_USED_INVALID_CREDENTIAL", found)], now)
        raise


def _about(hub: Hub, provider: DataProvider, token: str, state: TokenState) -> dict[str, object]:
    grant, expires_at = state.grant, int(state.expires_at)
    return introspection(
        grant.person,
        token=token,
        client_id=state.client_id,
        sub=pairwise_sub(provider.client_id, grant.person.account_key, hub.platform.sub_secret),
        issued_at=expires_at - hub.platform.lifetimes.access_token,
        expires_at=expires_at,
        acr=grant.request.acr_values,
        scopes=[scope for scope in grant.request.scopes if scope in provider.scopes],
    )


def _sealed(hub: Hub, provider: DataProvider, signed: str) -> str:
    """Encrypted with a key the data provider publishes now: a rotated one is fetched before it is missed."""
    alg, enc = provider.checktoken_encrypted_response_alg, provider.checktoken_encrypted_response_enc
    try:
        keys = hub.published_keys.find(provider.client_id, provider.jwks_uri, alg)
    except OutboundFailure as failure:
        raise DataProviderKeysUnreachable(f"{provider.jwks_uri}: {failure}") from None
    except NotAKeySet as failure:
        raise DataProviderKeysInvalid(f"{provider.jwks_uri}: {failure}") from None
    if not keys:
        raise DataProviderKeysInvalid(f"the JWKS has no key to encrypt with {alg}")
    try:
        return encrypt(signed, keys[0], alg=alg, enc=enc)
    except KeyUnusable as failure:
        raise DataProviderKeysInvalid(str(failure)) from None


def _trace(
    name: str, provider: DataProvider | None, state: TokenState | None = None, client: Client | None = None
) -> Event:
    """Which data provider asked, about which login of which service where one is known."""
    fields = grant_fields(state.grant, client) if state else request_fields()
    if provider is not None:
        fields |= {"dpId": provider.uid, "dpTitle": provider.title}
    return Event(name=name, flow=state.grant.flow if state else "", fields=fields)
