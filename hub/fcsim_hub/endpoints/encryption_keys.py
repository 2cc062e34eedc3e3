"""GET /client/.well-known/keys: what providers encrypt their answers for (inside-the-hub §2, §3.7)."""

import json

from flask import Blueprint, Response, request

from fcsim_hub.endpoints.discovery import cached
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.keys import load_decryption_keys
from fcsim_hub.web.hub import current_hub
from fcsim_hub.web.tracing import describe

blueprint = Blueprint("encryption_keys", __name__)


@blueprint.get("/client/.well-known/keys")
def keys() -> Response:
    """The public encryption keys; none on a platform where nothing is encrypted."""
    hub, now = current_hub(), current_hub().clock.now()
    with hub.database.write() as connection:
        ring = load_decryption_keys(connection, hub.realm, hub.seal, now)
        if request.method == "GET":  # a HEAD fetches no key, and makes no row (H030)
            write_events(connection, hub.realm, [describe("IDP_REQUESTED_FC_JWKS", None, None, {})], now)
    return cached(json.dumps(ring.public()), "application/jwk-set+json; charset=utf-8")
