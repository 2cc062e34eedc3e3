"""Public keys that registered parties publish: fetched from their jwks_uri, kept 600 s."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fcsim_hub.domain.errors.data_provider import DataProviderKeysUnreachable
from fcsim_hub.gateways.http import HttpCaller, OutboundFailure
from fcsim_hub.protocol.checktoken import read_keys

KEPT_SECONDS = 600.0


@dataclass
class ClientKeys:
    """A cache of key sets, by address."""

    http: HttpCaller
    now: Callable[[], float]
    _kept: dict[str, tuple[dict[str, Any], float]] = field(default_factory=dict)

    def fetch(self, uri: str, *, again: bool = False) -> dict[str, Any]:
        """The key set of an address; `again`: whatever is kept. Raises Y440010, Y440011."""
        kept = self._kept.get(uri)
        if kept is not None and not again and self.now() - kept[1] < KEPT_SECONDS:
            return kept[0]
        try:
            answer = self.http.get(uri, {"Accept": "application/jwk-set+json, application/json"})
        except OutboundFailure as failure:
            raise DataProviderKeysUnreachable(str(failure)) from None
        if answer.status != 200:
            raise DataProviderKeysUnreachable(f"{uri}: expected an answer 200, found {answer.status}")
        keys = read_keys(answer.body)
        self._kept[uri] = (keys, self.now())
        return keys
