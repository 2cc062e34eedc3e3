"""Identity providers of a platform over the control API: any OpenID provider, known only by its URLs."""

import uuid

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
    made=lambda: {"uid": str(uuid.uuid4())},
    parts={"modal": Modal},
)
SHELF.install(blueprint)
