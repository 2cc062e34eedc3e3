"""GET /userinfo: who the person is, in the claims of the granted scopes (service-provider-side §10)."""

import json

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.bearer import AccessTokenNotFound, AccessTokenWithoutGrant, TokenInQuery
from fcsim_hub.domain.errors.machine import MachineError
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.userinfo import release
from fcsim_hub.endpoints.json_error import json_error
from fcsim_hub.endpoints.wrapping import prepare_seal
from fcsim_hub.protocol.bearer import read_bearer
from fcsim_hub.protocol.tokens import sign, userinfo_claims
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.grants import TokenState, find_token
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.tracing import grant_fields

blueprint = Blueprint("userinfo", __name__)

GET_ONLY = ("GET",)
"""What FranceConnect routes: a POST is an unknown address in posture `faithful`."""


@blueprint.route("/userinfo", methods=["GET", "POST"])
def userinfo() -> Response:
    """The signed claims, encrypted to a client registered for that; plain JSON to one without userinfo algorithm."""
    hub = current_hub()
    posture = hub.platform.posture  # until the token says whose it is
    try:
        token = read_bearer(request.headers.get("Authorization"), _tokens_elsewhere())
        state, client = _find(hub, token)
        posture = client.follows(hub.platform)
        if request.method == "POST" and posture == "faithful":
            raise MethodNotAllowed(GET_ONLY)
        if posture == "standard" and "access_token" in request.args:
            raise TokenInQuery("a token in the query ends up in logs: posture `standard` does not read it there")
        return _answer(hub, state, client)
    except MachineError as refused:
        if request.method == "POST" and posture == "faithful":
            raise MethodNotAllowed(GET_ONLY) from None
        return json_error(hub, refused)


def _tokens_elsewhere() -> list[str]:
    """FranceConnect's library reads the query too; a form body is a POST of posture `standard`."""
    return [*request.args.getlist("access_token"), *request.form.getlist("access_token")]


def _find(hub: Hub, token: str) -> tuple[TokenState, Client]:
    now = hub.clock.now()
    with hub.database.read() as connection:
        state = find_token(connection, hub.realm, hub.seal, token)
        if state is None or state.revoked or now >= state.expires_at:
            raise AccessTokenNotFound("this access token is unknown, expired (60 s) or revoked")
        if now >= state.grant_expires_at:
            raise AccessTokenWithoutGrant("the grant lives 30 s from consent: call userinfo right after the token")
        client = CLIENTS.find(connection, hub.realm, state.client_id)
    if client is None or not client.active:
        raise AccessTokenNotFound("the client of this token was removed or deactivated")
    return state, client


def _answer(hub: Hub, state: TokenState, client: Client) -> Response:
    now, grant = hub.clock.now(), state.grant
    seal = prepare_seal(hub, client, "userinfo")
    with hub.database.write() as connection:
        trace = Event(name="SP_REQUESTED_FC_USERINFO", flow=grant.flow, fields=grant_fields(grant, client))
        write_events(connection, hub.realm, [trace], now)
        keys = load_keys(connection, hub.realm, hub.seal, now)
    claims = hub.platform.scopes.claims(grant.request.scopes)
    released = release(grant.person, hub.platform.identity_from, claims)
    body = userinfo_claims(
        released,
        issuer=hub.issuer,
        client_id=client.client_id,
        sub=grant.person.sub,
        now=int(now),
        expires_at=int(state.expires_at),
    )
    alg = client.userinfo_signed_response_alg
    if not alg:  # ledger F07
        return _no_store(Response(json.dumps(released), mimetype="application/json"))
    signed = sign(body, alg, keys, client.client_secret)
    return _no_store(Response(seal(signed), content_type="application/jwt"))


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
