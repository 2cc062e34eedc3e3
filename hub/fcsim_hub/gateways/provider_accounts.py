"""The accounts that providers keep: told over HTTP, because the providers' tables are theirs alone."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fcsim_hub.gateways.http import Answer, HttpCaller


@dataclass(frozen=True)
class ProviderAccounts:
    """The control API of the simulated providers: accounts, and keys."""

    http: HttpCaller
    base_url: str
    token: str

    def put(self, name: str, person: dict[str, Any]) -> Answer:
        """Create or replace the accounts of a person. Raises OutboundFailure."""
        return self._call("PUT", name, json.dumps(person))

    def delete(self, name: str) -> Answer:
        """Remove them. Raises OutboundFailure."""
        return self._call("DELETE", name, None)

    def rotate_keys(self, slug: str) -> Answer:
        """Replace the signing keys of a provider. Raises OutboundFailure."""
        url = f"{self.base_url}/control/providers/{quote(slug, safe='')}/keys/rotate"
        return self.http.call("POST", url, {"Authorization": f"Bearer {self.token}"}, None)

    def _call(self, method: str, name: str, body: str | None) -> Answer:
        url = f"{self.base_url}/control/people/{quote(name, safe='')}"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self.http.call(method, url, headers, body)
