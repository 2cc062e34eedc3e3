"""POST /token/revocation: an access token answers no more (service-provider-side §13)."""

from flask import Blueprint, Response, request

from fcsim_hub.domain.errors.machine import MachineError, RevocationRefused, TokenOfAnotherClient
from fcsim_hub.endpoints.caller import authenticate_caller
from fcsim_hub.endpoints.json_error import json_error
from fcsim_hub.endpoints.token import FORM
from fcsim_hub.protocol.revocation import read_revocation
from fcsim_hub.storage.grants import delete_token, find_token
from fcsim_hub.web.hub import current_hub

blueprint = Blueprint("revocation", __name__)


@blueprint.post("/token/revocation")
def revoke() -> Response:
    """200 and nothing else, for a token that lived as for one that did not."""
    hub = current_hub()
    try:
        if request.mimetype != FORM:
            raise RevocationRefused(f"the body is {request.mimetype or 'untyped'}: expected {FORM}")
        form = read_revocation(request.form.items(multi=True))
        client = authenticate_caller(hub, form)
        with hub.database.write() as connection:
            state = find_token(connection, hub.realm, hub.seal, form["token"])
            if state is not None and state.client_id != client.client_id:
                raise TokenOfAnotherClient("the token was issued to another client")
            delete_token(connection, hub.realm, form["token"])
    except MachineError as refused:
        return json_error(hub, refused)
    return Response(status=200, headers={"Cache-Control": "no-store"})
