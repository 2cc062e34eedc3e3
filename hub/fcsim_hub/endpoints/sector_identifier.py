"""GET /client/.well-known/sector-identifier: the addresses of this hub that a provider may answer (inside-the-hub §2).

For a provider, the hub is a relying party with one redirect_uri; this is the document that OpenID Connect Core §8.1
asks of one (what the real document holds beside it was never observed).
"""

import json

from flask import Blueprint, Response

from fcsim_hub.endpoints.discovery import cached
from fcsim_hub.web.hub import current_hub

blueprint = Blueprint("sector_identifier", __name__)


@blueprint.get("/client/.well-known/sector-identifier")
def sector_identifier() -> Response:
    """A JSON array of redirect URIs."""
    return cached(json.dumps([current_hub().callback_url]), "application/json; charset=utf-8")
