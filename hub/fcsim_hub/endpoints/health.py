"""GET /healthz: the one address FranceConnect does not have."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.web.hub import current_hub

blueprint = Blueprint("health", __name__)

_PING = select(1)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 when the database answers, 503 when it does not."""
    try:
        with current_hub().database.read() as connection:
            connection.execute(_PING)
    except SQLAlchemyError:
        response = jsonify(status="unavailable", reason="the database does not answer")
        response.status_code = 503
        return response
    return jsonify(status="ok")
