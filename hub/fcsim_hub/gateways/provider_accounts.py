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
        return self._call("PUT", f"people/{_part(name)}", json.dumps(person))

    def delete(self, name: str) -> Answer:
        """Remove them. Raises OutboundFailure."""
        return self._call("DELETE", f"people/{_part(name)}", None)

    def read(self, name: str, provider: str) -> Answer:
        """What a provider calls a person: its `sub`. Raises OutboundFailure."""
        return self._call("GET", f"people/{_part(name)}/accounts/{_part(provider)}", None)

    def rotate_keys(self, slug: str) -> Answer:
        """Replace the signing keys of a provider. Raises OutboundFailure."""
        return self._call("POST", f"providers/{_part(slug)}/keys/rotate", None)

    def put_state(self, name: str, provider: str, state: str) -> Answer:
        """Put an account, or its card, in a state. Raises OutboundFailure."""
        place = f"people/{_part(name)}/accounts/{_part(provider)}/state"
        return self._call("PUT", place, json.dumps({"state": state}))

    def forget_failures(self) -> Answer:
        """Forget the wrong logins counted so far. Raises OutboundFailure."""
        return self._call("DELETE", "failures", None)

    def _call(self, method: str, place: str, body: str | None) -> Answer:
        url = f"{self.base_url}/control/{place}"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self.http.call(method, url, headers, body)


def _part(text: str) -> str:
    return quote(text, safe="")
