"""Clients of a platform over the control API."""

import secrets
from typing import Any, NoReturn

from flask import Blueprint, Response

from fcsim_hub.console.context import current_console
from fcsim_hub.console.problem import Problem, read_json
from fcsim_hub.console.registrations import Shelf
from fcsim_hub.domain.clients import Client, check_client, with_defaults
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.storage.documents import without_nulls
from fcsim_hub.storage.registrations import CLIENTS

blueprint = Blueprint("clients", __name__)


def _complete(record: dict[str, Any], platform: Platform, _: Client | None) -> dict[str, Any]:
    return with_defaults(without_nulls(Client, record), platform)


SHELF = Shelf(noun="client", segment="clients", registrations=CLIENTS, check=check_client, complete=_complete)
SHELF.install(blueprint)

ID_BYTES = 32


@blueprint.post("/platforms/<name>/clients")
def create(name: str) -> Response:
    """A new client; its id and secret are made where the caller gives none."""
    current_console().platform(name)
    record = {"client_id": secrets.token_hex(ID_BYTES), "client_secret": secrets.token_hex(ID_BYTES)} | read_json()
    return SHELF.store(name, str(record["client_id"]), lambda before: record if before is None else _taken())


def _taken() -> NoReturn:
    raise Problem(409, "Already registered", "a client has this client_id: PUT replaces it, PATCH changes it")
