"""POST /checktoken as FranceConnect v1 had it: anyone asks, plain JSON answers (service-provider-side §14, §17)."""

import logging

from flask import Blueprint, Response, jsonify, request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.base import HubError
from fcsim_hub.domain.errors.bearer import AccessTokenNotFound
from fcsim_hub.domain.errors.data_provider import ChecktokenRefused
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.userinfo import pivot_claims
from fcsim_hub.endpoints.liveness import if_alive
from fcsim_hub.protocol.checktoken import read_lone_token
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.grants import TokenState, find_token
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.explanation import explained
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.tracing import grant_fields, request_fields

blueprint = Blueprint("plain_checktoken", __name__)
log = logging.getLogger("fcsim.hub")


@blueprint.post("/checktoken")
def checktoken() -> Response:
    """Whom an access token speaks of and what it opens: 400 without a token, 401 with one that does not live."""
    hub = current_hub()
    try:
        answer = jsonify(_introspect(hub, read_lone_token(request.mimetype, request.get_data(), request.form)))
    except (ChecktokenRefused, AccessTokenNotFound) as refused:
        answer = _refusal(hub, refused)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _introspect(hub: Hub, token: str) -> dict[str, object]:
    now = hub.clock.now()
    with hub.database.write() as connection:
        state = find_token(connection, hub.realm, hub.seal, token)
        alive = if_alive(hub, connection, state, now)
        event = "DP_VERIFIED_FC_CHECKTOKEN" if alive else "DP_USED_INVALID_ACCESS_TOKEN"
        client = CLIENTS.find(connection, hub.realm, state.client_id) if state else None
        write_events(connection, hub.realm, [_trace(event, state, client)], now)
    if alive is None:
        raise AccessTokenNotFound("this access token is unknown, expired (60 s) or revoked")
    return _about(alive, client)


def _about(state: TokenState, client: Client | None) -> dict[str, object]:
    grant = state.grant
    return {
        "scope": list(grant.request.scopes),
        "identity": pivot_claims(grant.person.identity),
        "client": {"client_id": state.client_id, "client_name": client.name if client else ""},
        "identity_provider_id": grant.person.provider_uid,
        "acr": grant.acr,
    }


def _trace(name: str, state: TokenState | None, client: Client | None) -> Event:
    fields = grant_fields(state.grant, client) if state else request_fields()
    return Event(name=name, flow=state.grant.flow if state else "", fields=fields)


def _refusal(hub: Hub, refused: HubError) -> Response:
    log.info("error %s on %s", refused.code, hub.platform.name)
    answer = explained(jsonify(error=refused.error, error_description=refused.description), refused)
    answer.status_code = refused.status
    return answer
