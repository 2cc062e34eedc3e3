"""Identity providers of a platform over the control API: any OpenID provider, known only by its URLs."""

from flask import Blueprint

from fcsim_hub.console.registrations import Shelf
from fcsim_hub.domain.providers import Modal, check_provider
from fcsim_hub.storage.registrations import PROVIDERS

blueprint = Blueprint("providers", __name__)
SHELF = Shelf(
    noun="provider",
    segment="providers",
    registrations=PROVIDERS,
    check=check_provider,
    parts={"modal": Modal},
)
SHELF.install(blueprint)
