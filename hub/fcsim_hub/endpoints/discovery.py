"""GET /.well-known/openid-configuration and /jwks (service-provider-side §3)."""

import json

from flask import Blueprint, Response, request

from fcsim_hub.protocol.discovery import discovery_document
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.web.hub import current_hub

blueprint = Blueprint("discovery", __name__)

CACHED = "public, max-age=600"


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """The platform, as it describes itself."""
    hub = current_hub()
    document = discovery_document(hub.platform, issuer=hub.issuer, back_channel=hub.back_channel(request.host))
    return cached(json.dumps(document), "application/json; charset=utf-8")


@blueprint.get("/jwks")
def jwks() -> Response:
    """The public keys."""
    hub = current_hub()
    with hub.database.read() as connection:
        keys = load_keys(connection, hub.realm, hub.seal, hub.clock.now())
    return cached(json.dumps(keys.public()), "application/jwk-set+json; charset=utf-8")


def cached(body: str, content_type: str) -> Response:
    """A public document that others may keep for ten minutes."""
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = CACHED
    return response
