"""A MachineError as JSON: exactly `error`, `error_description`, `error_uri` (service-provider-side §9.4)."""

import logging
import uuid

from flask import Response, jsonify, request

from fcsim_hub.domain.errors.bearer import BearerError
from fcsim_hub.domain.errors.machine import MachineError
from fcsim_hub.domain.platforms import Limits
from fcsim_hub.protocol.addresses import add_to_query
from fcsim_hub.web.explanation import explained
from fcsim_hub.web.hub import Hub

log = logging.getLogger("fcsim.hub")


def json_error(hub: Hub, error: MachineError) -> Response:
    """The answer to a program, `WWW-Authenticate` included where HTTP asks for it."""
    code, reference = error.public_code or error.code, str(uuid.uuid4())
    response = jsonify(
        error=error.error,
        error_description=f"{error.description} ({error.reason})",
        error_uri=add_to_query(hub.platform.error_uri_base, [("code", code), ("id", reference)]),
    )
    log.info("error %s on %s reference %s", code, hub.platform.name, reference)
    response.status_code = error.status
    response.headers["Cache-Control"] = "no-store"
    if error.status == 429:
        response.headers["Retry-After"] = str(int(Limits.WINDOW))
    # A client that posts its secret made no use of HTTP's own scheme: no challenge, as at FranceConnect (inferred).
    if isinstance(error, BearerError) or (error.status == 401 and "Authorization" in request.headers):
        # The header says the description alone, the body adds the reason between parentheses.
        scheme = "Bearer" if isinstance(error, BearerError) else "Basic"
        response.headers["WWW-Authenticate"] = (
            f'{scheme} realm="{hub.issuer}", error="{error.error}", error_description="{error.description}"'
        )
    return explained(response, error)
