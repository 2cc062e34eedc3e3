"""Clients of a platform over the control API."""

import secrets
from typing import Any

from flask import Blueprint

from fcsim_hub.console.registrations import Shelf
from fcsim_hub.domain.clients import Client, check_client, with_defaults
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.storage.documents import without_nulls
from fcsim_hub.storage.registrations import CLIENTS

blueprint = Blueprint("clients", __name__)

ID_BYTES = 32


def _complete(record: dict[str, Any], platform: Platform, _: Client | None) -> dict[str, Any]:
    return with_defaults(without_nulls(Client, record), platform)


def _made() -> dict[str, Any]:
    return {"client_id": secrets.token_hex(ID_BYTES), "client_secret": secrets.token_hex(ID_BYTES)}


SHELF = Shelf(
    noun="client",
    segment="clients",
    registrations=CLIENTS,
    check=check_client,
    complete=_complete,
    made=_made,
)
SHELF.install(blueprint)
