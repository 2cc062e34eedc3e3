"""The sector_identifier_uri of a client, checked as FranceConnect does when it loads a client (§6.7, §15.4)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.authorize import (
    SectorIncomplete,
    SectorNotJson,
    SectorStatus,
    SectorUnreachable,
)
from fcsim_hub.gateways.http import HttpCaller, OutboundFailure

KEPT_SECONDS = 60.0
"""How long a good document is trusted; a bad one is fetched again at the next request."""


@dataclass
class Sectors:
    """Checks clients that name a sector document."""

    http: HttpCaller
    now: Callable[[], float]
    _good: dict[tuple[str, tuple[str, ...]], float] = field(default_factory=dict)

    def check(self, client: Client) -> None:
        """Raises Y04A8220, Y04ED062, Y049E35D or Y04639D8 unless the document lists every redirect_uri."""
        key = (client.sector_identifier_uri, client.redirect_uris)
        if not client.sector_identifier_uri or self._good.get(key, 0.0) > self.now():
            return
        listed = self._fetch(client.sector_identifier_uri)
        if missing := [uri for uri in client.redirect_uris if uri not in listed]:
            raise SectorIncomplete(f"{client.sector_identifier_uri} does not list {missing[0]!r}")
        self._good[key] = self.now() + KEPT_SECONDS

    def _fetch(self, uri: str) -> list[object]:
        try:
            answer = self.http.get(uri, {"Accept": "application/json"})
        except OutboundFailure as failure:
            raise SectorUnreachable(
                f"{uri}: expected an answer 200, found none ({failure.__cause__.__class__.__name__})"
            ) from None
        if answer.status != 200:
            raise SectorStatus(f"{uri}: expected an answer 200, found {answer.status}")
        try:
            listed = json.loads(answer.body)
        except (ValueError, RecursionError):
            listed = None
        if not isinstance(listed, list):
            raise SectorNotJson(f"{uri}: expected a JSON array of redirect URIs, found something else")
        return listed
