"""The collaborators of one platform, gathered once by app.py and found on `app.extensions`."""

import json
import time
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from flask import current_app, g
from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.clock import Clock
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.gateways.identity_provider import ProviderClient
from fcsim_hub.gateways.published_keys import PublishedKeys
from fcsim_hub.gateways.sector import Sectors
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.platforms import changed_platform, find_changes
from fcsim_hub.storage.sealed import Seal

EXTENSION = "fcsim_hub"
FRESH_SECONDS = 0.02
"""How long a platform is served from memory before its changes are read again, in every process."""
AWAY_SECONDS = 0.5
"""The same, once the database did not answer: each of those who wait for it waits but once."""


@dataclass(frozen=True, kw_only=True)
class Hub:
    """Everything a door of this platform needs."""

    platform: Platform
    realm: Realm
    database: Database
    seal: Seal
    clock: Clock
    providers: ProviderClient
    sectors: Sectors
    published_keys: PublishedKeys
    base_url: str
    """Public, without a trailing slash: what the citizen's browser sees."""
    internal_url: str
    """The same hub as other containers reach it; equal to `base_url` elsewhere."""
    console_url: str
    secret_key: str = field(repr=False)

    @property
    def issuer(self) -> str:
        """`iss`: never made of a request's headers (H095)."""
        return self.platform.issuer(self.base_url)

    @property
    def doors_url(self) -> str:
        """The address below which a browser finds every door; the issuer, on platforms whose `iss` has a path."""
        return self.platform.base(self.base_url)

    @property
    def accounts(self) -> Realm:
        """Where the accounts of this platform are, another's where it shares them."""
        return replace(self.realm, platform=self.platform.account_platform)

    @property
    def callback_url(self) -> str:
        """The one redirect_uri for every provider."""
        return f"{self.doors_url}/oidc-callback"

    def back_channel(self, host: str) -> str:
        """The base for endpoints no browser calls: follows a caller that came by the internal name."""
        internal = host == urlsplit(self.internal_url).netloc
        return self.platform.base(self.internal_url if internal else self.base_url)

    @property
    def uses_https(self) -> bool:
        """Whether cookies may be marked Secure (ledger F01: not over http)."""
        return self.base_url.startswith("https:")


class LiveHub:
    """The hub as the last changes of its platform left it."""

    def __init__(self, hub: Hub) -> None:
        self._file, self._live = hub, hub
        self._document, self._fresh_until = "", 0.0

    def now(self) -> Hub:
        """The hub to serve a request with; as it was last known, while the database does not answer."""
        if time.monotonic() > self._fresh_until:
            fresh_seconds = FRESH_SECONDS
            try:
                with self._file.database.read() as connection:
                    document = find_changes(connection, self._file.realm)
            except SQLAlchemyError:  # pages of errors need a hub too; what needs the database will say so
                document, fresh_seconds = self._document, AWAY_SECONDS
            if document != self._document:
                changes = json.loads(document) if document else {}
                self._live = replace(self._file, platform=changed_platform(self._file.platform, changes))
                self._document = document
            self._fresh_until = time.monotonic() + fresh_seconds
        return self._live


def current_hub() -> Hub:
    """The hub that serves this request, the same from its beginning to its end."""
    if "hub" not in g:
        live: LiveHub = current_app.extensions[EXTENSION]
        g.hub = live.now()
    hub: Hub = g.hub
    return hub
