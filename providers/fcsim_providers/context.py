"""The collaborators of the application, found on `app.extensions`."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import abort, current_app

from fcsim_providers.config import Provider, ProvidersSettings
from fcsim_providers.encryption import HubKeys
from fcsim_providers.mailbox import Mailbox
from fcsim_providers.storage.database import Database

EXTENSION = "fcsim_providers"


@dataclass(frozen=True)
class Context:
    """Everything a view needs."""

    settings: ProvidersSettings
    providers: Mapping[str, Provider]
    database: Database
    hub_keys: HubKeys
    clock: Callable[[], float]
    mailbox: Mailbox

    def provider(self, slug: str) -> Provider:
        """The provider of an address; 404 when there is none."""
        if (found := self.providers.get(slug)) is None:
            abort(404)
        return found

    def signature(self, purpose: str, text: str) -> str:
        """Proves that this application wrote a text for a purpose."""
        key = self.settings.secret_key.encode()
        return hmac.new(key, f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()


def current_context() -> Context:
    """The collaborators of this request's application."""
    context: Context = current_app.extensions[EXTENSION]
    return context
