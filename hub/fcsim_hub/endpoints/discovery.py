"""GET /.well-known/openid-configuration and /jwks (service-provider-side §3)."""

import json
import logging

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.protocol.discovery import discovery_document
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.tracing import describe

blueprint = Blueprint("discovery", __name__)
log = logging.getLogger("fcsim.hub")

CACHED = "public, max-age=600"


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """The platform, as it describes itself."""
    hub = current_hub()
    document = discovery_document(hub.platform, issuer=hub.issuer, back_channel=hub.back_channel(request.host))
    return cached(json.dumps(document), "application/json; charset=utf-8")


@blueprint.get("/jwks")
def jwks() -> Response:
    """The public keys; who fetched them is traced."""
    hub, now = current_hub(), current_hub().clock.now()
    with hub.database.read() as connection:
        keys = load_keys(connection, hub.realm, hub.seal, now)
    if request.method == "GET":  # a HEAD fetches no key, and makes no row (H030)
        _trace(hub, now)
    return cached(json.dumps(keys.public()), "application/jwk-set+json; charset=utf-8")


def _trace(hub: Hub, now: float) -> None:
    """One row, in a transaction of its own: a journal that cannot be written keeps no service from the keys."""
    try:
        with hub.database.write() as connection:
            write_events(connection, hub.realm, [describe("SP_REQUESTED_FC_JWKS", None, None, {})], now)
    except SQLAlchemyError as failure:
        log.warning("fetching the keys was not traced: %s", type(failure).__name__)


def cached(body: str, content_type: str) -> Response:
    """A public document that others may keep for ten minutes."""
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = CACHED
    return response
