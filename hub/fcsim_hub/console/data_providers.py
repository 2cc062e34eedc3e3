"""Data providers of a platform over the control API."""

from typing import Any

from flask import Blueprint

from fcsim_hub.console.registrations import Shelf
from fcsim_hub.domain.data_providers import DataProvider, check_data_provider
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.storage.registrations import DATA_PROVIDERS

blueprint = Blueprint("data_providers", __name__)


def _complete(record: dict[str, Any], _: Platform, before: DataProvider | None) -> dict[str, Any]:
    """The uid that is made for a new one stays with it."""
    return {"uid": before.uid} | record if before else record


SHELF = Shelf(
    noun="data provider",
    segment="data-providers",
    registrations=DATA_PROVIDERS,
    check=check_data_provider,
    complete=_complete,
)
SHELF.install(blueprint)
