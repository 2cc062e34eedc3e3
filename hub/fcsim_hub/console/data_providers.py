"""Data providers of a platform over the control API."""

from flask import Blueprint

from fcsim_hub.console.registrations import Shelf
from fcsim_hub.domain.data_providers import check_data_provider
from fcsim_hub.storage.registrations import DATA_PROVIDERS

blueprint = Blueprint("data_providers", __name__)
Shelf(noun="data provider", segment="data-providers", registrations=DATA_PROVIDERS, check=check_data_provider).install(
    blueprint
)
