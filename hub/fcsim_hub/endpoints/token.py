"""POST /token: a code for tokens, once (service-provider-side §9)."""

from flask import Blueprint, Response, jsonify, request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.grant import CodeAlreadyUsed, CodeNotFound
from fcsim_hub.domain.errors.machine import BodyNotForm, MachineError
from fcsim_hub.domain.events import Event
from fcsim_hub.endpoints.caller import authenticate_caller
from fcsim_hub.endpoints.json_error import json_error
from fcsim_hub.endpoints.wrapping import Wrap, prepare_seal
from fcsim_hub.protocol.client_auth import read_form
from fcsim_hub.protocol.code import CodeRequest, IssuedCode, check_code, read_code_request
from fcsim_hub.protocol.tokens import id_token_claims, sign
from fcsim_hub.storage.accounts import is_account_active
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.grants import CodeState, Grant, claim_code, find_code, insert_token, revoke_grant
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.web.credentials import new_access_token
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.tracing import grant_fields

blueprint = Blueprint("token", __name__)

FORM = "application/x-www-form-urlencoded"


@blueprint.post("/token")
def token() -> Response:
    """Authenticate, redeem, sign; refuse in JSON."""
    hub = current_hub()
    try:
        if request.mimetype != FORM:
            raise BodyNotForm(f"the body is {request.mimetype or 'untyped'}: expected {FORM}")
        form = read_form(request.form.items(multi=True))
        client = authenticate_caller(hub, form)
        asked = read_code_request(form)
        seal = prepare_seal(hub, client, "id_token")
        response = jsonify(_redeem(hub, client, asked, seal))
    except MachineError as refused:
        return json_error(hub, refused)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _redeem(hub: Hub, client: Client, asked: CodeRequest, seal: Wrap) -> dict[str, str | int]:
    """One transaction: the code is consumed where the token is stored. A replay kills what the code gave.

    A client whose key cannot be had is refused here, and the transaction undone: its code can be redeemed again
    (H055, H058; ledger F29).
    """
    now = hub.clock.now()
    with hub.database.write() as connection:
        state = find_code(connection, hub.realm, hub.seal, asked.code)
        if state is None:
            raise CodeNotFound("this code was never issued, or was purged")
        replayed = _check_and_claim(hub, connection, client, asked, state, now)
        if not replayed:
            return _issue(hub, connection, client, state.grant, seal, now)
    raise CodeAlreadyUsed("this code was redeemed before: the tokens it gave are now revoked")


def _check_and_claim(
    hub: Hub, connection: Connection, client: Client, asked: CodeRequest, state: CodeState, now: float
) -> bool:
    """Consume the code for its client; True when someone already had, and what the code gave is revoked.

    Someone may have had since the code was read: another worker, on a database that lets two transactions run at once.
    """
    replayed = state.client_id == client.client_id and state.used
    if not replayed:
        _check(hub, connection, client, asked, state, now)
        replayed = not claim_code(connection, hub.realm, asked.code, now)
    if replayed:
        revoke_grant(connection, hub.realm, state.grant.id, now)
    return replayed


def _check(hub: Hub, connection: Connection, client: Client, asked: CodeRequest, state: CodeState, now: float) -> None:
    issued = IssuedCode(
        client_id=state.client_id,
        redirect_uri=state.grant.request.redirect_uri_sent or state.grant.request.redirect_uri,
        code_challenge=state.grant.request.code_challenge,
        expires_at=state.code_expires_at,
        grant_alive=_is_alive(hub, connection, state, now),
    )
    check_code(asked, issued, client.client_id, now)


def _is_alive(hub: Hub, connection: Connection, state: CodeState, now: float) -> bool:
    """The login behind the code: not over, not logged out, and of an account that was not deactivated since (H059)."""
    lives = not state.revoked and now < state.grant_expires_at
    return lives and is_account_active(connection, hub.accounts, state.grant.account_id)


def _issue(
    hub: Hub, connection: Connection, client: Client, grant: Grant, seal: Wrap, now: float
) -> dict[str, str | int]:
    lifetimes = hub.platform.lifetimes
    access_token = new_access_token()
    insert_token(connection, hub.realm, grant, access_token, now + lifetimes.access_token)
    trace = Event(name="SP_REQUESTED_FC_TOKEN", flow=grant.flow, fields=grant_fields(grant, client))
    write_events(connection, hub.realm, [trace], now)
    claims = id_token_claims(
        members=hub.platform.id_token_members,
        issuer=hub.issuer,
        client_id=client.client_id,
        sub=grant.person.sub,
        nonce=grant.request.nonce,
        acr=grant.acr,
        auth_time=grant.auth_time,
        now=int(now),
        lifetime=lifetimes.id_token,
        amr=grant.person.amr if grant.request.amr_asked else None,
    )
    keys = load_keys(connection, hub.realm, hub.seal, now)
    return {
        "access_token": access_token,
        "expires_in": lifetimes.access_token,
        "id_token": seal(sign(claims, client.id_token_alg(hub.platform), keys, client.client_secret)),
        "scope": " ".join(grant.request.scopes),
        "token_type": "Bearer",
    }
